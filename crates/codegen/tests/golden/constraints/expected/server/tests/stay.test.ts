import { stayEntity } from "../src/gen/stay/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(stayEntity, {
  access: [
    {
      who: anonymous,
      read: "none",
      create: "none",
      update: "none",
      delete: "none",
      transitions: { confirm: "none", cancel: "none", askAgain: "none", pay: "none" },
    },
    {
      who: withoutRole,
      read: "none",
      create: "none",
      update: "none",
      delete: "none",
      transitions: { confirm: "none", cancel: "none", askAgain: "none", pay: "own" },
    },
    {
      who: withRole("staff"),
      read: "all",
      create: "none",
      update: "all",
      delete: "none",
      transitions: { confirm: "all", cancel: "all", askAgain: "none", pay: "own" },
    },
    {
      who: withRole("artist"),
      read: "own",
      create: "own",
      update: "none",
      delete: "own",
      transitions: { confirm: "none", cancel: "own", askAgain: "none", pay: "own" },
      owners: { guestId: true },
    },
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
