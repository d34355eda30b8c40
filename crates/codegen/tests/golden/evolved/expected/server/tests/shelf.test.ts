import { shelfEntity } from "../src/gen/shelf/entity.ts";
import { articleEntity } from "../src/gen/article/entity.ts";
import { anonymous, prove, withoutRole } from "./support/prove.ts";

prove(shelfEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "none", update: "none", delete: "none" },
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
    { entity: articleEntity, key: "shelfId", onDelete: "restrict" },
  ],
});
