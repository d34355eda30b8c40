import type { Input } from "../src/gen/core/write.ts";

/** Valid values for each kind of record, different for each n. */
export const samples: { [entity: string]: (n: number) => Input } = {
};
