import type { Input } from "../src/gen/core/write.ts";
import * as make from "./support/values.ts";

/** Valid values for each kind of record, different for each n. */
export const samples: { [entity: string]: (n: number) => Input } = {
  Vehicle: (n) => ({
    model: make.words(n, "Model", 1, 255),
    address: `item-${n}`,
    licence: make.words(n, "Licence", 1, 20),
    drive: make.pick(n, ["petrol", "diesel", "electric"]),
    value: make.amount(n, 9, 2, { min: "0.00" }),
    doors: make.whole(n, { min: 0, max: 9 }),
    tags: [make.words(n, "Tags", 1, 255)],
    weight: make.amount(n, 6, 3),
    note: make.words(n, "Note", 1, 100000),
  }),
  Extra: (n) => ({
    title: make.words(n, "Title", 1, 255),
  }),
  Repair: (n) => ({
    arrival: make.day(n, 0),
    departure: make.day(n, 1),
    progress: make.pick(n, ["waiting"]),
  }),
};
