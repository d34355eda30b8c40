import { labelCreate, labelUpdate } from "../../../../shared/gen/label.ts";
import type { Entity } from "../core/entity.ts";
import { paperEntity } from "../paper/entity.ts";
import { remarkEntity } from "../remark/entity.ts";
import { copyEntity } from "../copy/entity.ts";
import { permissions } from "./permissions.ts";

/** Label */
export const labelEntity: Entity = {
  name: "Label",
  label: "Label",
  path: "labels",
  table: "labels",
  display: "word",
  softDelete: true,
  fields: {
    word: { column: "word", type: "string" },
  },
  relations: {},
  inverses: {
    papers: { entity: () => paperEntity, relation: "labels" },
  },
  transitions: {},
  constraints: {
    labels_word_key: { status: 409, pointer: "/word", detail: "Another label has this word already." },
  },
  dependents: [
    { entity: () => remarkEntity, column: "label_id", onDelete: "setNull" },
    { entity: () => copyEntity, column: "label_id", onDelete: "restrict" },
  ],
  links: ["papers_labels"],
  create: labelCreate,
  update: labelUpdate,
  permissions,
};
