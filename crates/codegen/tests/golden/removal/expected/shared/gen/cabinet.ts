import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Folder } from "./folder.ts";
import type * as api from "./types.ts";

/** Cabinet */
export interface Cabinet {
  id: string;
  createdAt: string;
  updatedAt: string;
  title: string;
  folders?: Folder[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: CabinetTransition[] };
}

export type CabinetTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
};

export const cabinetCreate = z.strictObject({
  ...fields,
});

export const cabinetUpdate = z.strictObject(fields).partial();

export type CabinetCreate = z.input<typeof cabinetCreate>;
export type CabinetUpdate = z.input<typeof cabinetUpdate>;

export const cabinetMeta: api.EntityMeta = {
  name: "Cabinet",
  path: "/api/cabinets",
  label: "Cabinet",
  labelPlural: "Cabinets",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
