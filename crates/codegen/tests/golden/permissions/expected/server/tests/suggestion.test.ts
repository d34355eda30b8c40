import { suggestionEntity } from "../src/gen/suggestion/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(suggestionEntity, {
  access: [
    { who: anonymous, read: "none", create: "all", update: "none", delete: "none" },
    { who: withoutRole, read: "none", create: "all", update: "none", delete: "none" },
    { who: withRole("clerk"), read: "none", create: "all", update: "none", delete: "none" },
    { who: withRole("boss"), read: "all", create: "all", update: "none", delete: "none" },
    { who: withRole("guest"), read: "none", create: "all", update: "none", delete: "none" },
  ],
  refused: [
    ["title", null],
    ["title", 7],
    ["title", "x".repeat(256)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [],
});
