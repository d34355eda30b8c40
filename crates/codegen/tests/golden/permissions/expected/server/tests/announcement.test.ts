import { announcementEntity } from "../src/gen/announcement/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(announcementEntity, {
  access: [
    { who: anonymous, read: "all", create: "all", update: "all", delete: "all" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("clerk"), read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("boss"), read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("guest"), read: "all", create: "all", update: "all", delete: "all" },
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
