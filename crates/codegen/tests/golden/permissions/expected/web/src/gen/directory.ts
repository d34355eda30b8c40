// How each kind of record is named and found, and where its pages are.

import type { Place } from "./ui/model.ts";

export const directory: Readonly<Record<string, Place>> = {
  Announcement: { label: "Announcement", display: "title", search: "title.contains", list: "/announcements", detail: "/announcements", create: "/announcements/new", edit: "/announcements/edit" },
  Vault: { label: "Vault", display: "title", search: "title.contains" },
  Memo: { label: "Memo", display: "title", search: "title.contains", list: "/memos", detail: "/memos", create: "/memos/new", edit: "/memos/edit" },
  Report: { label: "Report", display: "title", search: "title.contains", list: "/reports", detail: "/reports", create: "/reports/new", edit: "/reports/edit" },
  Diary: { label: "Diary", display: "title", search: "title.contains", list: "/diarys", detail: "/diarys", create: "/diarys/new", edit: "/diarys/edit" },
  Task: { label: "Task", display: "title", search: "title.contains", list: "/tasks", detail: "/tasks", create: "/tasks/new", edit: "/tasks/edit" },
  Suggestion: { label: "Suggestion", display: "title", search: "title.contains", list: "/suggestions", detail: "/suggestions", create: "/suggestions/new" },
  Ticket: { label: "Ticket", display: "title", search: "title.contains" },
  Errand: { label: "Errand", display: "title", search: "title.contains" },
  Person: { label: "Person", display: "title", search: "title.contains", list: "/persons", detail: "/persons", create: "/persons/new", edit: "/persons/edit" },
  user: { label: "Person", display: "name", search: "search" },
};
