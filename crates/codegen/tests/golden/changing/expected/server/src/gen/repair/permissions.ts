import { type Permissions, role, signedIn } from "../core/permissions.ts";

/** Repair */
export const permissions: Permissions = {
  read: [signedIn()],
  create: [role("mechanic")],
  update: [role("mechanic")],
  delete: [role("mechanic")],
  transitions: {
    close: [role("mechanic")],
  },
};
