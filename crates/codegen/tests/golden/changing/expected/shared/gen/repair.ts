import * as z from "zod";
import * as enums from "./enums.ts";
import * as scalars from "./scalars.ts";
import type { Vehicle } from "./vehicle.ts";
import type * as api from "./types.ts";

/** Repair */
export interface Repair {
  id: string;
  createdAt: string;
  updatedAt: string;
  arrival: string;
  departure: string;
  progress: enums.Phase;
  vehicleId: string;
  vehicle: api.Included<Vehicle>;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: RepairTransition[] };
}

export type RepairTransition = "close";

const fields = {
  arrival: scalars.date(),
  departure: scalars.date(),
  vehicleId: scalars.id(),
};

export const repairCreate = z.strictObject({
  ...fields,
});

export const repairUpdate = z.strictObject(fields).partial();

export type RepairCreate = z.input<typeof repairCreate>;
export type RepairUpdate = z.input<typeof repairUpdate>;

export const repairMeta: api.EntityMeta = {
  name: "Repair",
  path: "/api/repairs",
  label: "Repair",
  labelPlural: "Repairs",
  display: "id",
  search: false,
  fields: {
    arrival: { label: "Arrival", type: "date", required: true },
    departure: { label: "Departure", type: "date", required: true },
    progress: { label: "Progress", type: "enum", required: true, states: true, options: enums.phaseOptions, default: "waiting" },
  },
  relations: {
    vehicle: { label: "Vehicle", kind: "manyToOne", key: "vehicleId", target: "Vehicle", path: "/api/vehicles", required: true },
  },
  transitions: {
    close: { label: "Close", path: "close", field: "progress", from: ["waiting"], to: "finished" },
  },
};
