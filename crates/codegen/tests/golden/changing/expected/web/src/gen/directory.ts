// How each kind of record is named and found, and where its pages are.

import type { Place } from "./ui/model.ts";

export const directory: Readonly<Record<string, Place>> = {
  Vehicle: { label: "Vehicle", display: "model", search: "search", list: "/vehicles", detail: "/vehicles", create: "/vehicles/new" },
  Extra: { label: "Extra", display: "title", search: "title.contains" },
  Repair: { label: "Repair", display: "id", list: "/visits", create: "/visits/new" },
  user: { label: "Person", display: "name", search: "search" },
};
