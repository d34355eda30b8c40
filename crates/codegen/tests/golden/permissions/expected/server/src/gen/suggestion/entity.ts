import { suggestionCreate, suggestionUpdate } from "../../../../shared/gen/suggestion.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Suggestion */
export const suggestionEntity: Entity = {
  name: "Suggestion",
  label: "Suggestion",
  path: "suggestions",
  table: "suggestions",
  display: "title",
  createdBy: true,
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {},
  create: suggestionCreate,
  update: suggestionUpdate,
  permissions,
};
