// How each kind of record is named and found, and where its pages are.

import type { Place } from "./ui/model.ts";

export const directory: Readonly<Record<string, Place>> = {
  Single: { label: "Single", display: "source", search: "search", list: "/single", detail: "/single", create: "/single/new", edit: "/single/edit" },
  Collection: { label: "Collection", display: "id", list: "/collections", detail: "/collections", create: "/collections/new", edit: "/collections/edit" },
  Leaf: { label: "Leaf", display: "name", search: "name.contains" },
  Tie: { label: "Tie", display: "name", search: "name.contains", list: "/ties", detail: "/ties", create: "/ties/new", edit: "/ties/edit" },
  Sealed: { label: "Sealed", display: "title", search: "title.contains" },
  user: { label: "Person", display: "name", search: "search" },
};
