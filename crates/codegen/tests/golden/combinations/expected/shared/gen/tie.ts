import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Leaf } from "./leaf.ts";
import type * as api from "./types.ts";

/** Tie */
export interface Tie {
  id: string;
  createdAt: string;
  updatedAt: string;
  name: string;
  manyOwnRestrictId: string | null;
  manyOwnRestrict: api.Included<Tie> | null;
  manyOwnCascadeId: string | null;
  manyOwnCascade: api.Included<Tie> | null;
  manyOwnSetNullId: string | null;
  manyOwnSetNull: api.Included<Tie> | null;
  manyOwnFixedId: string | null;
  manyOwnFixed: api.Included<Tie> | null;
  manyOwnClosedId?: string | null;
  manyOwnClosed?: api.Included<Tie> | null;
  manyOtherRestrictId: string | null;
  manyOtherRestrict: api.Included<Leaf> | null;
  manyOtherCascadeId: string | null;
  manyOtherCascade: api.Included<Leaf> | null;
  manyOtherSetNullId: string | null;
  manyOtherSetNull: api.Included<Leaf> | null;
  manyOtherFixedId: string | null;
  manyOtherFixed: api.Included<Leaf> | null;
  manyOtherClosedId?: string | null;
  manyOtherClosed?: api.Included<Leaf> | null;
  manyOtherNeededId: string;
  manyOtherNeeded: api.Included<Leaf>;
  manyPersonRestrictId: string | null;
  manyPersonRestrict: api.Included<api.User> | null;
  manyPersonCascadeId: string | null;
  manyPersonCascade: api.Included<api.User> | null;
  manyPersonSetNullId: string | null;
  manyPersonSetNull: api.Included<api.User> | null;
  manyPersonFixedId: string | null;
  manyPersonFixed: api.Included<api.User> | null;
  manyPersonClosedId?: string | null;
  manyPersonClosed?: api.Included<api.User> | null;
  manyPersonNeededId: string;
  manyPersonNeeded: api.Included<api.User>;
  oneOwnRestrictId: string | null;
  oneOwnRestrict: api.Included<Tie> | null;
  oneOwnCascadeId: string | null;
  oneOwnCascade: api.Included<Tie> | null;
  oneOwnSetNullId: string | null;
  oneOwnSetNull: api.Included<Tie> | null;
  oneOwnFixedId: string | null;
  oneOwnFixed: api.Included<Tie> | null;
  oneOwnClosedId?: string | null;
  oneOwnClosed?: api.Included<Tie> | null;
  oneOtherRestrictId: string | null;
  oneOtherRestrict: api.Included<Leaf> | null;
  oneOtherCascadeId: string | null;
  oneOtherCascade: api.Included<Leaf> | null;
  oneOtherSetNullId: string | null;
  oneOtherSetNull: api.Included<Leaf> | null;
  oneOtherFixedId: string | null;
  oneOtherFixed: api.Included<Leaf> | null;
  oneOtherClosedId?: string | null;
  oneOtherClosed?: api.Included<Leaf> | null;
  oneOtherNeededId: string;
  oneOtherNeeded: api.Included<Leaf>;
  onePersonRestrictId: string | null;
  onePersonRestrict: api.Included<api.User> | null;
  onePersonCascadeId: string | null;
  onePersonCascade: api.Included<api.User> | null;
  onePersonSetNullId: string | null;
  onePersonSetNull: api.Included<api.User> | null;
  onePersonFixedId: string | null;
  onePersonFixed: api.Included<api.User> | null;
  onePersonClosedId?: string | null;
  onePersonClosed?: api.Included<api.User> | null;
  onePersonNeededId: string;
  onePersonNeeded: api.Included<api.User>;
  allOwnOpenIds: string[];
  allOwnOpen: api.Included<Tie>[];
  allOwnFixedIds: string[];
  allOwnFixed: api.Included<Tie>[];
  allOwnClosedIds?: string[];
  allOwnClosed?: api.Included<Tie>[];
  allOtherOpenIds: string[];
  allOtherOpen: api.Included<Leaf>[];
  allOtherFixedIds: string[];
  allOtherFixed: api.Included<Leaf>[];
  allOtherClosedIds?: string[];
  allOtherClosed?: api.Included<Leaf>[];
  allPersonOpenIds: string[];
  allPersonOpen: api.Included<api.User>[];
  allPersonFixedIds: string[];
  allPersonFixed: api.Included<api.User>[];
  allPersonClosedIds?: string[];
  allPersonClosed?: api.Included<api.User>[];
  manyOwnRestrictOf?: Tie[];
  manyOwnCascadeOf?: Tie[];
  manyOwnSetNullOf?: Tie[];
  manyOwnFixedOf?: Tie[];
  manyOwnClosedOf?: Tie[];
  oneOwnRestrictOf?: Tie | null;
  oneOwnCascadeOf?: Tie | null;
  oneOwnSetNullOf?: Tie | null;
  oneOwnFixedOf?: Tie | null;
  oneOwnClosedOf?: Tie | null;
  allOwnOpenOf?: Tie[];
  allOwnFixedOf?: Tie[];
  allOwnClosedOf?: Tie[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: TieTransition[] };
}

