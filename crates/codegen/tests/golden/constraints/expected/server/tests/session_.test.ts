import { session_Entity } from "../src/gen/session_/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(session_Entity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "none", update: "none", delete: "none" },
    { who: withRole("staff"), read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("artist"), read: "all", create: "all", update: "none", delete: "none" },
  ],
  refused: [
    ["begin", null],
    ["begin", "yesterday"],
    ["finish", null],
    ["finish", "yesterday"],
    ["size", "no such value"],
  ],
  unique: [],
  exclusive: true,
  references: [],
});
