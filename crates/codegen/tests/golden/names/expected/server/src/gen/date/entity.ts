import { dateCreate, dateUpdate } from "../../../../shared/gen/date.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Date */
export const dateEntity: Entity = {
  name: "Date",
  label: "Date",
  path: "dates",
  table: "dates",
  display: "let",
  fields: {
    let: { column: "let", type: "string" },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {},
  create: dateCreate,
  update: dateUpdate,
  permissions,
};
