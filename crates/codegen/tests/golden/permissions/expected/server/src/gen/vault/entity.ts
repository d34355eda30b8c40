import { vaultCreate, vaultUpdate } from "../../../../shared/gen/vault.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Vault */
export const vaultEntity: Entity = {
  name: "Vault",
  label: "Vault",
  path: "vaults",
  table: "vaults",
  display: "title",
  createdBy: true,
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {},
  create: vaultCreate,
  update: vaultUpdate,
  permissions,
};
