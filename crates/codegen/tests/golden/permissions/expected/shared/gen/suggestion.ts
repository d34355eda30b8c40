import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Suggestion */
export interface Suggestion {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  title: string;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: SuggestionTransition[] };
}

export type SuggestionTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
};

export const suggestionCreate = z.strictObject({
  ...fields,
});

export const suggestionUpdate = z.strictObject(fields).partial();

export type SuggestionCreate = z.input<typeof suggestionCreate>;
export type SuggestionUpdate = z.input<typeof suggestionUpdate>;

export const suggestionMeta: api.EntityMeta = {
  name: "Suggestion",
  path: "/api/suggestions",
  label: "Suggestion",
  labelPlural: "Suggestions",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
