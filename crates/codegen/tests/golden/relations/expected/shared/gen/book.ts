import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Author } from "./author.ts";
import type { Jacket } from "./jacket.ts";
import type { Topic } from "./topic.ts";
import type { Shelf } from "./shelf.ts";
import type * as api from "./types.ts";

/** Book */
export interface Book {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  title: string;
  authorId: string;
  author: api.Included<Author>;
  editorId: string | null;
  editor: api.Included<Author> | null;
  sequelOfId: string | null;
  sequelOf: api.Included<Book> | null;
  topicIds: string[];
  topics: api.Included<Topic>[];
  readerId: string | null;
  reader: api.Included<api.User> | null;
  fanIds: string[];
  fans: api.Included<api.User>[];
  ownerId: string;
  owner: api.Included<api.User>;
  shelfId?: string | null;
  shelf?: api.Included<Shelf> | null;
  sequel?: Book | null;
  jacket?: Jacket | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: BookTransition[] };
}

export type BookTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
  authorId: scalars.id(),
  editorId: scalars.id().nullish(),
  sequelOfId: scalars.id().nullish(),
  topicIds: scalars.list(scalars.id()).optional(),
  readerId: scalars.id().nullish(),
  fanIds: scalars.list(scalars.id()).optional(),
  shelfId: scalars.id().nullish(),
};

export const bookCreate = z.strictObject({
  ...fields,
});

export const bookUpdate = z.strictObject(fields).partial();

export type BookCreate = z.input<typeof bookCreate>;
export type BookUpdate = z.input<typeof bookUpdate>;

export const bookMeta: api.EntityMeta = {
  name: "Book",
  path: "/api/books",
  label: "Book",
  labelPlural: "Books",
  display: "title",
  search: true,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {
    author: { label: "Written by", kind: "manyToOne", key: "authorId", target: "Author", path: "/api/authors", required: true },
    editor: { label: "Editor", kind: "manyToOne", key: "editorId", target: "Author", path: "/api/authors" },
    sequelOf: { label: "Sequel of", kind: "oneToOne", key: "sequelOfId", target: "Book", path: "/api/books" },
    topics: { label: "Topics", kind: "manyToMany", key: "topicIds", target: "Topic", path: "/api/topics" },
    reader: { label: "Reader", kind: "manyToOne", key: "readerId", target: "user", path: "/api/users" },
    fans: { label: "Fans", kind: "manyToMany", key: "fanIds", target: "user", path: "/api/users" },
    owner: { label: "Owner", kind: "manyToOne", key: "ownerId", target: "user", path: "/api/users", required: true, readOnly: true },
    shelf: { label: "Shelf", kind: "manyToOne", key: "shelfId", target: "Shelf", path: "/api/shelves" },
  },
  transitions: {},
};
