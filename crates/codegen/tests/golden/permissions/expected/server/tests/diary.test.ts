import { diaryEntity } from "../src/gen/diary/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(diaryEntity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "own", create: "own", update: "own", delete: "own" },
    { who: withRole("clerk"), read: "own", create: "own", update: "own", delete: "own" },
    { who: withRole("boss"), read: "own", create: "own", update: "own", delete: "own" },
    { who: withRole("guest"), read: "own", create: "own", update: "own", delete: "own" },
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
