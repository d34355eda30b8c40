import type { Article, ArticleCreate, ArticleUpdate } from "../../../shared/gen/article.ts";
import type { Shelf, ShelfCreate, ShelfUpdate } from "../../../shared/gen/shelf.ts";
import type { EntityHooks } from "./core/hooks.ts";

/** Your code around what happens to records, by entity. */
export interface Hooks {
  Article?: EntityHooks<Article, ArticleCreate, ArticleUpdate>;
  Shelf?: EntityHooks<Shelf, ShelfCreate, ShelfUpdate>;
}
