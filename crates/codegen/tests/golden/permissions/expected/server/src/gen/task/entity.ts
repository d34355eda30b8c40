import { taskCreate, taskUpdate } from "../../../../shared/gen/task.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Task */
export const taskEntity: Entity = {
  name: "Task",
  label: "Task",
  path: "tasks",
  table: "tasks",
  display: "title",
  createdBy: true,
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {
    assignee: { kind: "toOne", key: "assigneeId", column: "assignee_id", target: () => "user" },
  },
  inverses: {},
  transitions: {},
  constraints: {},
  create: taskCreate,
  update: taskUpdate,
  permissions,
};
