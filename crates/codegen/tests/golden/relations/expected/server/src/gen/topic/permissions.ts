import { type Permissions, everyone, role, signedIn } from "../core/permissions.ts";

/** Topic */
export const permissions: Permissions = {
  read: [everyone()],
  create: [signedIn()],
  update: [signedIn()],
  delete: [role("librarian")],
};
