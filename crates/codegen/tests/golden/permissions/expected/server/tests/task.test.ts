import { taskEntity } from "../src/gen/task/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(taskEntity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "own", create: "own", update: "own", delete: "none" },
    { who: withRole("clerk"), read: "own", create: "own", update: "own", delete: "none" },
    { who: withRole("boss"), read: "all", create: "own", update: "own", delete: "all" },
    { who: withRole("guest"), read: "own", create: "own", update: "own", delete: "none" },
  ],
  refused: [
    ["title", null],
    ["title", 7],
    ["title", "x".repeat(256)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [],
});
