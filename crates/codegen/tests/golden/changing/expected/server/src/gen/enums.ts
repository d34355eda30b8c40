/** What the database keeps for the values of Drive. */
export const driveIds = {
  petrol: "fuel-gas",
  diesel: "fuel-oil",
  electric: "fuel-none",
} as const;

/** What the database keeps for the values of Phase. */
export const phaseIds = {
  waiting: "phase-new",
  finished: "phase-done",
} as const;

