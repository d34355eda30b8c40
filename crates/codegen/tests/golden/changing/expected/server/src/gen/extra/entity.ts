import { extraCreate, extraUpdate } from "../../../../shared/gen/extra.ts";
import type { Entity } from "../core/entity.ts";
import { vehicleEntity } from "../vehicle/entity.ts";
import { permissions } from "./permissions.ts";

/** Extra */
export const extraEntity: Entity = {
  name: "Extra",
  label: "Extra",
  path: "extras",
  table: "parts",
  display: "title",
  fields: {
    title: { column: "name", type: "string" },
  },
  relations: {},
  inverses: {
    vehicles: { entity: () => vehicleEntity, relation: "extras" },
  },
  transitions: {},
  constraints: {},
  create: extraCreate,
  update: extraUpdate,
  permissions,
};
