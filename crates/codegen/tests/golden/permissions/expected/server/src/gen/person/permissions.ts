import { type Permissions, everyone, role, signedIn } from "../core/permissions.ts";

/** Person */
export const permissions: Permissions = {
  read: [everyone()],
  create: [signedIn()],
  update: [signedIn({ owner: "createdBy" }), role("boss")],
  delete: [role("boss")],
  fields: {
    salary: { read: [role("boss"), signedIn({ owner: "createdBy" })], write: [role("boss")] },
    nobody: { read: [], write: [] },
    dropBox: { read: [], write: [signedIn()] },
    published: { write: [role("clerk"), role("boss")] },
    birthday: { read: [role("clerk", { owner: "mentorId" })] },
    mentor: { read: [signedIn()], write: [role("boss")] },
  },
};
