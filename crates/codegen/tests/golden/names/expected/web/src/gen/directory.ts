// How each kind of record is named and found, and where its pages are.

import type { Place } from "./ui/model.ts";

export const directory: Readonly<Record<string, Place>> = {
  Class: { label: "Klasse \"A\" & <b>B<\u002fb>", display: "delete", search: "search", list: "/class", detail: "/class", create: "/class/new", edit: "/class/edit" },
  Object: { label: "Object", display: "static", search: "static.contains", list: "/constructor", detail: "/constructor", create: "/constructor/new", edit: "/constructor/edit" },
  Date: { label: "Date", display: "let", search: "let.contains" },
  Request: { label: "Request", display: "yield", search: "yield.contains" },
  user: { label: "Person", display: "name", search: "search" },
};
