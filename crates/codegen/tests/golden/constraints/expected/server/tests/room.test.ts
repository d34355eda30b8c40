import { roomEntity } from "../src/gen/room/entity.ts";
import { stayEntity } from "../src/gen/stay/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(roomEntity, {
  access: [
    { who: anonymous, read: "all", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "none", update: "none", delete: "none" },
    { who: withRole("staff"), read: "all", create: "all", update: "all", delete: "all" },
    { who: withRole("artist"), read: "all", create: "none", update: "none", delete: "none" },
  ],
  refused: [
    ["name", null],
    ["name", 7],
    ["name", "x".repeat(256)],
    ["floor", null],
    ["floor", 1.5],
    ["size", null],
    ["size", "no such value"],
  ],
  lists: {},
  unique: [],
  exclusive: false,
  references: [
    { entity: stayEntity, key: "roomId", onDelete: "restrict" },
  ],
});
