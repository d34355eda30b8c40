import { repairCreate, repairUpdate } from "../../../../shared/gen/repair.ts";
import type { Entity } from "../core/entity.ts";
import { vehicleEntity } from "../vehicle/entity.ts";
import { phaseIds } from "../enums.ts";
import { permissions } from "./permissions.ts";

/** Repair */
export const repairEntity: Entity = {
  name: "Repair",
  label: "Repair",
  path: "repairs",
  table: "visits",
  fields: {
    arrival: { column: "begin", type: "date" },
    departure: { column: "finish", type: "date" },
    progress: { column: "phase", type: "enum", values: phaseIds, initial: "waiting" },
  },
  relations: {
    vehicle: { kind: "toOne", key: "vehicleId", column: "car_id", target: () => vehicleEntity, required: true },
  },
  inverses: {},
  transitions: {
    close: { path: "close", field: "progress", from: ["waiting"], to: "finished" },
  },
  constraints: {
    visits_car_id_begin_key: { status: 409, pointer: "/vehicleId", detail: "Another repair has the same vehicle and arrival already." },
    visits_visit_once_excl: { status: 409, pointer: "/arrival", detail: "This overlaps with another repair." },
    visits_visit_once_order: { status: 422, pointer: "/departure", detail: "Departure must not be before arrival." },
  },
  create: repairCreate,
  update: repairUpdate,
  permissions,
};
