import type { Input } from "../src/gen/core/write.ts";
import * as make from "./support/values.ts";

/** Valid values for each kind of record, different for each n. */
export const samples: { [entity: string]: (n: number) => Input } = {
  Article: (n) => ({
    title: make.words(n, "Title", 1, 255),
    price: make.amount(n, 9, 2),
    stock: make.whole(n, { min: 0 }),
    sku: make.words(n, "Sku", 1, 20),
  }),
  Shelf: (n) => ({
    name: make.words(n, "Name", 1, 255),
  }),
};
