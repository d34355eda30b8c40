import { authorEntity } from "../src/gen/author/entity.ts";
import { bookEntity } from "../src/gen/book/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(authorEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "none" },
    { who: withRole("librarian"), read: "all", create: "all", update: "all", delete: "all" },
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
    { entity: authorEntity, key: "teacherId", onDelete: "setNull" },
    { entity: authorEntity, key: "friendIds", onDelete: "setNull" },
    { entity: bookEntity, key: "authorId", onDelete: "restrict" },
    { entity: bookEntity, key: "editorId", onDelete: "setNull" },
  ],
});
