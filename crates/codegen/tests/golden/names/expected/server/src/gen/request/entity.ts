import { request_Create, request_Update } from "../../../../shared/gen/request.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Request */
export const request_Entity: Entity = {
  name: "Request",
  label: "Request",
  path: "requests",
  table: "requests",
  display: "yield",
  fields: {
    yield: { column: "yield", type: "string" },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {},
  create: request_Create,
  update: request_Update,
  permissions,
};
