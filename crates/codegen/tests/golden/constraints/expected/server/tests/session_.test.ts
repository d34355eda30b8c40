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
    ["begin", "0001-01-01T00:00:00+12:00"],
    ["begin", "9999-12-31T23:59:59-12:00"],
    ["finish", null],
    ["finish", "yesterday"],
    ["finish", "0001-01-01T00:00:00+12:00"],
    ["finish", "9999-12-31T23:59:59-12:00"],
    ["size", "no such value"],
  ],
  lists: {},
  unique: [],
  exclusive: true,
  references: [],
});
