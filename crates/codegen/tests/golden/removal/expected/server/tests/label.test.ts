import { labelEntity } from "../src/gen/label/entity.ts";
import { copyEntity } from "../src/gen/copy/entity.ts";
import { paperEntity } from "../src/gen/paper/entity.ts";
import { remarkEntity } from "../src/gen/remark/entity.ts";
import { anonymous, prove, withoutRole } from "./support/prove.ts";

prove(labelEntity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
  ],
  refused: [
    ["word", null],
    ["word", 7],
    ["word", "x".repeat(256)],
  ],
  lists: {},
  unique: ["word"],
  exclusive: false,
  references: [
    { entity: paperEntity, key: "labelIds", onDelete: "setNull" },
    { entity: remarkEntity, key: "labelId", onDelete: "setNull" },
    { entity: copyEntity, key: "labelId", onDelete: "restrict" },
  ],
});
