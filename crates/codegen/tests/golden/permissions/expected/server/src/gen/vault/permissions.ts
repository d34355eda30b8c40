import { type Permissions } from "../core/permissions.ts";

/** Vault */
export const permissions: Permissions = {
  read: [],
  create: [],
  update: [],
  delete: [],
};
