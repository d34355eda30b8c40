import { closureEntity } from "../src/gen/closure/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(closureEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "none", update: "none", delete: "none" },
    { who: withRole("staff"), read: "all", create: "all", update: "none", delete: "none" },
    { who: withRole("artist"), read: "all", create: "none", update: "none", delete: "none" },
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
  ],
  lists: {},
  unique: [],
  exclusive: true,
  references: [],
});
