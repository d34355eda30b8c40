import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Folder } from "./folder.ts";
import type { Remark } from "./remark.ts";
import type * as api from "./types.ts";

/** Receipt */
export interface Receipt {
  id: string;
  createdAt: string;
  updatedAt: string;
  title: string;
  remarkId: string;
  remark: api.Included<Remark>;
  folderId: string | null;
  folder: api.Included<Folder> | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: ReceiptTransition[] };
}

export type ReceiptTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
  remarkId: scalars.id(),
  folderId: scalars.id().nullish(),
};

export const receiptCreate = z.strictObject({
  ...fields,
});

export const receiptUpdate = z.strictObject(fields).partial();

export type ReceiptCreate = z.input<typeof receiptCreate>;
export type ReceiptUpdate = z.input<typeof receiptUpdate>;

export const receiptMeta: api.EntityMeta = {
  name: "Receipt",
  path: "/api/receipts",
  label: "Receipt",
  labelPlural: "Receipts",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {
    remark: { label: "Remark", kind: "manyToOne", key: "remarkId", target: "Remark", path: "/api/remarks", required: true },
    folder: { label: "Folder", kind: "manyToOne", key: "folderId", target: "Folder", path: "/api/folders" },
  },
  transitions: {},
};
