import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Date */
export interface Date_ {
  id: string;
  createdAt: string;
  updatedAt: string;
  let: string | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: Date_Transition[] };
}

export type Date_Transition = never;

const fields = {
  let: scalars.text({ max: 255 }).nullish(),
};

export const dateCreate = z.strictObject({
  ...fields,
});

export const dateUpdate = z.strictObject(fields).partial();

export type Date_Create = z.input<typeof dateCreate>;
export type Date_Update = z.input<typeof dateUpdate>;

export const dateMeta: api.EntityMeta = {
  name: "Date",
  path: "/api/dates",
  label: "Date",
  labelPlural: "Dates",
  display: "let",
  search: false,
  fields: {
    let: { label: "Let", type: "string", maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
