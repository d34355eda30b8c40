import { copyCreate, copyUpdate } from "../../../../shared/gen/copy.ts";
import type { Entity } from "../core/entity.ts";
import { labelEntity } from "../label/entity.ts";
import { permissions } from "./permissions.ts";

/** Copy */
export const copyEntity: Entity = {
  name: "Copy",
  label: "Copy",
  path: "copies",
  table: "copies",
  display: "title",
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {
    label: { kind: "toOne", key: "labelId", column: "label_id", target: () => labelEntity },
  },
  inverses: {},
  transitions: {},
  constraints: {},
  create: copyCreate,
  update: copyUpdate,
  permissions,
};
