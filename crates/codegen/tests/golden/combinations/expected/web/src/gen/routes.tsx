// Where each page is, and who may open it.

import { route, type PageRoute } from "./ui/route.ts";

export const pages: readonly PageRoute[] = [
  route("/single", { entity: "Single", what: "read" }, () => import("./pages/single-list.tsx")),
  route("/single/:id", { entity: "Single", what: "read" }, () => import("./pages/single-details.tsx")),
  route("/single/new", { entity: "Single", what: "create" }, () => import("./pages/new-single.tsx")),
  route("/single/edit/:id", { entity: "Single", what: "update" }, () => import("./pages/edit-single.tsx")),
  route("/collections", { entity: "Collection", what: "read" }, () => import("./pages/collection-list.tsx")),
  route("/collections/:id", { entity: "Collection", what: "read" }, () => import("./pages/collection-details.tsx")),
  route("/collections/new", { entity: "Collection", what: "create" }, () => import("./pages/new-collection.tsx")),
  route("/collections/edit/:id", { entity: "Collection", what: "update" }, () => import("./pages/edit-collection.tsx")),
  route("/ties", { entity: "Tie", what: "read" }, () => import("./pages/tie-list.tsx")),
  route("/ties/:id", { entity: "Tie", what: "read" }, () => import("./pages/tie-details.tsx")),
  route("/ties/new", { entity: "Tie", what: "create" }, () => import("./pages/new-tie.tsx")),
  route("/ties/edit/:id", { entity: "Tie", what: "update" }, () => import("./pages/edit-tie.tsx")),
];

/** The page at `/`. */
export const home: PageRoute | undefined = pages.find((page) => page.path === "/single");
