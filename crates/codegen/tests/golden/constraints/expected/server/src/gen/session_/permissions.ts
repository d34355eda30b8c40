import { type Permissions, role, signedIn } from "../core/permissions.ts";

/** Session */
export const permissions: Permissions = {
  read: [signedIn()],
  create: [role("staff"), role("artist")],
  update: [role("staff")],
  delete: [role("staff")],
};
