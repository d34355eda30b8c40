import { sealedEntity } from "../src/gen/sealed/entity.ts";
import { anonymous, prove, withoutRole } from "./support/prove.ts";

prove(sealedEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none", fields: { title: { write: "none" } } },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all", incomplete: true, fields: { title: { write: "none" } } },
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
