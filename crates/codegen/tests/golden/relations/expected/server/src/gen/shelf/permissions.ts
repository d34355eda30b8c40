import { type Permissions, role, signedIn } from "../core/permissions.ts";

/** Shelf */
export const permissions: Permissions = {
  read: [signedIn()],
  create: [role("librarian")],
  update: [role("librarian")],
  delete: [role("librarian")],
};
