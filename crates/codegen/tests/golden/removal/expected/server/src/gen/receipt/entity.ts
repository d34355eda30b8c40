import { receiptCreate, receiptUpdate } from "../../../../shared/gen/receipt.ts";
import type { Entity } from "../core/entity.ts";
import { folderEntity } from "../folder/entity.ts";
import { remarkEntity } from "../remark/entity.ts";
import { permissions } from "./permissions.ts";

/** Receipt */
export const receiptEntity: Entity = {
  name: "Receipt",
  label: "Receipt",
  path: "receipts",
  table: "receipts",
  display: "title",
  softDelete: true,
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {
    remark: { kind: "toOne", key: "remarkId", column: "remark_id", target: () => remarkEntity, required: true },
    folder: { kind: "toOne", key: "folderId", column: "folder_id", target: () => folderEntity },
  },
  inverses: {},
  transitions: {},
  constraints: {},
  create: receiptCreate,
  update: receiptUpdate,
  permissions,
};
