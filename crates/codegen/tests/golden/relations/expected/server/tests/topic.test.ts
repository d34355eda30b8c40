import { topicEntity } from "../src/gen/topic/entity.ts";
import { bookEntity } from "../src/gen/book/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(topicEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "none" },
    { who: withRole("librarian"), read: "all", create: "all", update: "all", delete: "all" },
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
    { entity: bookEntity, key: "topicIds", onDelete: "setNull" },
  ],
});
