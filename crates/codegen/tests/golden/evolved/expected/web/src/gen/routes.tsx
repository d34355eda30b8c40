// Where each page is, and who may open it.

import { route, type PageRoute } from "./ui/route.ts";

export const pages: readonly PageRoute[] = [
  route("/items", { entity: "Article", what: "read" }, () => import("./pages/items.tsx")),
  route("/items/:id", { entity: "Article", what: "read" }, () => import("./pages/item-details.tsx")),
  route("/items/new", { entity: "Article", what: "create" }, () => import("./pages/new-item.tsx")),
  route("/items/edit/:id", { entity: "Article", what: "update" }, () => import("./pages/edit-item.tsx")),
];

/** The page at `/`. */
export const home: PageRoute | undefined = pages.find((page) => page.path === "/items");
