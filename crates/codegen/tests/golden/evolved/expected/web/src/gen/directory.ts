// How each kind of record is named and found, and where its pages are.

import type { Place } from "./ui/model.ts";

export const directory: Readonly<Record<string, Place>> = {
  Article: { label: "Article", display: "title", search: "search", list: "/items", detail: "/items", create: "/items/new", edit: "/items/edit" },
  Shelf: { label: "Shelf", display: "name", search: "name.contains" },
  user: { label: "Person", display: "name", search: "search" },
};
