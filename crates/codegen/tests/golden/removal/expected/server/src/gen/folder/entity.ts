import { folderCreate, folderUpdate } from "../../../../shared/gen/folder.ts";
import type { Entity } from "../core/entity.ts";
import { cabinetEntity } from "../cabinet/entity.ts";
import { paperEntity } from "../paper/entity.ts";
import { receiptEntity } from "../receipt/entity.ts";
import { permissions } from "./permissions.ts";

/** Folder */
export const folderEntity: Entity = {
  name: "Folder",
  label: "Folder",
  path: "folders",
  table: "folders",
  display: "title",
  softDelete: true,
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {
    cabinet: { kind: "toOne", key: "cabinetId", column: "cabinet_id", target: () => cabinetEntity, required: true },
    parent: { kind: "toOne", key: "parentId", column: "parent_id", target: () => folderEntity },
  },
  inverses: {
    children: { entity: () => folderEntity, relation: "parent" },
    papers: { entity: () => paperEntity, relation: "folder" },
  },
  transitions: {},
  constraints: {
    folders_title_key: { status: 409, pointer: "/title", detail: "Another folder has this title already." },
  },
  dependents: [
    { entity: () => folderEntity, column: "parent_id", onDelete: "cascade" },
    { entity: () => paperEntity, column: "folder_id", required: true, onDelete: "cascade" },
    { entity: () => receiptEntity, column: "folder_id", onDelete: "setNull" },
  ],
  create: folderCreate,
  update: folderUpdate,
  permissions,
};
