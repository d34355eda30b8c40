import { memoCreate, memoUpdate } from "../../../../shared/gen/memo.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Memo */
export const memoEntity: Entity = {
  name: "Memo",
  label: "Memo",
  path: "memos",
  table: "memos",
  display: "title",
  createdBy: true,
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {},
  create: memoCreate,
  update: memoUpdate,
  permissions,
};
