import { session_Create, session_Update } from "../../../../shared/gen/session_.ts";
import type { Entity } from "../core/entity.ts";
import { sizeIds } from "../enums.ts";
import { permissions } from "./permissions.ts";

/** Session */
export const session_Entity: Entity = {
  name: "Session",
  label: "Session",
  path: "sessions_",
  table: "sessions_",
  fields: {
    begin: { column: "begin", type: "datetime" },
    finish: { column: "finish", type: "datetime" },
    size: { column: "size", type: "enum", values: sizeIds },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {
    sessions__session_alone_excl: { status: 409, pointer: "/begin", detail: "This overlaps with another session." },
    sessions__session_alone_order: { status: 422, pointer: "/finish", detail: "Finish must not be before begin." },
  },
  create: session_Create,
  update: session_Update,
  permissions,
};
