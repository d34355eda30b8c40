import { cabinetCreate, cabinetUpdate } from "../../../../shared/gen/cabinet.ts";
import type { Entity } from "../core/entity.ts";
import { folderEntity } from "../folder/entity.ts";
import { paperEntity } from "../paper/entity.ts";
import { permissions } from "./permissions.ts";

/** Cabinet */
export const cabinetEntity: Entity = {
  name: "Cabinet",
  label: "Cabinet",
  path: "cabinets",
  table: "cabinets",
  display: "title",
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {},
  inverses: {
    folders: { entity: () => folderEntity, relation: "cabinet" },
  },
  transitions: {},
  constraints: {},
  dependents: [
    { entity: () => folderEntity, column: "cabinet_id", required: true, onDelete: "restrict" },
    { entity: () => paperEntity, column: "origin_id", onDelete: "restrict" },
  ],
  create: cabinetCreate,
  update: cabinetUpdate,
  permissions,
};
