import * as z from "zod";
import * as scalars from "./scalars.ts";
import type { Paper } from "./paper.ts";
import type { Label_ } from "./label.ts";
import type * as api from "./types.ts";

/** Remark */
export interface Remark {
  id: string;
  createdAt: string;
  updatedAt: string;
  text: string;
  paperId: string;
  paper: api.Included<Paper>;
  answersId: string | null;
  answers: api.Included<Remark> | null;
  labelId: string | null;
  label: api.Included<Label_> | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: RemarkTransition[] };
}

export type RemarkTransition = never;

const fields = {
  text: scalars.text({ min: 1, max: 255 }),
  paperId: scalars.id(),
  answersId: scalars.id().nullish(),
  labelId: scalars.id().nullish(),
};

export const remarkCreate = z.strictObject({
  ...fields,
});

export const remarkUpdate = z.strictObject(fields).partial();

export type RemarkCreate = z.input<typeof remarkCreate>;
export type RemarkUpdate = z.input<typeof remarkUpdate>;

export const remarkMeta: api.EntityMeta = {
  name: "Remark",
  path: "/api/remarks",
  label: "Remark",
  labelPlural: "Remarks",
  display: "text",
  search: false,
  fields: {
    text: { label: "Text", type: "string", required: true, maxLength: 255 },
  },
  relations: {
    paper: { label: "Paper", kind: "manyToOne", key: "paperId", target: "Paper", path: "/api/papers", required: true },
    answers: { label: "Answers", kind: "manyToOne", key: "answersId", target: "Remark", path: "/api/remarks" },
    label: { label: "Label", kind: "manyToOne", key: "labelId", target: "Label", path: "/api/labels" },
  },
  transitions: {},
};
