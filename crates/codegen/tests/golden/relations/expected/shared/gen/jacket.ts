import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Book } from "./book.ts";
import type * as api from "./types.ts";

/** Jacket */
export interface Jacket {
  id: string;
  createdAt: string;
  updatedAt: string;
  blurb: string;
  bookId: string;
  book: api.Included<Book>;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: JacketTransition[] };
}

export type JacketTransition = never;

const fields = {
  blurb: scalars.text({ min: 1, max: 100000 }),
  bookId: scalars.id(),
};

export const jacketCreate = z.strictObject({
  ...fields,
});

export const jacketUpdate = z.strictObject(fields).partial();

export type JacketCreate = z.input<typeof jacketCreate>;
export type JacketUpdate = z.input<typeof jacketUpdate>;

export const jacketMeta: api.EntityMeta = {
  name: "Jacket",
  path: "/api/jackets",
  label: "Jacket",
  labelPlural: "Jackets",
  display: "blurb",
  search: false,
  fields: {
    blurb: { label: "Blurb", type: "text", required: true, maxLength: 100000 },
  },
  relations: {
    book: { label: "Book", kind: "oneToOne", key: "bookId", target: "Book", path: "/api/books", required: true },
  },
  transitions: {},
};
