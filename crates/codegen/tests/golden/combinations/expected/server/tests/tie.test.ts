import { tieEntity } from "../src/gen/tie/entity.ts";
import { anonymous, prove, withoutRole } from "./support/prove.ts";

prove(tieEntity, {
  access: [
    {
      who: anonymous,
      read: "all",
      create: "none",
      update: "none",
      delete: "none",
      fields: { manyOwnClosedId: { read: "none", write: "none" }, manyOtherClosedId: { read: "none", write: "none" }, manyPersonClosedId: { read: "none", write: "none" }, oneOwnClosedId: { read: "none", write: "none" }, oneOtherClosedId: { read: "none", write: "none" }, onePersonClosedId: { read: "none", write: "none" }, allOwnClosedIds: { read: "none", write: "none" }, allOtherClosedIds: { read: "none", write: "none" }, allPersonClosedIds: { read: "none", write: "none" } },
    },
    {
      who: withoutRole,
      read: "all",
      create: "all",
      update: "all",
      delete: "all",
      fields: { manyOwnClosedId: { read: "none", write: "none" }, manyOtherClosedId: { read: "none", write: "none" }, manyPersonClosedId: { read: "none", write: "none" }, oneOwnClosedId: { read: "none", write: "none" }, oneOtherClosedId: { read: "none", write: "none" }, onePersonClosedId: { read: "none", write: "none" }, allOwnClosedIds: { read: "none", write: "none" }, allOtherClosedIds: { read: "none", write: "none" }, allPersonClosedIds: { read: "none", write: "none" } },
    },
  ],
  refused: [
    ["name", null],
    ["name", 7],
    ["name", "x".repeat(256)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [
    { entity: tieEntity, key: "manyOwnRestrictId", onDelete: "restrict" },
    { entity: tieEntity, key: "manyOwnCascadeId", onDelete: "cascade" },
    { entity: tieEntity, key: "manyOwnSetNullId", onDelete: "setNull" },
    { entity: tieEntity, key: "manyOwnFixedId", onDelete: "setNull" },
    { entity: tieEntity, key: "manyOwnClosedId", onDelete: "setNull" },
    { entity: tieEntity, key: "oneOwnRestrictId", onDelete: "restrict" },
    { entity: tieEntity, key: "oneOwnCascadeId", onDelete: "cascade" },
    { entity: tieEntity, key: "oneOwnSetNullId", onDelete: "setNull" },
    { entity: tieEntity, key: "oneOwnFixedId", onDelete: "setNull" },
    { entity: tieEntity, key: "oneOwnClosedId", onDelete: "setNull" },
    { entity: tieEntity, key: "allOwnOpenIds", onDelete: "setNull" },
    { entity: tieEntity, key: "allOwnFixedIds", onDelete: "setNull" },
    { entity: tieEntity, key: "allOwnClosedIds", onDelete: "setNull" },
  ],
});
