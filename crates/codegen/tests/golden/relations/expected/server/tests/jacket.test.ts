import { jacketEntity } from "../src/gen/jacket/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(jacketEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("librarian"), read: "all", create: "all", update: "all", delete: "all" },
  ],
  refused: [
    ["blurb", null],
    ["blurb", 7],
    ["blurb", "x".repeat(100001)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [],
});
