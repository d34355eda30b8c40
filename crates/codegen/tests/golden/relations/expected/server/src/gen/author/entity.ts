import { authorCreate, authorUpdate } from "../../../../shared/gen/author.ts";
import type { Entity } from "../core/entity.ts";
import { bookEntity } from "../book/entity.ts";
import { permissions } from "./permissions.ts";

/** Author */
export const authorEntity: Entity = {
  name: "Author",
  label: "Author",
  path: "authors",
  table: "authors",
  display: "name",
  fields: {
    name: { column: "name", type: "string", searchable: true },
  },
  relations: {
    teacher: { kind: "toOne", key: "teacherId", column: "teacher_id", target: () => authorEntity },
    friends: { kind: "toMany", key: "friendIds", join: "authors_friends", target: () => authorEntity },
  },
  inverses: {
    students: { entity: () => authorEntity, relation: "teacher" },
    friendOf: { entity: () => authorEntity, relation: "friends" },
    books: { entity: () => bookEntity, relation: "author" },
  },
  transitions: {},
  constraints: {},
  create: authorCreate,
  update: authorUpdate,
  permissions,
};
