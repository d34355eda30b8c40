import { vaultEntity } from "../src/gen/vault/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(vaultEntity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "none", create: "none", update: "none", delete: "none" },
    { who: withRole("clerk"), read: "none", create: "none", update: "none", delete: "none" },
    { who: withRole("boss"), read: "none", create: "none", update: "none", delete: "none" },
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
