import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Tie } from "./tie.ts";
import type * as api from "./types.ts";

/** Leaf */
export interface Leaf {
  id: string;
  createdAt: string;
  updatedAt: string;
  name: string;
  manyOtherRestrictOf?: Tie[];
  manyOtherCascadeOf?: Tie[];
  manyOtherSetNullOf?: Tie[];
  manyOtherFixedOf?: Tie[];
  manyOtherClosedOf?: Tie[];
  manyOtherNeededOf?: Tie[];
  oneOtherRestrictOf?: Tie | null;
  oneOtherCascadeOf?: Tie | null;
  oneOtherSetNullOf?: Tie | null;
  oneOtherFixedOf?: Tie | null;
  oneOtherClosedOf?: Tie | null;
  oneOtherNeededOf?: Tie | null;
  allOtherOpenOf?: Tie[];
  allOtherFixedOf?: Tie[];
  allOtherClosedOf?: Tie[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: LeafTransition[] };
}

export type LeafTransition = never;

const fields = {
  name: scalars.text({ min: 1, max: 255 }),
};

export const leafCreate = z.strictObject({
  ...fields,
});

export const leafUpdate = z.strictObject(fields).partial();

export type LeafCreate = z.input<typeof leafCreate>;
export type LeafUpdate = z.input<typeof leafUpdate>;

export const leafMeta: api.EntityMeta = {
  name: "Leaf",
  path: "/api/leaves",
  label: "Leaf",
  labelPlural: "Leaves",
  display: "name",
  search: false,
  fields: {
    name: { label: "Name", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
