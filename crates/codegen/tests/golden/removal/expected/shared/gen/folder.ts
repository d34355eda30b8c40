import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Cabinet } from "./cabinet.ts";
import type { Paper } from "./paper.ts";
import type * as api from "./types.ts";

/** Folder */
export interface Folder {
  id: string;
  createdAt: string;
  updatedAt: string;
  title: string;
  cabinetId: string;
  cabinet: api.Included<Cabinet>;
  parentId: string | null;
  parent: api.Included<Folder> | null;
  children?: Folder[];
  papers?: Paper[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: FolderTransition[] };
}

export type FolderTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
  cabinetId: scalars.id(),
  parentId: scalars.id().nullish(),
};

export const folderCreate = z.strictObject({
  ...fields,
});

export const folderUpdate = z.strictObject(fields).partial();

export type FolderCreate = z.input<typeof folderCreate>;
export type FolderUpdate = z.input<typeof folderUpdate>;

export const folderMeta: api.EntityMeta = {
  name: "Folder",
  path: "/api/folders",
  label: "Folder",
  labelPlural: "Folders",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {
    cabinet: { label: "Cabinet", kind: "manyToOne", key: "cabinetId", target: "Cabinet", path: "/api/cabinets", required: true },
    parent: { label: "Parent", kind: "manyToOne", key: "parentId", target: "Folder", path: "/api/folders" },
  },
  transitions: {},
};
