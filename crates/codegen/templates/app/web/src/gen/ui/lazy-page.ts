import type { ComponentType } from "react";

/** A page whose code is fetched when it is first opened. */
export function page(load: () => Promise<{ default: ComponentType }>) {
  return async () => ({ Component: (await load()).default });
}
