import { cabinetEntity } from "../src/gen/cabinet/entity.ts";
import { folderEntity } from "../src/gen/folder/entity.ts";
import { paperEntity } from "../src/gen/paper/entity.ts";
import { anonymous, prove, withoutRole } from "./support/prove.ts";

prove(cabinetEntity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
  ],
  refused: [
    ["title", null],
    ["title", 7],
    ["title", "x".repeat(256)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [
    { entity: folderEntity, key: "cabinetId", onDelete: "restrict" },
    { entity: paperEntity, key: "originId", onDelete: "restrict" },
  ],
});
