import { roomCreate, roomUpdate } from "../../../../shared/gen/room.ts";
import type { Entity } from "../core/entity.ts";
import { stayEntity } from "../stay/entity.ts";
import { sizeIds } from "../enums.ts";
import { permissions } from "./permissions.ts";

/** Room */
export const roomEntity: Entity = {
  name: "Room",
  label: "Room",
  path: "rooms",
  table: "rooms",
  display: "name",
  fields: {
    name: { column: "name", type: "string" },
    floor: { column: "floor", type: "integer" },
    size: { column: "size", type: "enum", values: sizeIds },
  },
  relations: {},
  inverses: {
    stays: { entity: () => stayEntity, relation: "room" },
  },
  transitions: {},
  constraints: {
    rooms_floor_name_key: { status: 409, pointer: "/floor", detail: "There is such a room on this floor." },
  },
  dependents: [
    { entity: () => stayEntity, column: "room_id", required: true, onDelete: "restrict" },
  ],
  create: roomCreate,
  update: roomUpdate,
  permissions,
};
