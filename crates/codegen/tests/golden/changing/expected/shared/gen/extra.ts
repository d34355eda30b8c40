import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Vehicle } from "./vehicle.ts";
import type * as api from "./types.ts";

/** Extra */
export interface Extra {
  id: string;
  createdAt: string;
  updatedAt: string;
  title: string;
  vehicles?: Vehicle[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: ExtraTransition[] };
}

export type ExtraTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
};

export const extraCreate = z.strictObject({
  ...fields,
});

export const extraUpdate = z.strictObject(fields).partial();

export type ExtraCreate = z.input<typeof extraCreate>;
export type ExtraUpdate = z.input<typeof extraUpdate>;

export const extraMeta: api.EntityMeta = {
  name: "Extra",
  path: "/api/extras",
  label: "Extra",
  labelPlural: "Extras",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
