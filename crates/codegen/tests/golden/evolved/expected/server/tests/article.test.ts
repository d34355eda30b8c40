import { articleEntity } from "../src/gen/article/entity.ts";
import { anonymous, prove, withoutRole } from "./support/prove.ts";

prove(articleEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
  ],
  refused: [
    ["title", null],
    ["title", 7],
    ["title", "x".repeat(256)],
    ["price", null],
    ["price", "twelve"],
    ["stock", 1.5],
    ["stock", -1],
    ["sku", null],
    ["sku", 7],
    ["sku", "x".repeat(21)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [],
});
