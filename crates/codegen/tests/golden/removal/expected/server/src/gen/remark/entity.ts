import { remarkCreate, remarkUpdate } from "../../../../shared/gen/remark.ts";
import type { Entity } from "../core/entity.ts";
import { paperEntity } from "../paper/entity.ts";
import { labelEntity } from "../label/entity.ts";
import { receiptEntity } from "../receipt/entity.ts";
import { permissions } from "./permissions.ts";

/** Remark */
export const remarkEntity: Entity = {
  name: "Remark",
  label: "Remark",
  path: "remarks",
  table: "remarks",
  display: "text",
  fields: {
    text: { column: "text", type: "string" },
  },
  relations: {
    paper: { kind: "toOne", key: "paperId", column: "paper_id", target: () => paperEntity, required: true },
    answers: { kind: "toOne", key: "answersId", column: "answers_id", target: () => remarkEntity },
    label: { kind: "toOne", key: "labelId", column: "label_id", target: () => labelEntity },
  },
  inverses: {},
  transitions: {},
  constraints: {},
  dependents: [
    { entity: () => remarkEntity, column: "answers_id", onDelete: "cascade" },
    { entity: () => receiptEntity, column: "remark_id", required: true, onDelete: "restrict" },
  ],
  create: remarkCreate,
  update: remarkUpdate,
  permissions,
};