export type TieTransition = never;

const fields = {
  name: scalars.text({ min: 1, max: 255 }),
  manyOwnRestrictId: scalars.id().nullish(),
  manyOwnCascadeId: scalars.id().nullish(),
  manyOwnSetNullId: scalars.id().nullish(),
  manyOwnClosedId: scalars.id().nullish(),
  manyOtherRestrictId: scalars.id().nullish(),
  manyOtherCascadeId: scalars.id().nullish(),
  manyOtherSetNullId: scalars.id().nullish(),
  manyOtherClosedId: scalars.id().nullish(),
  manyOtherNeededId: scalars.id(),
  manyPersonRestrictId: scalars.id().nullish(),
  manyPersonCascadeId: scalars.id().nullish(),
  manyPersonSetNullId: scalars.id().nullish(),
  manyPersonClosedId: scalars.id().nullish(),
  manyPersonNeededId: scalars.id(),
  oneOwnRestrictId: scalars.id().nullish(),
  oneOwnCascadeId: scalars.id().nullish(),
  oneOwnSetNullId: scalars.id().nullish(),
  oneOwnClosedId: scalars.id().nullish(),
  oneOtherRestrictId: scalars.id().nullish(),
  oneOtherCascadeId: scalars.id().nullish(),
  oneOtherSetNullId: scalars.id().nullish(),
  oneOtherClosedId: scalars.id().nullish(),
  oneOtherNeededId: scalars.id(),
  onePersonRestrictId: scalars.id().nullish(),
  onePersonCascadeId: scalars.id().nullish(),
  onePersonSetNullId: scalars.id().nullish(),
  onePersonClosedId: scalars.id().nullish(),
  onePersonNeededId: scalars.id(),
  allOwnOpenIds: scalars.list(scalars.id()).optional(),
  allOwnClosedIds: scalars.list(scalars.id()).optional(),
  allOtherOpenIds: scalars.list(scalars.id()).optional(),
  allOtherClosedIds: scalars.list(scalars.id()).optional(),
  allPersonOpenIds: scalars.list(scalars.id()).optional(),
  allPersonClosedIds: scalars.list(scalars.id()).optional(),
};

export const tieCreate = z.strictObject({
  ...fields,
});

export const tieUpdate = z.strictObject(fields).partial();

export type TieCreate = z.input<typeof tieCreate>;
export type TieUpdate = z.input<typeof tieUpdate>;

