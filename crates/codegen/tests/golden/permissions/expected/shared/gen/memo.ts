import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Memo */
export interface Memo {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  title: string;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: MemoTransition[] };
}

export type MemoTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
};

export const memoCreate = z.strictObject({
  ...fields,
});

export const memoUpdate = z.strictObject(fields).partial();

export type MemoCreate = z.input<typeof memoCreate>;
export type MemoUpdate = z.input<typeof memoUpdate>;

export const memoMeta: api.EntityMeta = {
  name: "Memo",
  path: "/api/memos",
  label: "Memo",
  labelPlural: "Memos",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
