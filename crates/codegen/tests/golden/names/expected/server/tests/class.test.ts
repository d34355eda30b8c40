import { class_Entity } from "../src/gen/class/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(class_Entity, {
  access: [
    { who: anonymous, read: "all", create: "all", update: "all", delete: "all", transitions: { return: "all", throw: "all" } },
    { who: withoutRole, read: "all", create: "all", update: "all", delete: "all", transitions: { return: "all", throw: "all" } },
    { who: withRole("default"), read: "all", create: "all", update: "all", delete: "all", transitions: { return: "all", throw: "all" } },
    { who: withRole("Admin"), read: "all", create: "all", update: "all", delete: "all", transitions: { return: "all", throw: "all" } },
  ],
  refused: [
    ["delete", 7],
    ["delete", "x".repeat(256)],
    ["where", 1.5],
    ["await", "yes"],
    ["new", "no such value"],
    ["type", 7],
    ["type", "x".repeat(256)],
    ["function", "2026-02-30"],
    ["function", "0000-12-31"],
    ["import", "x".repeat(70_000)],
    ["import", "\0"],
    ["import", JSON.parse("[".repeat(1000) + "]".repeat(1000))],
    ["var", 7],
    ["var", "x".repeat(100001)],
    ["eval", 7],
    ["eval", "x".repeat(256)],
    ["URL", "javascript:alert(1)"],
    ["URL", "x".repeat(2049)],
    ["user", 7],
    ["user", "x".repeat(256)],
    ["order", 1.5],
    ["offset", 1.5],
    ["table", 7],
    ["table", "x".repeat(256)],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [
    { entity: class_Entity, key: "extendsId", onDelete: "setNull" },
  ],
});
