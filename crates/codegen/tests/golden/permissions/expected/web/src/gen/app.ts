import type { AppConfig } from "./ui/app.ts";

export const app: AppConfig = {
  name: "Office",
  description: "",
  navigation: [
    { label: "Announcements", to: "/announcements", access: { entity: "Announcement", what: "read", allow: ["clerk", "boss"] } },
    { label: "Memos", to: "/memos", access: { entity: "Memo", what: "read" } },
    { label: "Reports", to: "/reports", access: { entity: "Report", what: "read" } },
    { label: "Diaries", to: "/diarys", access: { entity: "Diary", what: "read" } },
    { label: "Tasks", to: "/tasks", access: { entity: "Task", what: "read" } },
    { label: "Suggestions", to: "/suggestions", access: { entity: "Suggestion", what: "read" } },
    { label: "People", to: "/persons", access: { entity: "Person", what: "read" } },
  ],
};
