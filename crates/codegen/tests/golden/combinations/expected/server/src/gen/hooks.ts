import type { Single, SingleCreate, SingleUpdate } from "../../../shared/gen/single.ts";
import type { Collection, CollectionCreate, CollectionUpdate } from "../../../shared/gen/collection.ts";
import type { Leaf, LeafCreate, LeafUpdate } from "../../../shared/gen/leaf.ts";
import type { Tie, TieCreate, TieUpdate } from "../../../shared/gen/tie.ts";
import type { Sealed, SealedCreate, SealedUpdate } from "../../../shared/gen/sealed.ts";
import type { EntityHooks } from "./core/hooks.ts";

/** Your code around what happens to records, by entity. */
export interface Hooks {
  Single?: EntityHooks<Single, SingleCreate, SingleUpdate>;
  Collection?: EntityHooks<Collection, CollectionCreate, CollectionUpdate>;
  Leaf?: EntityHooks<Leaf, LeafCreate, LeafUpdate>;
  Tie?: EntityHooks<Tie, TieCreate, TieUpdate>;
  Sealed?: EntityHooks<Sealed, SealedCreate, SealedUpdate>;
}
