import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Closure */
export interface Closure {
  id: string;
  createdAt: string;
  updatedAt: string;
  begin: string;
  finish: string;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: ClosureTransition[] };
}

export type ClosureTransition = never;

const fields = {
  begin: scalars.datetime(),
  finish: scalars.datetime(),
};

export const closureCreate = z.strictObject({
  ...fields,
});

export const closureUpdate = z.strictObject(fields).partial();

export type ClosureCreate = z.input<typeof closureCreate>;
export type ClosureUpdate = z.input<typeof closureUpdate>;

export const closureMeta: api.EntityMeta = {
  name: "Closure",
  path: "/api/closures",
  label: "Closure",
  labelPlural: "Closures",
  display: "id",
  search: false,
  fields: {
    begin: { label: "Begin", type: "datetime", required: true },
    finish: { label: "Finish", type: "datetime", required: true },
  },
  relations: {},
  transitions: {},
};
