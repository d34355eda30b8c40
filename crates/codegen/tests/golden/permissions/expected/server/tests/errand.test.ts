import { errandEntity } from "../src/gen/errand/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(errandEntity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "none", update: "none", delete: "none" },
    {
      who: withRole("clerk"),
      read: "all",
      create: "own",
      update: "own",
      delete: "none",
      owners: { runnerId: true },
      others: false,
      keeps: ["runnerId"],
    },
    { who: withRole("boss"), read: "all", create: "all", update: "none", delete: "none", owners: { runnerId: false }, others: true },
    { who: withRole("guest"), read: "all", create: "none", update: "none", delete: "none" },
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
