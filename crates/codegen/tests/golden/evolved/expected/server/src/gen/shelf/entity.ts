import { shelfCreate, shelfUpdate } from "../../../../shared/gen/shelf.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Shelf */
export const shelfEntity: Entity = {
  name: "Shelf",
  label: "Shelf",
  path: "shelves",
  table: "shelves",
  display: "name",
  fields: {
    name: { column: "name", type: "string" },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {},
  create: shelfCreate,
  update: shelfUpdate,
  permissions,
};
