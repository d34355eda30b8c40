/** Your code around what happens to records: the app keeps none yet. */
export type Hooks = Record<string, never>;
