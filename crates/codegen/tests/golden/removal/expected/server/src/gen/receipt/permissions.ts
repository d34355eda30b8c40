import { type Permissions, signedIn } from "../core/permissions.ts";

/** Receipt */
export const permissions: Permissions = {
  read: [signedIn()],
  create: [signedIn()],
  update: [signedIn()],
  delete: [signedIn()],
};
