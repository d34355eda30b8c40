import { bookEntity } from "../src/gen/book/entity.ts";
import { jacketEntity } from "../src/gen/jacket/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(bookEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none", fields: { shelfId: { read: "none", write: "none" } } },
    {
      who: withoutRole,
      read: "all",
      create: "own",
      update: "own",
      delete: "own",
      owners: { ownerId: true },
      keeps: ["ownerId", "readerId"],
      fields: { shelfId: { read: "all", write: "none" } },
    },
    {
      who: withRole("librarian"),
      read: "all",
      create: "own",
      update: "all",
      delete: "own",
      owners: { ownerId: true },
      fields: { shelfId: { read: "all", write: "all" } },
    },
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
    { entity: bookEntity, key: "sequelOfId", onDelete: "setNull" },
    { entity: jacketEntity, key: "bookId", onDelete: "cascade" },
  ],
});
