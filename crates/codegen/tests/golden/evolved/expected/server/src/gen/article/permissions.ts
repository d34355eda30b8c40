import { type Permissions, everyone, signedIn } from "../core/permissions.ts";

/** Article */
export const permissions: Permissions = {
  read: [everyone()],
  create: [signedIn()],
  update: [signedIn()],
  delete: [signedIn()],
};
