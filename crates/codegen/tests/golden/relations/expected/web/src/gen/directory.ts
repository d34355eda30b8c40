// How each kind of record is named and found, and where its pages are.

import type { Place } from "./ui/model.ts";

export const directory: Readonly<Record<string, Place>> = {
  Author: { label: "Author", display: "name", search: "search", list: "/authors", detail: "/authors", create: "/authors/new", edit: "/authors/edit" },
  Book: { label: "Book", display: "title", search: "search", list: "/books", detail: "/books", create: "/books/new", edit: "/books/edit" },
  Jacket: { label: "Jacket", display: "blurb", search: "blurb.contains", list: "/jackets", detail: "/jackets", create: "/jackets/new", edit: "/jackets/edit" },
  Topic: { label: "Topic", display: "word", search: "search", list: "/topics", detail: "/topics", create: "/topics/new", edit: "/topics/edit" },
  Shelf: { label: "Shelf", display: "id", list: "/shelves", detail: "/shelves", create: "/shelves/new", edit: "/shelves/edit" },
  user: { label: "Person", display: "name", search: "search" },
};
