import { ticketEntity } from "../src/gen/ticket/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(ticketEntity, {
  access: [
    { who: anonymous, read: "none", create: "none", update: "none", delete: "none" },
    { who: withoutRole, read: "all", create: "none", update: "none", delete: "none" },
    {
      who: withRole("clerk"),
      read: "all",
      create: "own",
      update: "none",
      delete: "none",
      owners: { reporterId: true, helperId: false, solverId: false },
    },
    {
      who: withRole("boss"),
      read: "all",
      create: "all",
      update: "none",
      delete: "none",
      owners: { reporterId: false, helperId: false, solverId: false },
    },
    {
      who: withRole("guest"),
      read: "all",
      create: "own",
      update: "none",
      delete: "none",
      owners: { reporterId: false, helperId: false, solverId: true },
    },
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
