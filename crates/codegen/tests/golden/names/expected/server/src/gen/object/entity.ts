import { object_Create, object_Update } from "../../../../shared/gen/object.ts";
import type { Entity } from "../core/entity.ts";
import { class_Entity } from "../class/entity.ts";
import { permissions } from "./permissions.ts";

/** Object */
export const object_Entity: Entity = {
  name: "Object",
  label: "Object",
  path: "objects",
  table: "objects",
  display: "static",
  fields: {
    static: { column: "static", type: "string" },
  },
  relations: {},
  inverses: {
    classes: { entity: () => class_Entity, relation: "object" },
  },
  transitions: {},
  constraints: {},
  create: object_Create,
  update: object_Update,
  permissions,
};
