import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Cabinet } from "./cabinet.ts";
import type { Folder } from "./folder.ts";
import type { Label_ } from "./label.ts";
import type { Remark } from "./remark.ts";
import type * as api from "./types.ts";

/** Paper */
export interface Paper {
  id: string;
  createdAt: string;
  updatedAt: string;
  version: number;
  title: string;
  folderId: string;
  folder: api.Included<Folder>;
  originId: string | null;
  origin: api.Included<Cabinet> | null;
  replacesId: string | null;
  replaces: api.Included<Paper> | null;
  labelIds: string[];
  labels: api.Included<Label_>[];
  remarks?: Remark[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: PaperTransition[] };
}

export type PaperTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
  folderId: scalars.id(),
  originId: scalars.id().nullish(),
  replacesId: scalars.id().nullish(),
  labelIds: scalars.list(scalars.id()).optional(),
};

export const paperCreate = z.strictObject({
  ...fields,
});

export const paperUpdate = z.strictObject(fields).partial();

export type PaperCreate = z.input<typeof paperCreate>;
export type PaperUpdate = z.input<typeof paperUpdate>;

export const paperMeta: api.EntityMeta = {
  name: "Paper",
  path: "/api/papers",
  label: "Paper",
  labelPlural: "Papers",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {
    folder: { label: "Folder", kind: "manyToOne", key: "folderId", target: "Folder", path: "/api/folders", required: true },
    origin: { label: "Origin", kind: "manyToOne", key: "originId", target: "Cabinet", path: "/api/cabinets" },
    replaces: { label: "Replaces", kind: "oneToOne", key: "replacesId", target: "Paper", path: "/api/papers" },
    labels: { label: "Labels", kind: "manyToMany", key: "labelIds", target: "Label", path: "/api/labels" },
  },
  transitions: {},
};
