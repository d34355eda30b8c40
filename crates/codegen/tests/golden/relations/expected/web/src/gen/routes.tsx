// Where each page is, and who may open it.

import { route, type PageRoute } from "./ui/route.ts";

export const pages: readonly PageRoute[] = [
  route("/authors", { entity: "Author", what: "read" }, () => import("./pages/authors.tsx")),
  route("/authors/:id", { entity: "Author", what: "read" }, () => import("./pages/author-details.tsx")),
  route("/authors/new", { entity: "Author", what: "create" }, () => import("./pages/new-author.tsx")),
  route("/authors/edit/:id", { entity: "Author", what: "update" }, () => import("./pages/edit-author.tsx")),
  route("/books", { entity: "Book", what: "read" }, () => import("./pages/books.tsx")),
  route("/books/:id", { entity: "Book", what: "read" }, () => import("./pages/book-details.tsx")),
  route("/books/new", { entity: "Book", what: "create" }, () => import("./pages/new-book.tsx")),
  route("/books/edit/:id", { entity: "Book", what: "update" }, () => import("./pages/edit-book.tsx")),
  route("/jackets", { entity: "Jacket", what: "read" }, () => import("./pages/jackets.tsx")),
  route("/jackets/:id", { entity: "Jacket", what: "read" }, () => import("./pages/jacket-details.tsx")),
  route("/jackets/new", { entity: "Jacket", what: "create" }, () => import("./pages/new-jacket.tsx")),
  route("/jackets/edit/:id", { entity: "Jacket", what: "update" }, () => import("./pages/edit-jacket.tsx")),
  route("/topics", { entity: "Topic", what: "read" }, () => import("./pages/topics.tsx")),
  route("/topics/:id", { entity: "Topic", what: "read" }, () => import("./pages/topic-details.tsx")),
  route("/topics/new", { entity: "Topic", what: "create" }, () => import("./pages/new-topic.tsx")),
  route("/topics/edit/:id", { entity: "Topic", what: "update" }, () => import("./pages/edit-topic.tsx")),
  route("/shelves", { entity: "Shelf", what: "read" }, () => import("./pages/shelfs.tsx")),
  route("/shelves/:id", { entity: "Shelf", what: "read" }, () => import("./pages/shelf-details.tsx")),
  route("/shelves/new", { entity: "Shelf", what: "create" }, () => import("./pages/new-shelf.tsx")),
  route("/shelves/edit/:id", { entity: "Shelf", what: "update" }, () => import("./pages/edit-shelf.tsx")),
];

/** The page at `/`. */
export const home: PageRoute | undefined = pages.find((page) => page.path === "/books");
