// How each kind of record is named and found, and where its pages are.

import type { Place } from "./ui/model.ts";

export const directory: Readonly<Record<string, Place>> = {
  Room: { label: "Room", display: "name", search: "name.contains", list: "/rooms", detail: "/rooms", create: "/rooms/new", edit: "/rooms/edit" },
  Stay: { label: "Stay", display: "id", list: "/stays", detail: "/stays", create: "/stays/new", edit: "/stays/edit" },
  Session: { label: "Session", display: "id", list: "/sessions", detail: "/sessions", create: "/sessions/new", edit: "/sessions/edit" },
  Closure: { label: "Closure", display: "id", list: "/closures", detail: "/closures", create: "/closures/new" },
  user: { label: "Person", display: "name", search: "search" },
};
