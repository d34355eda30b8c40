import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Paper } from "./paper.ts";
import type * as api from "./types.ts";

/** Label */
export interface Label_ {
  id: string;
  createdAt: string;
  updatedAt: string;
  word: string;
  papers?: Paper[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: Label_Transition[] };
}

export type Label_Transition = never;

const fields = {
  word: scalars.text({ min: 1, max: 255 }),
};

export const labelCreate = z.strictObject({
  ...fields,
});

export const labelUpdate = z.strictObject(fields).partial();

export type Label_Create = z.input<typeof labelCreate>;
export type Label_Update = z.input<typeof labelUpdate>;

export const labelMeta: api.EntityMeta = {
  name: "Label",
  path: "/api/labels",
  label: "Label",
  labelPlural: "Labels",
  display: "word",
  search: false,
  fields: {
    word: { label: "Word", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
