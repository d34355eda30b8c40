import { type Permissions, everyone, role, signedIn } from "../core/permissions.ts";

/** Book */
export const permissions: Permissions = {
  read: [everyone()],
  create: [signedIn({ owner: "ownerId" })],
  update: [signedIn({ owner: "ownerId" }), signedIn({ owner: "readerId" }), role("librarian")],
  delete: [signedIn({ owner: "ownerId" })],
  fields: {
    shelf: { read: [signedIn()], write: [role("librarian")] },
  },
};
