import type { App, Services } from "../src/gen/core/context.ts";
import type { Hooks } from "../src/gen/hooks.ts";

/**
 * Your code around what the app does. This file is yours: it is written once and never changed again.
 *
 *     export const hooks: Hooks = {
 *       Single: {
 *         async beforeCreate({ input, viewer, sql }) {
 *           // Throw a Problem to refuse, or return what to store instead.
 *         },
 *       },
 *     };
 */
export const hooks: Hooks = {};

/** Your own routes. */
export function extend(_app: App, _services: Services): void {}
