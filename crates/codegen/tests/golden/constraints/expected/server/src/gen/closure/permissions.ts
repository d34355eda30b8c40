import { type Permissions, everyone, role } from "../core/permissions.ts";

/** Closure */
export const permissions: Permissions = {
  read: [everyone()],
  create: [role("staff")],
  update: [],
  delete: [],
};
