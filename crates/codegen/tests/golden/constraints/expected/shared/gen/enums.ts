import type { EnumOption } from "./types.ts";

/** Progress */
export const progressValues = ["asked", "confirmed", "cancelled"] as const;

export type Progress = (typeof progressValues)[number];

export const progressOptions: { [value in Progress]: EnumOption } = {
  asked: { label: "Asked", tone: "neutral" },
  confirmed: { label: "Confirmed", tone: "neutral" },
  cancelled: { label: "Cancelled", tone: "neutral" },
};

/** Size */
export const sizeValues = ["small", "large"] as const;

export type Size = (typeof sizeValues)[number];

export const sizeOptions: { [value in Size]: EnumOption } = {
  small: { label: "Small", tone: "neutral" },
  large: { label: "Large", tone: "neutral" },
};
