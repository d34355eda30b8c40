import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Task */
export interface Task {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  title: string;
  assigneeId: string | null;
  assignee: api.Included<api.User> | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: TaskTransition[] };
}

export type TaskTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
  assigneeId: scalars.id().nullish(),
};

export const taskCreate = z.strictObject({
  ...fields,
});

export const taskUpdate = z.strictObject(fields).partial();

export type TaskCreate = z.input<typeof taskCreate>;
export type TaskUpdate = z.input<typeof taskUpdate>;

export const taskMeta: api.EntityMeta = {
  name: "Task",
  path: "/api/tasks",
  label: "Task",
  labelPlural: "Tasks",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {
    assignee: { label: "Assignee", kind: "manyToOne", key: "assigneeId", target: "user", path: "/api/users" },
  },
  transitions: {},
};
