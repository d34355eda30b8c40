import { paperEntity } from "../src/gen/paper/entity.ts";
import { remarkEntity } from "../src/gen/remark/entity.ts";
import { anonymous, prove, withoutRole } from "./support/prove.ts";

prove(paperEntity, {
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
    { entity: paperEntity, key: "replacesId", onDelete: "restrict" },
    { entity: remarkEntity, key: "paperId", onDelete: "cascade" },
  ],
});
