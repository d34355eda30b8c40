import { type Permissions, everyone, signedIn } from "../core/permissions.ts";

/** Leaf */
export const permissions: Permissions = {
  read: [everyone()],
  create: [signedIn()],
  update: [signedIn()],
  delete: [signedIn()],
};
