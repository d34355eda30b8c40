import type { Class, ClassCreate, ClassUpdate } from "../../../shared/gen/class.ts";
import type { Object_, Object_Create, Object_Update } from "../../../shared/gen/object.ts";
import type { Date_, Date_Create, Date_Update } from "../../../shared/gen/date.ts";
import type { Request_, Request_Create, Request_Update } from "../../../shared/gen/request.ts";
import type { EntityHooks } from "./core/hooks.ts";

/** Your code around what happens to records, by entity. */
export interface Hooks {
  Class?: EntityHooks<Class, ClassCreate, ClassUpdate>;
  Object?: EntityHooks<Object_, Object_Create, Object_Update>;
  Date?: EntityHooks<Date_, Date_Create, Date_Update>;
  Request?: EntityHooks<Request_, Request_Create, Request_Update>;
}
