import { type Permissions, role, signedIn } from "../core/permissions.ts";

/** Ticket */
export const permissions: Permissions = {
  read: [signedIn()],
  create: [role("clerk", { owner: "reporterId" }), role("clerk", { owner: "helperId" }), role("guest", { owner: "solverId" }), role("boss")],
  update: [],
  delete: [],
};
