import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Book } from "./book.ts";
import type * as api from "./types.ts";

/** Author */
export interface Author {
  id: string;
  createdAt: string;
  updatedAt: string;
  name: string;
  teacherId: string | null;
  teacher: api.Included<Author> | null;
  friendIds: string[];
  friends: api.Included<Author>[];
  students?: Author[];
  friendOf?: Author[];
  books?: Book[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: AuthorTransition[] };
}

export type AuthorTransition = never;

const fields = {
  name: scalars.text({ min: 1, max: 255 }),
  teacherId: scalars.id().nullish(),
  friendIds: scalars.list(scalars.id()).optional(),
};

export const authorCreate = z.strictObject({
  ...fields,
});

export const authorUpdate = z.strictObject(fields).partial();

export type AuthorCreate = z.input<typeof authorCreate>;
export type AuthorUpdate = z.input<typeof authorUpdate>;

export const authorMeta: api.EntityMeta = {
  name: "Author",
  path: "/api/authors",
  label: "Author",
  labelPlural: "Authors",
  display: "name",
  search: true,
  fields: {
    name: { label: "Name", type: "string", required: true, maxLength: 255 },
  },
  relations: {
    teacher: { label: "Teacher", kind: "manyToOne", key: "teacherId", target: "Author", path: "/api/authors" },
    friends: { label: "Friends", kind: "manyToMany", key: "friendIds", target: "Author", path: "/api/authors" },
  },
  transitions: {},
};
