import { type Permissions, role, signedIn } from "../core/permissions.ts";

/** Task */
export const permissions: Permissions = {
  read: [role("clerk", { owner: "assigneeId" }), signedIn({ owner: "createdBy" }), role("boss")],
  create: [signedIn({ owner: "createdBy" })],
  update: [role("clerk", { owner: "assigneeId" }), signedIn({ owner: "createdBy" })],
  delete: [role("boss")],
};
