import { personCreate, personUpdate } from "../../../../shared/gen/person.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Person */
export const personEntity: Entity = {
  name: "Person",
  label: "Person",
  path: "people",
  table: "people",
  display: "title",
  createdBy: true,
  fields: {
    title: { column: "title", type: "string" },
    salary: { column: "salary", type: "money" },
    nobody: { column: "nobody", type: "string" },
    dropBox: { column: "drop_box", type: "string" },
    published: { column: "published", type: "string" },
    birthday: { column: "birthday", type: "date" },
  },
  relations: {
    mentor: { kind: "toOne", key: "mentorId", column: "mentor_id", target: () => "user" },
  },
  inverses: {},
  transitions: {},
  constraints: {},
  create: personCreate,
  update: personUpdate,
  permissions,
};
