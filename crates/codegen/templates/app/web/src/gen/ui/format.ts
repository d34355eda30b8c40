// Values in the words and signs of the person's own language.

import type { FieldMeta } from "../../../../shared/gen/types.ts";

// Exact decimals arrive as strings; Intl formats them without rounding, which the types know only for literals.
type Numeric = number | bigint | Intl.StringNumericLiteral;

export function formatNumber(value: unknown, digits?: number): string {
  const fraction = digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  // Four digits stay together: they may well be a year.
  return new Intl.NumberFormat(undefined, { useGrouping: "min2", ...fraction }).format(value as Numeric);
}

export function formatMoney(value: unknown, currency: string): string {
  return new Intl.NumberFormat(undefined, { style: "currency", currency }).format(value as Numeric);
}

/** The sign of a currency, for the front of an input. */
export function currencySign(currency: string): string {
  const parts = new Intl.NumberFormat(undefined, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  return parts.formatToParts(0).find((part) => part.type === "currency")?.value ?? currency;
}

/** A day without a zone: read and shown as UTC, so that it stays that day everywhere. */
export function formatDate(value: string): string {
  return formatInstant(`${value}T00:00:00Z`, { dateStyle: "medium", timeZone: "UTC" }) ?? value;
}

export function formatDatetime(value: string): string {
  return formatInstant(value, { dateStyle: "medium", timeStyle: "short" }) ?? value;
}

/** Nothing for what is no instant: addresses can hold anything. */
function formatInstant(value: string, options: Intl.DateTimeFormatOptions): string | undefined {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : new Intl.DateTimeFormat(undefined, options).format(date);
}

const durationUnits = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** `93600` → `1 d 2 h`. */
export function formatDuration(seconds: number): string {
  const parts: string[] = [];
  let rest = Math.abs(seconds);
  for (const [unit, size] of durationUnits) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${formatNumber(count)} ${unit}`);
    rest -= count * size;
  }
  return (seconds < 0 ? "−" : "") + (parts.join(" ") || "0 s");
}

/** A single value as plain text. */
export function formatValue(value: unknown, field: FieldMeta): string {
  if (value === null || value === undefined) return "";
  switch (field.type) {
    case "integer":
    case "bigint":
      return formatNumber(value);
    case "decimal":
      return formatNumber(value, field.digits);
    case "money":
      return formatMoney(value, field.currency ?? "EUR");
    case "boolean":
      return value ? "Yes" : "No";
    case "date":
      return formatDate(String(value));
    case "datetime":
      return formatDatetime(String(value));
    case "duration":
      return formatDuration(Number(value));
    case "enum":
      return field.options?.[String(value)]?.label ?? String(value);
    case "json":
      return JSON.stringify(value, null, 2);
    default:
      return String(value);
  }
}

/** `1 car`, `12 cars`. */
export function countOf(count: number, label: string, plural: string): string {
  return `${formatNumber(count)} ${lowerFirst(count === 1 ? label : plural)}`;
}

/** A label inside a sentence; abbreviations stay as they are. */
export function lowerFirst(label: string): string {
  return /^\p{Lu}\p{Lu}/u.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1);
}

/** The letter that stands for the app, as in its icon. */
export function markOf(name: string): string {
  return /[\p{L}\p{N}]/u.exec(name)?.[0].toUpperCase() ?? "";
}

/** `Ada Lovelace` → `AL`. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s-]+/).filter((word) => /^\p{L}/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => (word ? [...word][0] : ""));
  return letters.join("").toUpperCase() || markOf(name);
}
