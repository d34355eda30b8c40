import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Shelf } from "./shelf.ts";
import type * as api from "./types.ts";

/** Article */
export interface Article {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  title: string;
  price: string;
  stock: number;
  sku: string;
  shelfId: string;
  shelf: api.Included<Shelf>;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: ArticleTransition[] };
}

export type ArticleTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
  price: scalars.money(2),
  stock: scalars.integer({ min: 0 }),
  sku: scalars.text({ min: 1, max: 20 }),
  shelfId: scalars.id(),
};

export const articleCreate = z.strictObject({
  ...fields,
  stock: fields.stock.default(0),
});

export const articleUpdate = z.strictObject(fields).partial();

export type ArticleCreate = z.input<typeof articleCreate>;
export type ArticleUpdate = z.input<typeof articleUpdate>;

export const articleMeta: api.EntityMeta = {
  name: "Article",
  path: "/api/articles",
  label: "Article",
  labelPlural: "Articles",
  display: "title",
  search: true,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
    price: { label: "Price", type: "money", required: true, currency: "EUR", digits: 2 },
    stock: { label: "Stock", type: "integer", required: true, min: 0, default: 0 },
    sku: { label: "Sku", type: "string", required: true, maxLength: 20 },
  },
  relations: {
    shelf: { label: "Shelf", kind: "manyToOne", key: "shelfId", target: "Shelf", path: "/api/shelves", required: true },
  },
  transitions: {},
};
