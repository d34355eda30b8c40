import type { EnumOption } from "./types.ts";

/** Color */
export const colorValues = ["red", "blue", "green"] as const;

export type Color = (typeof colorValues)[number];

export const colorOptions: { [value in Color]: EnumOption } = {
  red: { label: "Red", tone: "neutral" },
  blue: { label: "Blue", tone: "neutral" },
  green: { label: "Green", tone: "neutral" },
};
