import { errandCreate, errandUpdate } from "../../../../shared/gen/errand.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Errand */
export const errandEntity: Entity = {
  name: "Errand",
  label: "Errand",
  path: "errands",
  table: "errands",
  display: "title",
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {
    runner: { kind: "toOne", key: "runnerId", column: "runner_id", target: () => "user", required: true },
  },
  inverses: {},
  transitions: {},
  constraints: {},
  create: errandCreate,
  update: errandUpdate,
  permissions,
};
