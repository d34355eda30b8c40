import type { EnumOption } from "./types.ts";

/** Drive */
export const driveValues = ["petrol", "diesel", "electric"] as const;

export type Drive = (typeof driveValues)[number];

export const driveOptions: { [value in Drive]: EnumOption } = {
  petrol: { label: "Petrol", tone: "neutral" },
  diesel: { label: "Diesel", tone: "neutral" },
  electric: { label: "Electric", tone: "neutral" },
};

/** Phase */
export const phaseValues = ["waiting", "finished"] as const;

export type Phase = (typeof phaseValues)[number];

export const phaseOptions: { [value in Phase]: EnumOption } = {
  waiting: { label: "Waiting", tone: "neutral" },
  finished: { label: "Finished", tone: "neutral" },
};
