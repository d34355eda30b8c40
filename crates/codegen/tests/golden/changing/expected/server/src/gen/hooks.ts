import type { Vehicle, VehicleCreate, VehicleUpdate } from "../../../shared/gen/vehicle.ts";
import type { Extra, ExtraCreate, ExtraUpdate } from "../../../shared/gen/extra.ts";
import type { Repair, RepairCreate, RepairUpdate } from "../../../shared/gen/repair.ts";
import type { EntityHooks } from "./core/hooks.ts";

/** Your code around what happens to records, by entity. */
export interface Hooks {
  Vehicle?: EntityHooks<Vehicle, VehicleCreate, VehicleUpdate>;
  Extra?: EntityHooks<Extra, ExtraCreate, ExtraUpdate>;
  Repair?: EntityHooks<Repair, RepairCreate, RepairUpdate>;
}
