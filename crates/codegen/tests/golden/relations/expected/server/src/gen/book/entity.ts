import { bookCreate, bookUpdate } from "../../../../shared/gen/book.ts";
import type { Entity } from "../core/entity.ts";
import { authorEntity } from "../author/entity.ts";
import { jacketEntity } from "../jacket/entity.ts";
import { topicEntity } from "../topic/entity.ts";
import { shelfEntity } from "../shelf/entity.ts";
import { permissions } from "./permissions.ts";

/** Book */
export const bookEntity: Entity = {
  name: "Book",
  label: "Book",
  path: "books",
  table: "books",
  display: "title",
  createdBy: true,
  fields: {
    title: { column: "title", type: "string", searchable: true },
  },
  relations: {
    author: { kind: "toOne", key: "authorId", column: "author_id", target: () => authorEntity, required: true },
    editor: { kind: "toOne", key: "editorId", column: "editor_id", target: () => authorEntity },
    sequelOf: { kind: "toOne", key: "sequelOfId", column: "sequel_of_id", target: () => bookEntity },
    topics: { kind: "toMany", key: "topicIds", join: "books_topics", target: () => topicEntity },
    reader: { kind: "toOne", key: "readerId", column: "reader_id", target: () => "user" },
    fans: { kind: "toMany", key: "fanIds", join: "books_fans", target: () => "user" },
    owner: { kind: "toOne", key: "ownerId", column: "owner_id", target: () => "user", required: true, readOnly: true },
    shelf: { kind: "toOne", key: "shelfId", column: "shelf_id", target: () => shelfEntity },
  },
  inverses: {
    sequel: { entity: () => bookEntity, relation: "sequelOf", single: true },
    jacket: { entity: () => jacketEntity, relation: "book", single: true },
  },
  transitions: {},
  constraints: {
    books_sequel_of_id_key: { status: 409, pointer: "/sequelOfId", detail: "Another book has this sequel of already." },
  },
  create: bookCreate,
  update: bookUpdate,
  permissions,
};
