import * as z from "zod";
import * as enums from "./enums.ts";
import * as scalars from "./scalars.ts";
import type { Room } from "./room.ts";
import type * as api from "./types.ts";

/** Stay */
export interface Stay {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  version: number;
  arrival: string;
  departure: string;
  state: enums.Progress;
  paid: enums.Size;
  roomId: string;
  room: api.Included<Room>;
  guestId: string;
  guest: api.Included<api.User>;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: StayTransition[] };
}

export type StayTransition = "confirm" | "cancel" | "askAgain" | "pay";

const fields = {
  arrival: scalars.date(),
  departure: scalars.date(),
  roomId: scalars.id(),
};

export const stayCreate = z.strictObject({
  ...fields,
});

export const stayUpdate = z.strictObject(fields).partial();

export type StayCreate = z.input<typeof stayCreate>;
export type StayUpdate = z.input<typeof stayUpdate>;

export const stayMeta: api.EntityMeta = {
  name: "Stay",
  path: "/api/stays",
  label: "Stay",
  labelPlural: "Stays",
  display: "id",
  search: false,
  fields: {
    arrival: { label: "Arrival", type: "date", required: true },
    departure: { label: "Departure", type: "date", required: true },
    state: { label: "State", type: "enum", required: true, states: true, options: enums.progressOptions, default: "asked" },
    paid: { label: "Paid", type: "enum", required: true, states: true, options: enums.sizeOptions, default: "small" },
  },
  relations: {
    room: { label: "Room", kind: "manyToOne", key: "roomId", target: "Room", path: "/api/rooms", required: true },
    guest: { label: "Guest", kind: "manyToOne", key: "guestId", target: "user", path: "/api/users", required: true, readOnly: true },
  },
  transitions: {
    confirm: { label: "Say yes", path: "confirm", field: "state", from: ["asked"], to: "confirmed" },
    cancel: { label: "Cancel", path: "cancel", field: "state", from: ["asked", "confirmed"], to: "cancelled" },
    askAgain: { label: "Ask again", path: "ask-again", field: "state", from: ["cancelled"], to: "asked" },
    pay: { label: "Pay", path: "pay", field: "paid", from: ["small"], to: "large" },
  },
};
