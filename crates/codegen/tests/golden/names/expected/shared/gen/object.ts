import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Class } from "./class.ts";
import type * as api from "./types.ts";

/** Object */
export interface Object_ {
  id: string;
  createdAt: string;
  updatedAt: string;
  static: string | null;
  classes?: Class[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: Object_Transition[] };
}

export type Object_Transition = never;

const fields = {
  static: scalars.text({ max: 255 }).nullish(),
};

export const object_Create = z.strictObject({
  ...fields,
});

export const object_Update = z.strictObject(fields).partial();

export type Object_Create = z.input<typeof object_Create>;
export type Object_Update = z.input<typeof object_Update>;

export const object_Meta: api.EntityMeta = {
  name: "Object",
  path: "/api/objects",
  label: "Object",
  labelPlural: "Objects",
  display: "static",
  search: false,
  fields: {
    static: { label: "Static", type: "string", maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
