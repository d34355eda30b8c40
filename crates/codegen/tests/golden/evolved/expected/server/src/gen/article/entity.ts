import { articleCreate, articleUpdate } from "../../../../shared/gen/article.ts";
import type { Entity } from "../core/entity.ts";
import { shelfEntity } from "../shelf/entity.ts";
import { permissions } from "./permissions.ts";

/** Article */
export const articleEntity: Entity = {
  name: "Article",
  label: "Article",
  path: "articles",
  table: "items",
  display: "title",
  createdBy: true,
  fields: {
    title: { column: "name", type: "string", searchable: true },
    price: { column: "price_2", type: "money" },
    stock: { column: "stock", type: "integer" },
    sku: { column: "sku", type: "string" },
  },
  relations: {
    shelf: { kind: "toOne", key: "shelfId", column: "shelf_id", target: () => shelfEntity, required: true },
  },
  inverses: {},
  transitions: {},
  constraints: {},
  create: articleCreate,
  update: articleUpdate,
  permissions,
};
