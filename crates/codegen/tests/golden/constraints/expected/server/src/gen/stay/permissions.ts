import { type Permissions, role, signedIn } from "../core/permissions.ts";

/** Stay */
export const permissions: Permissions = {
  read: [role("artist", { owner: "guestId" }), role("staff")],
  create: [role("artist", { owner: "guestId" })],
  update: [role("staff")],
  delete: [role("artist", { owner: "guestId" })],
  transitions: {
    confirm: [role("staff")],
    cancel: [role("artist", { owner: "guestId" }), role("staff")],
    askAgain: [],
    pay: [signedIn({ owner: "createdBy" })],
  },
};
