import { type Permissions, signedIn } from "../core/permissions.ts";

/** Cabinet */
export const permissions: Permissions = {
  read: [signedIn()],
  create: [signedIn()],
  update: [signedIn()],
  delete: [signedIn()],
};
