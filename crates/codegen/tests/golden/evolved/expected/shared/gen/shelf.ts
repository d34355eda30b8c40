import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Shelf */
export interface Shelf {
  id: string;
  createdAt: string;
  updatedAt: string;
  name: string;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: ShelfTransition[] };
}

export type ShelfTransition = never;

const fields = {
  name: scalars.text({ min: 1, max: 255 }),
};

export const shelfCreate = z.strictObject({
  ...fields,
});

export const shelfUpdate = z.strictObject(fields).partial();

export type ShelfCreate = z.input<typeof shelfCreate>;
export type ShelfUpdate = z.input<typeof shelfUpdate>;

export const shelfMeta: api.EntityMeta = {
  name: "Shelf",
  path: "/api/shelves",
  label: "Shelf",
  labelPlural: "Shelves",
  display: "name",
  search: false,
  fields: {
    name: { label: "Name", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
