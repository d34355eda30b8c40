import { extraEntity } from "../src/gen/extra/entity.ts";
import { vehicleEntity } from "../src/gen/vehicle/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(extraEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("mechanic"), read: "all", create: "all", update: "all", delete: "all" },
  ],
  refused: [
    ["title", null],
    ["title", 7],
    ["title", "x".repeat(256)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [
    { entity: vehicleEntity, key: "extraIds", onDelete: "setNull" },
  ],
});
