import * as z from "zod";
import * as enums from "./enums.ts";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Session */
export interface Session_ {
  id: string;
  createdAt: string;
  updatedAt: string;
  begin: string;
  finish: string;
  size: enums.Size;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: Session_Transition[] };
}

export type Session_Transition = never;

const fields = {
  begin: scalars.datetime(),
  finish: scalars.datetime(),
  size: scalars.choice(enums.sizeValues),
};

export const session_Create = z.strictObject({
  ...fields,
  size: fields.size.default("small"),
});

export const session_Update = z.strictObject(fields).partial();

export type Session_Create = z.input<typeof session_Create>;
export type Session_Update = z.input<typeof session_Update>;

export const session_Meta: api.EntityMeta = {
  name: "Session",
  path: "/api/sessions_",
  label: "Session",
  labelPlural: "Sessions",
  display: "id",
  search: false,
  fields: {
    begin: { label: "Begin", type: "datetime", required: true },
    finish: { label: "Finish", type: "datetime", required: true },
    size: { label: "Size", type: "enum", required: true, options: enums.sizeOptions, default: "small" },
  },
  relations: {},
  transitions: {},
};
