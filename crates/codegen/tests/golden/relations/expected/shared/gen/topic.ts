import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Book } from "./book.ts";
import type * as api from "./types.ts";

/** Topic */
export interface Topic {
  id: string;
  createdAt: string;
  updatedAt: string;
  word: string;
  books?: Book[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: TopicTransition[] };
}

export type TopicTransition = never;

const fields = {
  word: scalars.text({ min: 1, max: 255 }),
};

export const topicCreate = z.strictObject({
  ...fields,
});

export const topicUpdate = z.strictObject(fields).partial();

export type TopicCreate = z.input<typeof topicCreate>;
export type TopicUpdate = z.input<typeof topicUpdate>;

export const topicMeta: api.EntityMeta = {
  name: "Topic",
  path: "/api/topics",
  label: "Topic",
  labelPlural: "Topics",
  display: "word",
  search: true,
  fields: {
    word: { label: "Word", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
