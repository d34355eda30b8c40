import { remarkEntity } from "../src/gen/remark/entity.ts";
import { receiptEntity } from "../src/gen/receipt/entity.ts";
import { anonymous, prove, withoutRole } from "./support/prove.ts";

prove(remarkEntity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
  ],
  refused: [
    ["text", null],
    ["text", 7],
    ["text", "x".repeat(256)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [
    { entity: remarkEntity, key: "answersId", onDelete: "cascade" },
    { entity: receiptEntity, key: "remarkId", onDelete: "restrict" },
  ],
});
