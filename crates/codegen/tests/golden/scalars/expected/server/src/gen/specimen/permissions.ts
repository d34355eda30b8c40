import { type Permissions, everyone, role } from "../core/permissions.ts";

/** Has a field of every type. */
export const permissions: Permissions = {
  read: [everyone()],
  create: [role("curator")],
  update: [role("curator")],
  delete: [role("curator")],
};
