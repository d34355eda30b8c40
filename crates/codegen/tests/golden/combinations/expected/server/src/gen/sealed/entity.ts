import { sealedCreate, sealedUpdate } from "../../../../shared/gen/sealed.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Sealed */
export const sealedEntity: Entity = {
  name: "Sealed",
  label: "Sealed",
  path: "sealeds",
  table: "sealeds",
  display: "title",
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {},
  create: sealedCreate,
  update: sealedUpdate,
  permissions,
};
