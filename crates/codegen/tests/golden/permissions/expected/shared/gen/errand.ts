import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Errand */
export interface Errand {
  id: string;
  createdAt: string;
  updatedAt: string;
  title: string;
  runnerId: string;
  runner: api.Included<api.User>;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: ErrandTransition[] };
}

export type ErrandTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
  runnerId: scalars.id(),
};

export const errandCreate = z.strictObject({
  ...fields,
  runnerId: fields.runnerId.optional(),
});

export const errandUpdate = z.strictObject(fields).partial();

export type ErrandCreate = z.input<typeof errandCreate>;
export type ErrandUpdate = z.input<typeof errandUpdate>;

export const errandMeta: api.EntityMeta = {
  name: "Errand",
  path: "/api/errands",
  label: "Errand",
  labelPlural: "Errands",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {
    runner: { label: "Runner", kind: "manyToOne", key: "runnerId", target: "user", path: "/api/users", required: true },
  },
  transitions: {},
};
