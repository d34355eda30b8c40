import { stayCreate, stayUpdate } from "../../../../shared/gen/stay.ts";
import type { Entity } from "../core/entity.ts";
import { roomEntity } from "../room/entity.ts";
import { progressIds, sizeIds } from "../enums.ts";
import { permissions } from "./permissions.ts";

/** Stay */
export const stayEntity: Entity = {
  name: "Stay",
  label: "Stay",
  path: "stays",
  table: "stays",
  createdBy: true,
  softDelete: true,
  version: true,
  fields: {
    arrival: { column: "arrival", type: "date" },
    departure: { column: "departure", type: "date" },
    state: { column: "state", type: "enum", values: progressIds, initial: "asked" },
    paid: { column: "paid", type: "enum", values: sizeIds, initial: "small" },
  },
  relations: {
    room: { kind: "toOne", key: "roomId", column: "room_id", target: () => roomEntity, required: true },
    guest: { kind: "toOne", key: "guestId", column: "guest_id", target: () => "user", required: true, readOnly: true },
  },
  inverses: {},
  transitions: {
    confirm: { path: "confirm", field: "state", from: ["asked"], to: "confirmed" },
    cancel: { path: "cancel", field: "state", from: ["asked", "confirmed"], to: "cancelled" },
    askAgain: { path: "ask-again", field: "state", from: ["cancelled"], to: "asked" },
    pay: { path: "pay", field: "paid", from: ["small"], to: "large" },
  },
  constraints: {
    stays_stay_alone_excl: { status: 409, pointer: "/arrival", detail: "The room is taken on these days." },
    stays_stay_alone_order: { status: 422, pointer: "/departure", detail: "Departure must not be before arrival." },
    stays_stay_guest_once_excl: { status: 409, pointer: "/arrival", detail: "This overlaps with another stay." },
    stays_stay_guest_once_order: { status: 422, pointer: "/departure", detail: "Departure must not be before arrival." },
    stays_guest_id_arrival_key: { status: 409, pointer: "/guestId", detail: "Another stay has the same guest and arrival already." },
  },
  create: stayCreate,
  update: stayUpdate,
  permissions,
};
