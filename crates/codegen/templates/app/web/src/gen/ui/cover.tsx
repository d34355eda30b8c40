// A picture for records that have none: shapes in tints of the brand color, always the same for the same record.

import type { CSSProperties } from "react";
import { initialsOf } from "./format.ts";

function hash(text: string): number {
  let value = 2_166_136_261;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 16_777_619);
  return value >>> 0;
}

function shapeOf(seed: string): CSSProperties {
  const bits = hash(seed);
  return {
    "--cover-hue": ((bits % 11) - 5) * 10,
    "--cover-x": `${20 + ((bits >>> 4) % 60)}%`,
    "--cover-y": `${10 + ((bits >>> 10) % 50)}%`,
    "--cover-turn": `${(bits >>> 16) % 180}deg`,
  } as CSSProperties;
}

export function Cover({ seed, label, large = false }: { seed: string; label: string; large?: boolean }) {
  return (
    <div className={large ? "cover cover--large" : "cover"} style={shapeOf(seed)} aria-hidden="true">
      <span className="cover__initials">{initialsOf(label)}</span>
    </div>
  );
}

/** The small round picture of a person. */
export function Avatar({ name, seed }: { name: string; seed: string }) {
  return (
    <span className="avatar" style={shapeOf(seed)} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}
