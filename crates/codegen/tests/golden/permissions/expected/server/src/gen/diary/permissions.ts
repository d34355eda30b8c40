import { type Permissions, role, signedIn } from "../core/permissions.ts";

/** Diary */
export const permissions: Permissions = {
  read: [signedIn({ owner: "createdBy" })],
  create: [signedIn({ owner: "createdBy" }), role("clerk", { owner: "createdBy" })],
  update: [signedIn({ owner: "createdBy" }), role("clerk", { owner: "createdBy" })],
  delete: [signedIn({ owner: "createdBy" })],
};
