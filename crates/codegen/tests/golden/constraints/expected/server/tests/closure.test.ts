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
    ["finish", null],
    ["finish", "yesterday"],
  ],
  unique: [],
  exclusive: true,
  references: [],
});
