import type { ComponentType } from "react";
import type { NonIndexRouteObject } from "react-router";
import type { Access } from "./access.ts";

/** A page, where it is, and who may open it. */
export interface PageRoute extends NonIndexRouteObject {
  handle: { access: Access };
  lazy: () => Promise<{ Component: ComponentType }>;
}

type Load = () => Promise<{ default: ComponentType }>;

/** A page of a path, whose code is fetched when it is first opened. */
export function route(path: string, access: Access, load: Load): PageRoute {
  return { path, handle: { access }, lazy: lazy(load) };
}

/** A component that is fetched when it is first shown. */
export function lazy(load: Load) {
  return async () => ({ Component: (await load()).default });
}
