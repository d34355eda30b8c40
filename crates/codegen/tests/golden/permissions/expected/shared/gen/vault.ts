import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Vault */
export interface Vault {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  title: string;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: VaultTransition[] };
}

export type VaultTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
};

export const vaultCreate = z.strictObject({
  ...fields,
});

export const vaultUpdate = z.strictObject(fields).partial();

export type VaultCreate = z.input<typeof vaultCreate>;
export type VaultUpdate = z.input<typeof vaultUpdate>;

export const vaultMeta: api.EntityMeta = {
  name: "Vault",
  path: "/api/vaults",
  label: "Vault",
  labelPlural: "Vaults",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
