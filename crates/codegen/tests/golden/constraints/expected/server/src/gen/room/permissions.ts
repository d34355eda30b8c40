import { type Permissions, everyone, role } from "../core/permissions.ts";

/** Room */
export const permissions: Permissions = {
  read: [everyone()],
  create: [role("staff")],
  update: [role("staff")],
  delete: [role("staff")],
};
