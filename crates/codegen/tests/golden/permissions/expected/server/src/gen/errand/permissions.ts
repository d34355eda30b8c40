import { type Permissions, role, signedIn } from "../core/permissions.ts";

/** Errand */
export const permissions: Permissions = {
  read: [signedIn()],
  create: [role("clerk", { owner: "runnerId" }), role("boss")],
  update: [role("clerk", { owner: "runnerId" })],
  delete: [],
};
