import * as z from "zod";
import * as enums from "./enums.ts";
import * as scalars from "./scalars.ts";
import type { Extra } from "./extra.ts";
import type { Repair } from "./repair.ts";
import type * as api from "./types.ts";

/** Vehicle */
export interface Vehicle {
  id: string;
  createdAt: string;
  updatedAt: string;
  version: number;
  model: string;
  address: string | null;
  licence: string | null;
  drive: enums.Drive;
  value: string;
  doors: number | null;
  tags: string[] | null;
  weight: string | null;
  note: string;
  siblingId: string | null;
  sibling: api.Included<Vehicle> | null;
  holderId: string | null;
  holder: api.Included<api.User> | null;
  extraIds: string[];
  extras: api.Included<Extra>[];
  siblings?: Vehicle[];
  repairs?: Repair[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: VehicleTransition[] };
}

export type VehicleTransition = never;

const fields = {
  model: scalars.text({ min: 1, max: 255 }),
  address: scalars.slug({ max: 100 }).optional(),
  licence: scalars.text({ max: 20 }).nullish(),
  drive: scalars.choice(enums.driveValues),
  value: scalars.money(2, { min: "0.00" }),
  doors: scalars.integer({ min: 0, max: 9 }).nullish(),
  tags: scalars.list(scalars.text({ min: 1, max: 255 }), { max: 10 }).nullish(),
  weight: scalars.decimal(9, 3).nullish(),
  note: scalars.text({ min: 1, max: 100000 }),
  siblingId: scalars.id().nullish(),
  holderId: scalars.id().nullish(),
  extraIds: scalars.list(scalars.id()).optional(),
};

export const vehicleCreate = z.strictObject({
  ...fields,
  drive: fields.drive.default("petrol"),
  note: fields.note.default("None."),
});

export const vehicleUpdate = z.strictObject(fields).partial();

export type VehicleCreate = z.input<typeof vehicleCreate>;
export type VehicleUpdate = z.input<typeof vehicleUpdate>;

export const vehicleMeta: api.EntityMeta = {
  name: "Vehicle",
  path: "/api/vehicles",
  label: "Vehicle",
  labelPlural: "Vehicles",
  display: "model",
  search: true,
  fields: {
    model: { label: "Model", type: "string", required: true, maxLength: 255 },
    address: { label: "Address", type: "slug", maxLength: 100 },
    licence: { label: "Licence", type: "string", maxLength: 20 },
    drive: { label: "Drive", type: "enum", required: true, options: enums.driveOptions, default: "petrol" },
    value: { label: "Value", type: "money", required: true, currency: "EUR", digits: 2, min: "0.00" },
    doors: { label: "Doors", type: "integer", min: 0, max: 9 },
    tags: { label: "Tags", type: "string", list: true, maxLength: 10 },
    weight: { label: "Weight", type: "decimal", digits: 3 },
    note: { label: "Note", type: "text", required: true, maxLength: 100000, default: "None." },
  },
  relations: {
    sibling: { label: "Sibling", kind: "manyToOne", key: "siblingId", target: "Vehicle", path: "/api/vehicles" },
    holder: { label: "Holder", kind: "manyToOne", key: "holderId", target: "user", path: "/api/users" },
    extras: { label: "Extras", kind: "manyToMany", key: "extraIds", target: "Extra", path: "/api/extras" },
  },
  transitions: {},
};
