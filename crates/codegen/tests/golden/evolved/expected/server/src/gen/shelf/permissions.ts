import { type Permissions, everyone } from "../core/permissions.ts";

/** Shelf */
export const permissions: Permissions = {
  read: [everyone()],
  create: [],
  update: [],
  delete: [],
};
