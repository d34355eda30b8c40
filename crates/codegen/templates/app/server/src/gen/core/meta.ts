import type { Handler } from "hono";
import type { Environment } from "./context.ts";
import type { Entity } from "./entity.ts";
import { allowsSome } from "./permissions.ts";

/** What the one who asks may do at all, so that the interface can hide the rest. */
export function meta(entities: Entity[]): Handler<Environment> {
  return (c) => {
    const viewer = c.get("viewer");
    const abilities = entities.map(({ name, permissions }) => [
      name,
      { create: allowsSome(permissions.create, viewer), read: allowsSome(permissions.read, viewer) },
    ]);
    return c.json({ entities: Object.fromEntries(abilities) });
  };
}
