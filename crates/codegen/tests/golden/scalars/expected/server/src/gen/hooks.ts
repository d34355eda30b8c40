import type { Specimen, SpecimenCreate, SpecimenUpdate } from "../../../shared/gen/specimen.ts";
import type { EntityHooks } from "./core/hooks.ts";

/** Your code around what happens to records, by entity. */
export interface Hooks {
  Specimen?: EntityHooks<Specimen, SpecimenCreate, SpecimenUpdate>;
}
