import { type Permissions, everyone, signedIn } from "../core/permissions.ts";

/** Sealed */
export const permissions: Permissions = {
  read: [everyone()],
  create: [signedIn()],
  update: [signedIn()],
  delete: [signedIn()],
  fields: {
    title: { write: [] },
  },
};
