import { object_Entity } from "../src/gen/object/entity.ts";
import { class_Entity } from "../src/gen/class/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(object_Entity, {
  access: [
    { who: anonymous, read: "all", create: "all", update: "all", delete: "all" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("default"), read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("Admin"), read: "all", create: "all", update: "all", delete: "all" },
  ],
  refused: [
    ["static", 7],
    ["static", "x".repeat(256)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [
    { entity: class_Entity, key: "objectIds", onDelete: "setNull" },
  ],
});
