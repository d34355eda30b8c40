import { type Permissions, role } from "../core/permissions.ts";

/** Report */
export const permissions: Permissions = {
  read: [role("clerk"), role("boss")],
  create: [role("clerk")],
  update: [role("boss")],
  delete: [role("boss")],
};
