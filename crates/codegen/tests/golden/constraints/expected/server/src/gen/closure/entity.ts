import { closureCreate, closureUpdate } from "../../../../shared/gen/closure.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Closure */
export const closureEntity: Entity = {
  name: "Closure",
  label: "Closure",
  path: "closures",
  table: "closures",
  fields: {
    begin: { column: "begin", type: "datetime" },
    finish: { column: "finish", type: "datetime" },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {
    closures_closure_alone_excl: { status: 409, pointer: "/begin", detail: "The house is closed then anyway." },
    closures_closure_alone_order: { status: 422, pointer: "/finish", detail: "Finish must not be before begin." },
  },
  create: closureCreate,
  update: closureUpdate,
  permissions,
};
