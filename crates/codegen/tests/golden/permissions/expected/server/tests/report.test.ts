import { reportEntity } from "../src/gen/report/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(reportEntity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "none", create: "none", update: "none", delete: "none" },
    { who: withRole("clerk"), read: "all", create: "all", update: "none", delete: "none" },
    { who: withRole("boss"), read: "all", create: "none", update: "all", delete: "all" },
    { who: withRole("guest"), read: "none", create: "none", update: "none", delete: "none" },
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
