import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Report */
export interface Report {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  title: string;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: ReportTransition[] };
}

export type ReportTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
};

export const reportCreate = z.strictObject({
  ...fields,
});

export const reportUpdate = z.strictObject(fields).partial();

export type ReportCreate = z.input<typeof reportCreate>;
export type ReportUpdate = z.input<typeof reportUpdate>;

export const reportMeta: api.EntityMeta = {
  name: "Report",
  path: "/api/reports",
  label: "Report",
  labelPlural: "Reports",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
