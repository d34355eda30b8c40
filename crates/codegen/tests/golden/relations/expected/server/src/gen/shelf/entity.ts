import { shelfCreate, shelfUpdate } from "../../../../shared/gen/shelf.ts";
import type { Entity } from "../core/entity.ts";
import { bookEntity } from "../book/entity.ts";
import { permissions } from "./permissions.ts";

/** Shelf */
export const shelfEntity: Entity = {
  name: "Shelf",
  label: "Shelf",
  path: "shelves",
  table: "shelves",
  fields: {
    number: { column: "number", type: "integer" },
  },
  relations: {
    keeper: { kind: "toOne", key: "keeperId", column: "keeper_id", target: () => "user" },
  },
  inverses: {
    books: { entity: () => bookEntity, relation: "shelf" },
  },
  transitions: {},
  constraints: {
    shelves_keeper_id_key: { status: 409, pointer: "/keeperId", detail: "Another shelf has this keeper already." },
  },
  create: shelfCreate,
  update: shelfUpdate,
  permissions,
};