export const tieMeta: api.EntityMeta = {
  name: "Tie",
  path: "/api/ties",
  label: "Tie",
  labelPlural: "Ties",
  display: "name",
  search: false,
  fields: {
    name: { label: "Name", type: "string", required: true, maxLength: 255 },
  },
  relations: {
    manyOwnRestrict: { label: "Many own restrict", kind: "manyToOne", key: "manyOwnRestrictId", target: "Tie", path: "/api/ties" },
    manyOwnCascade: { label: "Many own cascade", kind: "manyToOne", key: "manyOwnCascadeId", target: "Tie", path: "/api/ties" },
    manyOwnSetNull: { label: "Many own set null", kind: "manyToOne", key: "manyOwnSetNullId", target: "Tie", path: "/api/ties" },
    manyOwnFixed: { label: "Many own fixed", kind: "manyToOne", key: "manyOwnFixedId", target: "Tie", path: "/api/ties", readOnly: true },
    manyOwnClosed: { label: "Many own closed", kind: "manyToOne", key: "manyOwnClosedId", target: "Tie", path: "/api/ties" },
    manyOtherRestrict: { label: "Many other restrict", kind: "manyToOne", key: "manyOtherRestrictId", target: "Leaf", path: "/api/leaves" },
    manyOtherCascade: { label: "Many other cascade", kind: "manyToOne", key: "manyOtherCascadeId", target: "Leaf", path: "/api/leaves" },
    manyOtherSetNull: { label: "Many other set null", kind: "manyToOne", key: "manyOtherSetNullId", target: "Leaf", path: "/api/leaves" },
    manyOtherFixed: {
      label: "Many other fixed",
      kind: "manyToOne",
      key: "manyOtherFixedId",
      target: "Leaf",
      path: "/api/leaves",
      readOnly: true,
    },
    manyOtherClosed: { label: "Many other closed", kind: "manyToOne", key: "manyOtherClosedId", target: "Leaf", path: "/api/leaves" },
    manyOtherNeeded: {
      label: "Many other needed",
      kind: "manyToOne",
      key: "manyOtherNeededId",
      target: "Leaf",
      path: "/api/leaves",
      required: true,
    },
    manyPersonRestrict: {
      label: "Many person restrict",
      kind: "manyToOne",
      key: "manyPersonRestrictId",
      target: "user",
      path: "/api/users",
    },
    manyPersonCascade: { label: "Many person cascade", kind: "manyToOne", key: "manyPersonCascadeId", target: "user", path: "/api/users" },
    manyPersonSetNull: { label: "Many person set null", kind: "manyToOne", key: "manyPersonSetNullId", target: "user", path: "/api/users" },
    manyPersonFixed: {
      label: "Many person fixed",
      kind: "manyToOne",
      key: "manyPersonFixedId",
      target: "user",
      path: "/api/users",
      readOnly: true,
    },
    manyPersonClosed: { label: "Many person closed", kind: "manyToOne", key: "manyPersonClosedId", target: "user", path: "/api/users" },
    manyPersonNeeded: {
      label: "Many person needed",
      kind: "manyToOne",
      key: "manyPersonNeededId",
      target: "user",
      path: "/api/users",
      required: true,
    },
    oneOwnRestrict: { label: "One own restrict", kind: "oneToOne", key: "oneOwnRestrictId", target: "Tie", path: "/api/ties" },
    oneOwnCascade: { label: "One own cascade", kind: "oneToOne", key: "oneOwnCascadeId", target: "Tie", path: "/api/ties" },
    oneOwnSetNull: { label: "One own set null", kind: "oneToOne", key: "oneOwnSetNullId", target: "Tie", path: "/api/ties" },
    oneOwnFixed: { label: "One own fixed", kind: "oneToOne", key: "oneOwnFixedId", target: "Tie", path: "/api/ties", readOnly: true },
    oneOwnClosed: { label: "One own closed", kind: "oneToOne", key: "oneOwnClosedId", target: "Tie", path: "/api/ties" },
    oneOtherRestrict: { label: "One other restrict", kind: "oneToOne", key: "oneOtherRestrictId", target: "Leaf", path: "/api/leaves" },
    oneOtherCascade: { label: "One other cascade", kind: "oneToOne", key: "oneOtherCascadeId", target: "Leaf", path: "/api/leaves" },
    oneOtherSetNull: { label: "One other set null", kind: "oneToOne", key: "oneOtherSetNullId", target: "Leaf", path: "/api/leaves" },
    oneOtherFixed: {
      label: "One other fixed",
      kind: "oneToOne",
      key: "oneOtherFixedId",
      target: "Leaf",
      path: "/api/leaves",
      readOnly: true,
    },
    oneOtherClosed: { label: "One other closed", kind: "oneToOne", key: "oneOtherClosedId", target: "Leaf", path: "/api/leaves" },
    oneOtherNeeded: {
      label: "One other needed",
      kind: "oneToOne",
      key: "oneOtherNeededId",
      target: "Leaf",
      path: "/api/leaves",
      required: true,
    },
    onePersonRestrict: { label: "One person restrict", kind: "oneToOne", key: "onePersonRestrictId", target: "user", path: "/api/users" },
    onePersonCascade: { label: "One person cascade", kind: "oneToOne", key: "onePersonCascadeId", target: "user", path: "/api/users" },
    onePersonSetNull: { label: "One person set null", kind: "oneToOne", key: "onePersonSetNullId", target: "user", path: "/api/users" },
    onePersonFixed: {
      label: "One person fixed",
      kind: "oneToOne",
      key: "onePersonFixedId",
      target: "user",
      path: "/api/users",
      readOnly: true,
    },
    onePersonClosed: { label: "One person closed", kind: "oneToOne", key: "onePersonClosedId", target: "user", path: "/api/users" },
    onePersonNeeded: {
      label: "One person needed",
      kind: "oneToOne",
      key: "onePersonNeededId",
      target: "user",
      path: "/api/users",
      required: true,
    },
    allOwnOpen: { label: "All own open", kind: "manyToMany", key: "allOwnOpenIds", target: "Tie", path: "/api/ties" },
    allOwnFixed: { label: "All own fixed", kind: "manyToMany", key: "allOwnFixedIds", target: "Tie", path: "/api/ties", readOnly: true },
    allOwnClosed: { label: "All own closed", kind: "manyToMany", key: "allOwnClosedIds", target: "Tie", path: "/api/ties" },
    allOtherOpen: { label: "All other open", kind: "manyToMany", key: "allOtherOpenIds", target: "Leaf", path: "/api/leaves" },
    allOtherFixed: {
      label: "All other fixed",
      kind: "manyToMany",
      key: "allOtherFixedIds",
      target: "Leaf",
      path: "/api/leaves",
      readOnly: true,
    },
    allOtherClosed: { label: "All other closed", kind: "manyToMany", key: "allOtherClosedIds", target: "Leaf", path: "/api/leaves" },
    allPersonOpen: { label: "All person open", kind: "manyToMany", key: "allPersonOpenIds", target: "user", path: "/api/users" },
    allPersonFixed: {
      label: "All person fixed",
      kind: "manyToMany",
      key: "allPersonFixedIds",
      target: "user",
      path: "/api/users",
      readOnly: true,
    },
    allPersonClosed: { label: "All person closed", kind: "manyToMany", key: "allPersonClosedIds", target: "user", path: "/api/users" },
  },
  transitions: {},
};
