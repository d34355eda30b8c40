import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Sealed */
export interface Sealed {
  id: string;
  createdAt: string;
  updatedAt: string;
  title: string;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: SealedTransition[] };
}

export type SealedTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
};

export const sealedCreate = z.strictObject({
  ...fields,
});

export const sealedUpdate = z.strictObject(fields).partial();

export type SealedCreate = z.input<typeof sealedCreate>;
export type SealedUpdate = z.input<typeof sealedUpdate>;

export const sealedMeta: api.EntityMeta = {
  name: "Sealed",
  path: "/api/sealeds",
  label: "Sealed",
  labelPlural: "Sealeds",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
