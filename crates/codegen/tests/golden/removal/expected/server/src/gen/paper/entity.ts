import { paperCreate, paperUpdate } from "../../../../shared/gen/paper.ts";
import type { Entity } from "../core/entity.ts";
import { cabinetEntity } from "../cabinet/entity.ts";
import { folderEntity } from "../folder/entity.ts";
import { labelEntity } from "../label/entity.ts";
import { remarkEntity } from "../remark/entity.ts";
import { permissions } from "./permissions.ts";

/** Paper */
export const paperEntity: Entity = {
  name: "Paper",
  label: "Paper",
  path: "papers",
  table: "papers",
  display: "title",
  softDelete: true,
  version: true,
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {
    folder: { kind: "toOne", key: "folderId", column: "folder_id", target: () => folderEntity, required: true },
    origin: { kind: "toOne", key: "originId", column: "origin_id", target: () => cabinetEntity },
    replaces: { kind: "toOne", key: "replacesId", column: "replaces_id", target: () => paperEntity },
    labels: { kind: "toMany", key: "labelIds", join: "papers_labels", target: () => labelEntity },
  },
  inverses: {
    remarks: { entity: () => remarkEntity, relation: "paper" },
  },
  transitions: {},
  constraints: {
    papers_replaces_id_key: { status: 409, pointer: "/replacesId", detail: "Another paper has this replaces already." },
  },
  dependents: [
    { entity: () => paperEntity, column: "replaces_id", onDelete: "restrict" },
    { entity: () => remarkEntity, column: "paper_id", required: true, onDelete: "cascade" },
  ],
  create: paperCreate,
  update: paperUpdate,
  permissions,
};
