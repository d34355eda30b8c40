// Where each page is, and who may open it.

import { route, type PageRoute } from "./ui/route.ts";

export const pages: readonly PageRoute[] = [
  route("/specimens", { entity: "Specimen", what: "read" }, () => import("./pages/specimens.tsx")),
  route("/specimens/:id", { entity: "Specimen", what: "read" }, () => import("./pages/specimen-details.tsx")),
  route("/specimens/new", { entity: "Specimen", what: "create" }, () => import("./pages/new-specimen.tsx")),
  route("/specimens/edit/:id", { entity: "Specimen", what: "update" }, () => import("./pages/edit-specimen.tsx")),
];

/** The page at `/`. */
export const home: PageRoute | undefined = pages.find((page) => page.path === "/specimens");
