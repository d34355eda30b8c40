import { jacketCreate, jacketUpdate } from "../../../../shared/gen/jacket.ts";
import type { Entity } from "../core/entity.ts";
import { bookEntity } from "../book/entity.ts";
import { permissions } from "./permissions.ts";

/** Jacket */
export const jacketEntity: Entity = {
  name: "Jacket",
  label: "Jacket",
  path: "jackets",
  table: "jackets",
  display: "blurb",
  fields: {
    blurb: { column: "blurb", type: "text" },
  },
  relations: {
    book: { kind: "toOne", key: "bookId", column: "book_id", target: () => bookEntity, required: true },
  },
  inverses: {},
  transitions: {},
  constraints: {
    jackets_book_id_key: { status: 409, pointer: "/bookId", detail: "Another jacket has this book already." },
  },
  create: jacketCreate,
  update: jacketUpdate,
  permissions,
};
