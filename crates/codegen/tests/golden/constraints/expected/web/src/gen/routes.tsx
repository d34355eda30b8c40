// Where each page is, and who may open it.

import { route, type PageRoute } from "./ui/route.ts";

export const pages: readonly PageRoute[] = [
  route("/rooms", { entity: "Room", what: "read" }, () => import("./pages/rooms.tsx")),
  route("/rooms/:id", { entity: "Room", what: "read" }, () => import("./pages/room-details.tsx")),
  route("/rooms/new", { entity: "Room", what: "create" }, () => import("./pages/new-room.tsx")),
  route("/rooms/edit/:id", { entity: "Room", what: "update" }, () => import("./pages/edit-room.tsx")),
  route("/stays", { entity: "Stay", what: "read" }, () => import("./pages/stays.tsx")),
  route("/stays/:id", { entity: "Stay", what: "read" }, () => import("./pages/stay-details.tsx")),
  route("/stays/new", { entity: "Stay", what: "create" }, () => import("./pages/new-stay.tsx")),
  route("/stays/edit/:id", { entity: "Stay", what: "update" }, () => import("./pages/edit-stay.tsx")),
  route("/sessions", { entity: "Session", what: "read" }, () => import("./pages/sessions_.tsx")),
  route("/sessions/:id", { entity: "Session", what: "read" }, () => import("./pages/session-details.tsx")),
  route("/sessions/new", { entity: "Session", what: "create" }, () => import("./pages/new-session.tsx")),
  route("/sessions/edit/:id", { entity: "Session", what: "update" }, () => import("./pages/edit-session.tsx")),
  route("/closures", { entity: "Closure", what: "read" }, () => import("./pages/closures.tsx")),
  route("/closures/:id", { entity: "Closure", what: "read" }, () => import("./pages/closure-details.tsx")),
  route("/closures/new", { entity: "Closure", what: "create" }, () => import("./pages/new-closure.tsx")),
];

/** The page at `/`. */
export const home: PageRoute | undefined = pages.find((page) => page.path === "/stays");
