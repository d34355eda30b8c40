import type { Input } from "../src/gen/core/write.ts";
import * as make from "./support/values.ts";

/** Valid values for each kind of record, different for each n. */
export const samples: { [entity: string]: (n: number) => Input } = {
  Cabinet: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Folder: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Paper: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Label: (n) => ({
    word: make.words(n, "Word", 1, 255),
  }),
  Remark: (n) => ({
    text: make.words(n, "Text", 1, 255),
  }),
  Receipt: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Copy: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
};
