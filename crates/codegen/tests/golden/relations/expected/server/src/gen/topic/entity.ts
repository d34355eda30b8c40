import { topicCreate, topicUpdate } from "../../../../shared/gen/topic.ts";
import type { Entity } from "../core/entity.ts";
import { bookEntity } from "../book/entity.ts";
import { permissions } from "./permissions.ts";

/** Topic */
export const topicEntity: Entity = {
  name: "Topic",
  label: "Topic",
  path: "topics",
  table: "topics",
  display: "word",
  fields: {
    word: { column: "word", type: "string", searchable: true },
  },
  relations: {},
  inverses: {
    books: { entity: () => bookEntity, relation: "topics" },
  },
  transitions: {},
  constraints: {
    topics_word_key: { status: 409, pointer: "/word", detail: "Another topic has this word already." },
  },
  create: topicCreate,
  update: topicUpdate,
  permissions,
};
