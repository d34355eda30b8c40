import { shelfEntity } from "../src/gen/shelf/entity.ts";
import { bookEntity } from "../src/gen/book/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(shelfEntity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "none", update: "none", delete: "none" },
    { who: withRole("librarian"), read: "all", create: "all", update: "all", delete: "all" },
  ],
  refused: [
    ["number", null],
    ["number", 1.5],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [
    { entity: bookEntity, key: "shelfId", onDelete: "setNull" },
  ],
});
