import { request_Entity } from "../src/gen/request/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(request_Entity, {
  access: [
    { who: anonymous, read: "all", create: "all", update: "all", delete: "all" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("default"), read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("Admin"), read: "all", create: "all", update: "all", delete: "all" },
  ],
  refused: [
    ["yield", 7],
    ["yield", "x".repeat(256)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [],
});
