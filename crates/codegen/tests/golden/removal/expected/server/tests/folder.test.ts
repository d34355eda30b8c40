import { folderEntity } from "../src/gen/folder/entity.ts";
import { paperEntity } from "../src/gen/paper/entity.ts";
import { receiptEntity } from "../src/gen/receipt/entity.ts";
import { anonymous, prove, withoutRole } from "./support/prove.ts";

prove(folderEntity, {
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
  unique: ["title"],
  exclusive: false,
  references: [
    { entity: folderEntity, key: "parentId", onDelete: "cascade" },
    { entity: paperEntity, key: "folderId", onDelete: "cascade" },
    { entity: receiptEntity, key: "folderId", onDelete: "setNull" },
  ],
});
