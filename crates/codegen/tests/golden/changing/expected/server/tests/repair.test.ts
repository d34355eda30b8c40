import { repairEntity } from "../src/gen/repair/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(repairEntity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none", transitions: { close: "none" } },
    { who: withoutRole, read: "all", create: "none", update: "none", delete: "none", transitions: { close: "none" } },
    { who: withRole("mechanic"), read: "all", create: "all", update: "all", delete: "all", transitions: { close: "all" } },
  ],
  refused: [
    ["arrival", null],
    ["arrival", "2026-02-30"],
    ["arrival", "0000-12-31"],
    ["departure", null],
    ["departure", "2026-02-30"],
    ["departure", "0000-12-31"],
  ],
  lists: {},
  unique: [],
  exclusive: true,
  references: [],
});
