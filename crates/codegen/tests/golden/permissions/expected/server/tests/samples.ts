import type { Input } from "../src/gen/core/write.ts";
import * as make from "./support/values.ts";

/** Valid values for each kind of record, different for each n. */
export const samples: { [entity: string]: (n: number) => Input } = {
  Announcement: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Vault: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Memo: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Report: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Diary: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Task: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Suggestion: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Ticket: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Errand: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Person: (n) => ({
    title: make.words(n, "Title", 1, 255),
    salary: make.amount(n, 9, 2),
    nobody: make.words(n, "Nobody", 1, 255),
    dropBox: make.words(n, "Drop box", 1, 255),
    published: make.words(n, "Published", 1, 255),
    birthday: make.day(n, 0),
  }),
};
