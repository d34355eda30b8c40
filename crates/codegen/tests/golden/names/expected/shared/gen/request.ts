import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Request */
export interface Request_ {
  id: string;
  createdAt: string;
  updatedAt: string;
  yield: string | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: Request_Transition[] };
}

export type Request_Transition = never;

const fields = {
  yield: scalars.text({ max: 255 }).nullish(),
};

export const request_Create = z.strictObject({
  ...fields,
});

export const request_Update = z.strictObject(fields).partial();

export type Request_Create = z.input<typeof request_Create>;
export type Request_Update = z.input<typeof request_Update>;

export const request_Meta: api.EntityMeta = {
  name: "Request",
  path: "/api/requests",
  label: "Request",
  labelPlural: "Requests",
  display: "yield",
  search: false,
  fields: {
    yield: { label: "Yield", type: "string", maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
