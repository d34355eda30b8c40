// Where each page is, and who may open it.

import { route, type PageRoute } from "./ui/route.ts";

export const pages: readonly PageRoute[] = [
  route("/papers", { entity: "Paper", what: "read" }, () => import("./pages/papers.tsx")),
];

/** The page at `/`. */
export const home: PageRoute | undefined = pages.find((page) => page.path === "/papers");
