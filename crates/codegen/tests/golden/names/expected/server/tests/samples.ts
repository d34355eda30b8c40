import type { Input } from "../src/gen/core/write.ts";
import * as make from "./support/values.ts";

/** Valid values for each kind of record, different for each n. */
export const samples: { [entity: string]: (n: number) => Input } = {
  Class: (n) => ({
    delete: make.words(n, "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%", 1, 255),
    where: make.whole(n),
    await: n % 2 === 0,
    new: make.pick(n, ["null", "true", "undefined"]),
    type: make.pick(n, ["Sample 0", "Sample 1", "Sample 2", "Sample 3", "Sample 4", "Sample 5", "Sample 6", "Sample 7", "Sample 8", "Sample 9", "Sample 10", "Sample 11"]),
    function: make.day(n, 0),
    import: { n },
    var: make.words(n, "Var", 1, 100000),
    eval: make.words(n, "Eval", 1, 255),
    URL: `https://example.com/${n}`,
    user: make.words(n, "User", 1, 255),
    order: make.whole(n),
    offset: make.whole(n),
    table: make.words(n, "Table", 1, 255),
    status: make.pick(n, ["null", "true", "undefined"]),
  }),
  Object: (n) => ({
    static: make.words(n, "Static", 1, 255),
  }),
  Date: (n) => ({
    let: make.words(n, "Let", 1, 255),
  }),
  Request: (n) => ({
    yield: make.words(n, "Yield", 1, 255),
  }),
};
