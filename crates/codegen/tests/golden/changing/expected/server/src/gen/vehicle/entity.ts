import { vehicleCreate, vehicleUpdate } from "../../../../shared/gen/vehicle.ts";
import type { Entity } from "../core/entity.ts";
import { extraEntity } from "../extra/entity.ts";
import { repairEntity } from "../repair/entity.ts";
import { driveIds } from "../enums.ts";
import { permissions } from "./permissions.ts";

/** Vehicle */
export const vehicleEntity: Entity = {
  name: "Vehicle",
  label: "Vehicle",
  path: "vehicles",
  table: "cars",
  display: "model",
  softDelete: true,
  version: true,
  fields: {
    model: { column: "title", type: "string", searchable: true },
    address: { column: "slug", type: "slug", from: "model" },
    licence: { column: "plate", type: "string" },
    drive: { column: "fuel", type: "enum", values: driveIds },
    value: { column: "value", type: "money" },
    doors: { column: "doors_2", type: "integer" },
    tags: { column: "tags", type: "string", list: true },
    weight: { column: "weight", type: "decimal" },
    note: { column: "note", type: "text" },
  },
  relations: {
    sibling: { kind: "toOne", key: "siblingId", column: "twin_id", target: () => vehicleEntity },
    holder: { kind: "toOne", key: "holderId", column: "keeper_id", target: () => "user" },
    extras: { kind: "toMany", key: "extraIds", join: "cars_parts", target: () => extraEntity },
  },
  inverses: {
    siblings: { entity: () => vehicleEntity, relation: "sibling" },
    repairs: { entity: () => repairEntity, relation: "vehicle" },
  },
  transitions: {},
  constraints: {
    cars_plate_key: { status: 409, pointer: "/licence", detail: "Another vehicle has this licence already." },
    cars_slug_key: { status: 409, pointer: "/address", detail: "Another vehicle has this address already." },
  },
  dependents: [
    { entity: () => vehicleEntity, column: "twin_id", onDelete: "setNull" },
    { entity: () => repairEntity, column: "car_id", required: true, onDelete: "cascade" },
  ],
  create: vehicleCreate,
  update: vehicleUpdate,
  permissions,
};
