import { personEntity } from "../src/gen/person/entity.ts";
import { anonymous, prove, withRole, withoutRole } from "./support/prove.ts";

prove(personEntity, {
  access: [
    {
      who: anonymous,
      read: "all",
      create: "none",
      update: "none",
      delete: "none",
      fields: { salary: { read: "none", write: "none" }, nobody: { read: "none", write: "none" }, dropBox: { read: "none", write: "none" }, published: { write: "none" }, birthday: { read: "none" }, mentorId: { read: "none", write: "none" } },
    },
    {
      who: withoutRole,
      read: "all",
      create: "all",
      update: "own",
      delete: "none",
      fields: { salary: { read: "own", write: "none" }, nobody: { read: "none", write: "none" }, dropBox: { read: "none", write: "all" }, published: { write: "none" }, birthday: { read: "none" }, mentorId: { read: "all", write: "none" } },
    },
    {
      who: withRole("clerk"),
      read: "all",
      create: "all",
      update: "own",
      delete: "none",
      fields: { salary: { read: "own", write: "none" }, nobody: { read: "none", write: "none" }, dropBox: { read: "none", write: "all" }, published: { write: "all" }, birthday: { read: "own" }, mentorId: { read: "all", write: "none" } },
    },
    {
      who: withRole("boss"),
      read: "all",
      create: "all",
      update: "all",
      delete: "all",
      fields: { salary: { read: "all", write: "all" }, nobody: { read: "none", write: "none" }, dropBox: { read: "none", write: "all" }, published: { write: "all" }, birthday: { read: "none" }, mentorId: { read: "all", write: "all" } },
    },
    {
      who: withRole("guest"),
      read: "all",
      create: "all",
      update: "own",
      delete: "none",
      fields: { salary: { read: "own", write: "none" }, nobody: { read: "none", write: "none" }, dropBox: { read: "none", write: "all" }, published: { write: "none" }, birthday: { read: "none" }, mentorId: { read: "all", write: "none" } },
    },
  ],
  refused: [
    ["title", null],
    ["title", 7],
    ["title", "x".repeat(256)],
    ["salary", "twelve"],
    ["nobody", 7],
    ["nobody", "x".repeat(256)],
    ["dropBox", 7],
    ["dropBox", "x".repeat(256)],
    ["published", 7],
    ["published", "x".repeat(256)],
    ["birthday", "2026-02-30"],
    ["birthday", "0000-12-31"],
  ],
  unique: [],
  exclusive: false,
  references: [],
});
