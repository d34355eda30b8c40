import type { Input } from "../src/gen/core/write.ts";
import * as make from "./support/values.ts";

/** Valid values for each kind of record, different for each n. */
export const samples: { [entity: string]: (n: number) => Input } = {
  Room: (n) => ({
    name: make.words(n, "Name", 1, 255),
    floor: make.whole(n),
    size: make.pick(n, ["small", "large"]),
  }),
  Stay: (n) => ({
    arrival: make.day(n, 0),
    departure: make.day(n, 1),
    state: make.pick(n, ["asked", "confirmed"]),
    paid: make.pick(n, ["small", "large"]),
  }),
  Session: (n) => ({
    begin: make.instant(n, 0),
    finish: make.instant(n, 1),
    size: make.pick(n, ["small", "large"]),
  }),
  Closure: (n) => ({
    begin: make.instant(n, 0),
    finish: make.instant(n, 1),
  }),
};
