import { type Permissions, everyone, role } from "../core/permissions.ts";

/** Suggestion */
export const permissions: Permissions = {
  read: [role("boss")],
  create: [everyone()],
  update: [],
  delete: [],
};
