// Yours. What you name here appears in the interface; see the type for the places.
import type { Slots } from "../gen/ui/app.ts";

export const slots: Slots = {};
