import * as z from "zod";
import * as enums from "./enums.ts";
import * as scalars from "./scalars.ts";
import type { Stay } from "./stay.ts";
import type * as api from "./types.ts";

/** Room */
export interface Room {
  id: string;
  createdAt: string;
  updatedAt: string;
  name: string;
  floor: number;
  size: enums.Size;
  stays?: Stay[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: RoomTransition[] };
}

export type RoomTransition = never;

const fields = {
  name: scalars.text({ min: 1, max: 255 }),
  floor: scalars.integer(),
  size: scalars.choice(enums.sizeValues),
};

export const roomCreate = z.strictObject({
  ...fields,
});

export const roomUpdate = z.strictObject(fields).partial();

export type RoomCreate = z.input<typeof roomCreate>;
export type RoomUpdate = z.input<typeof roomUpdate>;

export const roomMeta: api.EntityMeta = {
  name: "Room",
  path: "/api/rooms",
  label: "Room",
  labelPlural: "Rooms",
  display: "name",
  search: false,
  fields: {
    name: { label: "Name", type: "string", required: true, maxLength: 255 },
    floor: { label: "Floor", type: "integer", required: true },
    size: { label: "Size", type: "enum", required: true, options: enums.sizeOptions },
  },
  relations: {},
  transitions: {},
};
