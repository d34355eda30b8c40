import { type Permissions, everyone, signedIn } from "../core/permissions.ts";

/** Single */
export const permissions: Permissions = {
  read: [everyone()],
  create: [signedIn()],
  update: [signedIn()],
  delete: [signedIn()],
  fields: {
    stringClosed: { read: [], write: [] },
    textClosed: { read: [], write: [] },
    integerClosed: { read: [], write: [] },
    bigintClosed: { read: [], write: [] },
    decimalClosed: { read: [], write: [] },
    moneyClosed: { read: [], write: [] },
    booleanClosed: { read: [], write: [] },
    dateClosed: { read: [], write: [] },
    datetimeClosed: { read: [], write: [] },
    durationClosed: { read: [], write: [] },
    enumClosed: { read: [], write: [] },
    uuidClosed: { read: [], write: [] },
    emailClosed: { read: [], write: [] },
    urlClosed: { read: [], write: [] },
    phoneClosed: { read: [], write: [] },
    slugClosed: { read: [], write: [] },
    jsonClosed: { read: [], write: [] },
  },
};
