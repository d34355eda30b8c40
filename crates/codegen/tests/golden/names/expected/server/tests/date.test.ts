import { dateEntity } from "../src/gen/date/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(dateEntity, {
  access: [
    { who: anonymous, read: "all", create: "all", update: "all", delete: "all" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("default"), read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("Admin"), read: "all", create: "all", update: "all", delete: "all" },
  ],
  refused: [
    ["let", 7],
    ["let", "x".repeat(256)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [],
});
