// Where each page is, and who may open it.

import { route, type PageRoute } from "./ui/route.ts";

export const pages: readonly PageRoute[] = [
  route("/announcements", { entity: "Announcement", what: "read", allow: ["clerk", "boss"] }, () => import("./pages/opens.tsx")),
  route("/announcements/:id", { entity: "Announcement", what: "read", allow: "signedIn" }, () => import("./pages/open-details.tsx")),
  route("/announcements/new", { entity: "Announcement", what: "create" }, () => import("./pages/new-open.tsx")),
  route("/announcements/edit/:id", { entity: "Announcement", what: "update" }, () => import("./pages/edit-open.tsx")),
  route("/memos", { entity: "Memo", what: "read" }, () => import("./pages/signeds.tsx")),
  route("/memos/:id", { entity: "Memo", what: "read" }, () => import("./pages/signed-details.tsx")),
  route("/memos/new", { entity: "Memo", what: "create" }, () => import("./pages/new-signed.tsx")),
  route("/memos/edit/:id", { entity: "Memo", what: "update" }, () => import("./pages/edit-signed.tsx")),
  route("/reports", { entity: "Report", what: "read" }, () => import("./pages/roless.tsx")),
  route("/reports/:id", { entity: "Report", what: "read" }, () => import("./pages/roles-details.tsx")),
  route("/reports/new", { entity: "Report", what: "create" }, () => import("./pages/new-roles.tsx")),
  route("/reports/edit/:id", { entity: "Report", what: "update" }, () => import("./pages/edit-roles.tsx")),
  route("/diarys", { entity: "Diary", what: "read" }, () => import("./pages/owns.tsx")),
  route("/diarys/:id", { entity: "Diary", what: "read" }, () => import("./pages/own-details.tsx")),
  route("/diarys/new", { entity: "Diary", what: "create" }, () => import("./pages/new-own.tsx")),
  route("/diarys/edit/:id", { entity: "Diary", what: "update" }, () => import("./pages/edit-own.tsx")),
  route("/tasks", { entity: "Task", what: "read" }, () => import("./pages/assigneds.tsx")),
  route("/tasks/:id", { entity: "Task", what: "read" }, () => import("./pages/assigned-details.tsx")),
  route("/tasks/new", { entity: "Task", what: "create" }, () => import("./pages/new-assigned.tsx")),
  route("/tasks/edit/:id", { entity: "Task", what: "update" }, () => import("./pages/edit-assigned.tsx")),
  route("/suggestions", { entity: "Suggestion", what: "read" }, () => import("./pages/drops.tsx")),
  route("/suggestions/:id", { entity: "Suggestion", what: "read" }, () => import("./pages/drop-details.tsx")),
  route("/suggestions/new", { entity: "Suggestion", what: "create" }, () => import("./pages/new-drop.tsx")),
  route("/persons", { entity: "Person", what: "read" }, () => import("./pages/fieldss.tsx")),
  route("/persons/:id", { entity: "Person", what: "read" }, () => import("./pages/fields-details.tsx")),
  route("/persons/new", { entity: "Person", what: "create" }, () => import("./pages/new-fields.tsx")),
  route("/persons/edit/:id", { entity: "Person", what: "update" }, () => import("./pages/edit-fields.tsx")),
];

/** The page at `/`. */
export const home: PageRoute | undefined = pages.find((page) => page.path === "/announcements");
