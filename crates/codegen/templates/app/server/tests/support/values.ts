/** Valid values for tests, different for each n as far as their limits allow. */

interface Limits<T> {
  min?: T;
  max?: T;
}

const dayMs = 86_400_000;

/** Text with a length between two bounds. */
export function words(n: number, label: string, min: number, max: number): string {
  const named = `${label} ${n}`;
  const text = [...named].length <= max ? named : String(n).slice(-max).padStart(Math.min(max, 2), "0");
  return text.padEnd(min, "x").slice(0, Math.max(max, 1));
}

export function whole(n: number, { min, max }: Limits<number> = {}): number {
  const least = min === undefined ? Math.min(0, Number(max ?? 0)) : Number(min);
  const most = max === undefined ? least + 1_000_000 : Number(max);
  return least + (n % (most - least + 1));
}

/** A whole number of any size, as the API writes it. */
export function large(n: number, { min, max }: Limits<string> = {}): string {
  const range = 1_000_000n;
  const least = min === undefined ? (max === undefined || BigInt(max) >= range ? 0n : BigInt(max) - range) : BigInt(min);
  const most = max === undefined ? least + range : BigInt(max);
  return String(least + (BigInt(n) % (most - least + 1n)));
}

/** A decimal number with so many digits before the point at most, and after it. */
export function amount(n: number, wholeDigits: number, digits: number, { min, max }: Limits<string> = {}): string {
  const largest = max ?? (wholeDigits === 0 ? "0" : "9".repeat(Math.min(wholeDigits, 6)));
  const least = Number(min ?? Math.min(0, Number(largest)));
  const span = Math.floor(Number(largest) - least);
  // Limits with many digits are kept as they are: a floating-point number is not exact enough.
  if (span < 1) return min ?? largest;
  return (least + (n % span)).toFixed(digits);
}

/** A day; a greater step is later by that many days, and each n is after all steps of the one before. */
export function day(n: number, step: number, limits: Limits<string> = {}): string {
  return moment(n, step, limits).slice(0, 10);
}

export function instant(n: number, step: number, limits: Limits<string> = {}): string {
  return moment(n, step, limits);
}

function moment(n: number, step: number, { min, max }: Limits<string>): string {
  const start = min === undefined ? (max === undefined ? Date.UTC(2030, 0, 1) : Date.parse(max) - 1000 * dayMs) : Date.parse(min);
  const end = max === undefined ? Infinity : Date.parse(max);
  return new Date(Math.min(start + (3 * n + step) * dayMs, end)).toISOString();
}

export function pick<T>(n: number, values: readonly T[]): T | undefined {
  return values[n % values.length];
}
