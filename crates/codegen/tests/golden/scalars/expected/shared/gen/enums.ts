import type { EnumOption } from "./types.ts";

/** Kind */
export const kindValues = ["beetle", "moth", "wasp", "tick", "fly"] as const;

export type Kind = (typeof kindValues)[number];

export const kindOptions: { [value in Kind]: EnumOption } = {
  beetle: { label: "Beetle", tone: "info" },
  moth: { label: "Moth", tone: "success" },
  wasp: { label: "Wasp & hornet", tone: "warning" },
  tick: { label: "Tick", tone: "danger" },
  fly: { label: "Fly", tone: "neutral" },
};
