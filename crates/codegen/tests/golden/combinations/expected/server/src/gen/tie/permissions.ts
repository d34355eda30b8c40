import { type Permissions, everyone, signedIn } from "../core/permissions.ts";

/** Tie */
export const permissions: Permissions = {
  read: [everyone()],
  create: [signedIn()],
  update: [signedIn()],
  delete: [signedIn()],
  fields: {
    manyOwnClosed: { read: [], write: [] },
    manyOtherClosed: { read: [], write: [] },
    manyPersonClosed: { read: [], write: [] },
    oneOwnClosed: { read: [], write: [] },
    oneOtherClosed: { read: [], write: [] },
    onePersonClosed: { read: [], write: [] },
    allOwnClosed: { read: [], write: [] },
    allOtherClosed: { read: [], write: [] },
    allPersonClosed: { read: [], write: [] },
  },
};
