import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Label_ } from "./label.ts";
import type * as api from "./types.ts";

/** Copy */
export interface Copy {
  id: string;
  createdAt: string;
  updatedAt: string;
  title: string;
  labelId: string | null;
  label: api.Included<Label_> | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: CopyTransition[] };
}

export type CopyTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
  labelId: scalars.id().nullish(),
};

export const copyCreate = z.strictObject({
  ...fields,
});

export const copyUpdate = z.strictObject(fields).partial();

export type CopyCreate = z.input<typeof copyCreate>;
export type CopyUpdate = z.input<typeof copyUpdate>;

export const copyMeta: api.EntityMeta = {
  name: "Copy",
  path: "/api/copies",
  label: "Copy",
  labelPlural: "Copies",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {
    label: { label: "Label", kind: "manyToOne", key: "labelId", target: "Label", path: "/api/labels" },
  },
  transitions: {},
};
