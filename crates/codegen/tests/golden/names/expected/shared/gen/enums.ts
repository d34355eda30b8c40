import type { EnumOption } from "./types.ts";

/** Enum */
export const enum_Values = ["null", "true", "undefined"] as const;

export type Enum = (typeof enum_Values)[number];

export const enum_Options: { [value in Enum]: EnumOption } = {
  null: { label: "null", tone: "neutral" },
  true: { label: "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%", tone: "neutral" },
  undefined: { label: "undefined", tone: "neutral" },
};
