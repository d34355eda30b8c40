import { vehicleEntity } from "../src/gen/vehicle/entity.ts";
import { repairEntity } from "../src/gen/repair/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(vehicleEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("mechanic"), read: "all", create: "all", update: "all", delete: "all" },
  ],
  refused: [
    ["model", null],
    ["model", 7],
    ["model", "x".repeat(256)],
    ["address", "Not A Slug"],
    ["address", "x".repeat(101)],
    ["licence", 7],
    ["licence", "x".repeat(21)],
    ["drive", "no such value"],
    ["value", null],
    ["value", "twelve"],
    ["value", "-90"],
    ["doors", 1.5],
    ["doors", -1],
    ["doors", 10],
    ["tags", "no list"],
    ["tags", [7]],
    ["tags", ["x".repeat(256)]],
    ["weight", "twelve"],
    ["note", 7],
    ["note", "x".repeat(100001)],
  ],
  lists: { tags: [0, 10] },
  unique: ["licence"],
  exclusive: false,
  references: [
    { entity: vehicleEntity, key: "siblingId", onDelete: "setNull" },
    { entity: repairEntity, key: "vehicleId", onDelete: "cascade" },
  ],
});
