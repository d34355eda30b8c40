import { leafCreate, leafUpdate } from "../../../../shared/gen/leaf.ts";
import type { Entity } from "../core/entity.ts";
import { tieEntity } from "../tie/entity.ts";
import { permissions } from "./permissions.ts";

/** Leaf */
export const leafEntity: Entity = {
  name: "Leaf",
  label: "Leaf",
  path: "leaves",
  table: "leaves",
  display: "name",
  fields: {
    name: { column: "name", type: "string" },
  },
  relations: {},
  inverses: {
    manyOtherRestrictOf: { entity: () => tieEntity, relation: "manyOtherRestrict" },
    manyOtherCascadeOf: { entity: () => tieEntity, relation: "manyOtherCascade" },
    manyOtherSetNullOf: { entity: () => tieEntity, relation: "manyOtherSetNull" },
    manyOtherFixedOf: { entity: () => tieEntity, relation: "manyOtherFixed" },
    manyOtherClosedOf: { entity: () => tieEntity, relation: "manyOtherClosed" },
    manyOtherNeededOf: { entity: () => tieEntity, relation: "manyOtherNeeded" },
    oneOtherRestrictOf: { entity: () => tieEntity, relation: "oneOtherRestrict", single: true },
    oneOtherCascadeOf: { entity: () => tieEntity, relation: "oneOtherCascade", single: true },
    oneOtherSetNullOf: { entity: () => tieEntity, relation: "oneOtherSetNull", single: true },
    oneOtherFixedOf: { entity: () => tieEntity, relation: "oneOtherFixed", single: true },
    oneOtherClosedOf: { entity: () => tieEntity, relation: "oneOtherClosed", single: true },
    oneOtherNeededOf: { entity: () => tieEntity, relation: "oneOtherNeeded", single: true },
    allOtherOpenOf: { entity: () => tieEntity, relation: "allOtherOpen" },
    allOtherFixedOf: { entity: () => tieEntity, relation: "allOtherFixed" },
    allOtherClosedOf: { entity: () => tieEntity, relation: "allOtherClosed" },
  },
  transitions: {},
  constraints: {},
  create: leafCreate,
  update: leafUpdate,
  permissions,
};
