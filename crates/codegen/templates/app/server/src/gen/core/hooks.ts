import type { Transaction } from "./db.ts";
import type { Viewer } from "./permissions.ts";

/** What every hook is given: who acts, and the transaction in which it happens. Throwing rolls everything back. */
interface Occasion {
  viewer: Viewer;
  sql: Transaction;
}

/** Your code around what happens to the records of one entity. */
export interface EntityHooks<Stored, Create, Update> {
  /** Runs after validation and permissions. What it returns is put over the input. */
  beforeCreate?(occasion: Occasion & { input: Create }): Promise<Partial<Create> | void> | Partial<Create> | void;
  afterCreate?(occasion: Occasion & { record: Stored }): Promise<void> | void;
  beforeUpdate?(occasion: Occasion & { record: Stored; input: Update }): Promise<Update | void> | Update | void;
  afterUpdate?(occasion: Occasion & { record: Stored; before: Stored }): Promise<void> | void;
  beforeDelete?(occasion: Occasion & { record: Stored }): Promise<void> | void;
  afterDelete?(occasion: Occasion & { record: Stored }): Promise<void> | void;
  /** Runs when a transition is allowed, before the state changes. */
  beforeTransition?(occasion: Occasion & { record: Stored; transition: string }): Promise<void> | void;
  afterTransition?(occasion: Occasion & { record: Stored; transition: string }): Promise<void> | void;
}

/** The hooks of any entity; their types are checked where they are written. */
// oxlint-disable-next-line no-explicit-any
export type RecordHooks = EntityHooks<any, any, any>;
