import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Book } from "./book.ts";
import type * as api from "./types.ts";

/** Shelf */
export interface Shelf {
  id: string;
  createdAt: string;
  updatedAt: string;
  number: number;
  keeperId: string | null;
  keeper: api.Included<api.User> | null;
  books?: Book[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: ShelfTransition[] };
}

export type ShelfTransition = never;

const fields = {
  number: scalars.integer(),
  keeperId: scalars.id().nullish(),
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
  display: "id",
  search: false,
  fields: {
    number: { label: "Number", type: "integer", required: true },
  },
  relations: {
    keeper: { label: "Keeper", kind: "oneToOne", key: "keeperId", target: "user", path: "/api/users" },
  },
  transitions: {},
};
