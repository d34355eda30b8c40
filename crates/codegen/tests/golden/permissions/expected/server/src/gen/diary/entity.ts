import { diaryCreate, diaryUpdate } from "../../../../shared/gen/diary.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Diary */
export const diaryEntity: Entity = {
  name: "Diary",
  label: "Diary",
  path: "diaries",
  table: "diaries",
  display: "title",
  createdBy: true,
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {},
  create: diaryCreate,
  update: diaryUpdate,
  permissions,
};
