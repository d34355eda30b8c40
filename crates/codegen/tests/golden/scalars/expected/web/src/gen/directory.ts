// How each kind of record is named and found, and where its pages are.

import type { Place } from "./ui/model.ts";

export const directory: Readonly<Record<string, Place>> = {
  Specimen: { label: "Specimen", display: "title", search: "search", list: "/specimens", detail: "/specimens", create: "/specimens/new", edit: "/specimens/edit" },
  user: { label: "Person", display: "name", search: "search" },
};
