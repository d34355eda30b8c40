// Where each page is, and who may open it.

import { type PageRoute } from "./ui/route.ts";

export const pages: readonly PageRoute[] = [
];

/** The page at `/`. */
export const home: PageRoute | undefined = undefined;
