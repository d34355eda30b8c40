import { leafEntity } from "../src/gen/leaf/entity.ts";
import { tieEntity } from "../src/gen/tie/entity.ts";
import { anonymous, prove, withoutRole } from "./support/prove.ts";

prove(leafEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
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
    { entity: tieEntity, key: "manyOtherRestrictId", onDelete: "restrict" },
    { entity: tieEntity, key: "manyOtherCascadeId", onDelete: "cascade" },
    { entity: tieEntity, key: "manyOtherSetNullId", onDelete: "setNull" },
    { entity: tieEntity, key: "manyOtherFixedId", onDelete: "setNull" },
    { entity: tieEntity, key: "manyOtherClosedId", onDelete: "setNull" },
    { entity: tieEntity, key: "manyOtherNeededId", onDelete: "restrict" },
    { entity: tieEntity, key: "oneOtherRestrictId", onDelete: "restrict" },
    { entity: tieEntity, key: "oneOtherCascadeId", onDelete: "cascade" },
    { entity: tieEntity, key: "oneOtherSetNullId", onDelete: "setNull" },
    { entity: tieEntity, key: "oneOtherFixedId", onDelete: "setNull" },
    { entity: tieEntity, key: "oneOtherClosedId", onDelete: "setNull" },
    { entity: tieEntity, key: "oneOtherNeededId", onDelete: "restrict" },
    { entity: tieEntity, key: "allOtherOpenIds", onDelete: "setNull" },
    { entity: tieEntity, key: "allOtherFixedIds", onDelete: "setNull" },
    { entity: tieEntity, key: "allOtherClosedIds", onDelete: "setNull" },
  ],
});
