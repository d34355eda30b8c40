import type { Input } from "../src/gen/core/write.ts";
import * as make from "./support/values.ts";

/** Valid values for each kind of record, different for each n. */
export const samples: { [entity: string]: (n: number) => Input } = {
  Author: (n) => ({
    name: make.words(n, "Name", 1, 255),
  }),
  Book: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Jacket: (n) => ({
    blurb: make.words(n, "Blurb", 1, 100000),
  }),
  Topic: (n) => ({
    word: make.words(n, "Word", 1, 255),
  }),
  Shelf: (n) => ({
    number: make.whole(n),
  }),
};
