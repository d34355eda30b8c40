// Where each page is, and who may open it.

import { route, type PageRoute } from "./ui/route.ts";

export const pages: readonly PageRoute[] = [
  route("/vehicles", { entity: "Vehicle", what: "read" }, () => import("./pages/vehicles.tsx")),
  route("/vehicles/:id", { entity: "Vehicle", what: "read" }, () => import("./pages/car-details.tsx")),
  route("/vehicles/new", { entity: "Vehicle", what: "create" }, () => import("./pages/new-car.tsx")),
  route("/visits/new", { entity: "Repair", what: "create" }, () => import("./pages/new-visit.tsx")),
  route("/visits", { entity: "Repair", what: "read" }, () => import("./pages/visits.tsx")),
];

/** The page at `/`. */
export const home: PageRoute | undefined = pages.find((page) => page.path === "/vehicles");
