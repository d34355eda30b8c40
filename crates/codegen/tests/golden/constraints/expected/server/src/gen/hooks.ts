import type { Room, RoomCreate, RoomUpdate } from "../../../shared/gen/room.ts";
import type { Stay, StayCreate, StayUpdate } from "../../../shared/gen/stay.ts";
import type { Session_, Session_Create, Session_Update } from "../../../shared/gen/session_.ts";
import type { Closure, ClosureCreate, ClosureUpdate } from "../../../shared/gen/closure.ts";
import type { EntityHooks } from "./core/hooks.ts";

/** Your code around what happens to records, by entity. */
export interface Hooks {
  Room?: EntityHooks<Room, RoomCreate, RoomUpdate>;
  Stay?: EntityHooks<Stay, StayCreate, StayUpdate>;
  Session?: EntityHooks<Session_, Session_Create, Session_Update>;
  Closure?: EntityHooks<Closure, ClosureCreate, ClosureUpdate>;
}
