import { type Permissions, everyone } from "../core/permissions.ts";

/** Announcement */
export const permissions: Permissions = {
  read: [everyone()],
  create: [everyone()],
  update: [everyone()],
  delete: [everyone()],
};
