import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Diary */
export interface Diary {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  title: string;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: DiaryTransition[] };
}

export type DiaryTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
};

export const diaryCreate = z.strictObject({
  ...fields,
});

export const diaryUpdate = z.strictObject(fields).partial();

export type DiaryCreate = z.input<typeof diaryCreate>;
export type DiaryUpdate = z.input<typeof diaryUpdate>;

export const diaryMeta: api.EntityMeta = {
  name: "Diary",
  path: "/api/diaries",
  label: "Diary",
  labelPlural: "Diaries",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
