import { reportCreate, reportUpdate } from "../../../../shared/gen/report.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Report */
export const reportEntity: Entity = {
  name: "Report",
  label: "Report",
  path: "reports",
  table: "reports",
  display: "title",
  createdBy: true,
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {},
  create: reportCreate,
  update: reportUpdate,
  permissions,
};
