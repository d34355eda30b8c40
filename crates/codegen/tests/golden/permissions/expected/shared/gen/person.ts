import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Person */
export interface Person_ {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  title: string;
  salary?: string | null;
  nobody?: string | null;
  dropBox?: string | null;
  published: string | null;
  birthday?: string | null;
  mentorId?: string | null;
  mentor?: api.Included<api.User> | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: Person_Transition[] };
}

export type Person_Transition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
  salary: scalars.money(2).nullish(),
  nobody: scalars.text({ max: 255 }).nullish(),
  dropBox: scalars.text({ max: 255 }).nullish(),
  published: scalars.text({ max: 255 }).nullish(),
  birthday: scalars.date().nullish(),
  mentorId: scalars.id().nullish(),
};

export const personCreate = z.strictObject({
  ...fields,
});

export const personUpdate = z.strictObject(fields).partial();

export type Person_Create = z.input<typeof personCreate>;
export type Person_Update = z.input<typeof personUpdate>;

export const personMeta: api.EntityMeta = {
  name: "Person",
  path: "/api/people",
  label: "Person",
  labelPlural: "People",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
    salary: { label: "Salary", type: "money", currency: "EUR", digits: 2 },
    nobody: { label: "Nobody", type: "string", maxLength: 255 },
    dropBox: { label: "Drop box", type: "string", maxLength: 255 },
    published: { label: "Published", type: "string", maxLength: 255 },
    birthday: { label: "Birthday", type: "date" },
  },
  relations: {
    mentor: { label: "Mentor", kind: "manyToOne", key: "mentorId", target: "user", path: "/api/users" },
  },
  transitions: {},
};
