// Where each page is, and who may open it.

import { route, type PageRoute } from "./ui/route.ts";

export const pages: readonly PageRoute[] = [
  route("/class", { entity: "Class", what: "read" }, () => import("./pages/classs.tsx")),
  route("/class/:id", { entity: "Class", what: "read" }, () => import("./pages/class-details.tsx")),
  route("/class/new", { entity: "Class", what: "create" }, () => import("./pages/new-class.tsx")),
  route("/class/edit/:id", { entity: "Class", what: "update" }, () => import("./pages/edit-class.tsx")),
  route("/constructor", { entity: "Object", what: "read" }, () => import("./pages/objects.tsx")),
  route("/constructor/:id", { entity: "Object", what: "read" }, () => import("./pages/object-details.tsx")),
  route("/constructor/new", { entity: "Object", what: "create" }, () => import("./pages/new-object.tsx")),
  route("/constructor/edit/:id", { entity: "Object", what: "update" }, () => import("./pages/edit-object.tsx")),
];

/** The page at `/`. */
export const home: PageRoute | undefined = pages.find((page) => page.path === "/class");
