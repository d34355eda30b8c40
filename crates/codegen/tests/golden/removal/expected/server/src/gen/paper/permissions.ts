import { type Permissions, signedIn } from "../core/permissions.ts";

/** Paper */
export const permissions: Permissions = {
  read: [signedIn()],
  create: [signedIn()],
  update: [signedIn()],
  delete: [signedIn()],
};
