import type { Author, AuthorCreate, AuthorUpdate } from "../../../shared/gen/author.ts";
import type { Book, BookCreate, BookUpdate } from "../../../shared/gen/book.ts";
import type { Jacket, JacketCreate, JacketUpdate } from "../../../shared/gen/jacket.ts";
import type { Topic, TopicCreate, TopicUpdate } from "../../../shared/gen/topic.ts";
import type { Shelf, ShelfCreate, ShelfUpdate } from "../../../shared/gen/shelf.ts";
import type { EntityHooks } from "./core/hooks.ts";

/** Your code around what happens to records, by entity. */
export interface Hooks {
  Author?: EntityHooks<Author, AuthorCreate, AuthorUpdate>;
  Book?: EntityHooks<Book, BookCreate, BookUpdate>;
  Jacket?: EntityHooks<Jacket, JacketCreate, JacketUpdate>;
  Topic?: EntityHooks<Topic, TopicCreate, TopicUpdate>;
  Shelf?: EntityHooks<Shelf, ShelfCreate, ShelfUpdate>;
}
