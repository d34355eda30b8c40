import * as z from "zod";
import type { JsonValue } from "./types.ts";

/** The kinds of value that records are made of, each with the rules that a form and the API check alike. */

interface TextRules {
  min?: number;
  max?: number;
  pattern?: string;
}

interface NumberRules {
  min?: number;
  max?: number;
}

interface StringRules {
  min?: string;
  max?: string;
}

/** The message for a value that is missing or of the wrong type. */
function expected(what: string) {
  const missing = (input: unknown) => input === undefined || input === null || input === "";
  return { error: (issue: { input?: unknown }) => (missing(issue.input) ? "Please fill this in." : what) };
}

export function text(rules: TextRules = {}) {
  const { min = 0, max = 100_000, pattern } = rules;
  const expression = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, "u");
  return z
    .string(expected("Please enter text."))
    .superRefine((value, context) => {
      // Characters, not UTF-16 units: the database counts the same way.
      const length = [...value].length;
      if (length < min) context.addIssue(length === 0 ? "Please fill this in." : `Please enter at least ${min} characters.`);
      else if (length > max) context.addIssue(`Please enter at most ${max} characters.`);
      else if (value.includes("\0")) context.addIssue("Please remove the invisible character.");
      else if (expression && !expression.test(value)) context.addIssue("This does not have the expected form.");
    })
    .meta({ ...(min > 0 && { minLength: min }), maxLength: max, ...(expression && { pattern: expression.source }) });
}

export function integer(rules: NumberRules = {}) {
  return within(z.int32(expected("Please enter a whole number.")), rules);
}

/** Whole seconds. */
export function duration(rules: NumberRules = {}) {
  return within(z.int(expected("Please enter a length of time.")), { min: 0, ...rules });
}

function within(schema: z.ZodNumber, { min, max }: NumberRules) {
  if (min !== undefined) schema = schema.min(min, `Please enter ${min} or more.`);
  if (max !== undefined) schema = schema.max(max, `Please enter ${max} or less.`);
  return schema;
}

/** A 64-bit whole number as a string of digits: JSON numbers lose precision above 2^53. */
export function bigint(rules: StringRules = {}) {
  return z
    .string(expected("Please enter a whole number."))
    .regex(/^-?\d{1,19}$/, { error: "Please enter a whole number.", abort: true })
    .refine((value) => BigInt.asIntN(64, BigInt(value)) === BigInt(value), "This number is too large.")
    .superRefine(between(rules, compareDecimals))
    .meta({ format: "int64" });
}

/** An exact number as a string such as "12.50", with so many digits before and after the point. */
export function decimal(precision: number, scale: number, rules: StringRules = {}) {
  const whole = precision - scale;
  return z
    .string(expected("Please enter a number."))
    .regex(/^-?\d+(\.\d+)?$/, { error: "Please enter a number such as 12.50.", abort: true })
    .superRefine((value, context) => {
      const [integral = "", fraction = ""] = value.replace("-", "").replace(/^0+(?=\d)/, "").split(".");
      if (fraction.length > scale) context.addIssue(scale === 0 ? "Please enter a whole number." : `Please enter at most ${scale} digits after the point.`);
      else if (integral !== "0" && integral.length > whole) context.addIssue("This number is too large.");
    })
    .superRefine(between(rules, compareDecimals));
}

/** An amount in a currency with so many digits after the point. */
export function money(digits: number, rules: StringRules = {}) {
  return decimal(19, digits, rules);
}

export function boolean() {
  return z.boolean(expected("Please choose yes or no."));
}

/** A day: "2026-03-14". */
export function date(rules: StringRules = {}) {
  return z.iso
    .date({ abort: true, ...expected("Please enter a date.") })
    .refine((value) => value >= "0001-01-01", { error: "Please enter a date.", abort: true })
    .superRefine(between(rules, compareTexts));
}

/** An instant, RFC 3339: "2026-03-14T09:30:00Z". */
export function datetime(rules: StringRules = {}) {
  return z.iso
    .datetime({ offset: true, abort: true, ...expected("Please enter a date and time.") })
    .refine((value) => /^\d{4}-/.test(inUtc(value)), { error: "Please enter a date and time.", abort: true })
    .superRefine(between(rules, compareInstants));
}

export function choice<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, expected("Please choose one of the options."));
}

export function uuid() {
  return z.guid(expected("Please enter a UUID.")).toLowerCase();
}

export function email(rules: TextRules = {}) {
  return z.email(expected("Please enter an e-mail address.")).toLowerCase().pipe(text({ max: 254, ...rules }));
}

export function url(rules: TextRules = {}) {
  return z
    .url({ protocol: /^https?$/, ...expected("Please enter a web address that begins with https://.") })
    .overwrite((value) => value.replace(/^https?:/i, (scheme) => scheme.toLowerCase()))
    .pipe(text({ max: 2048, ...rules }));
}

/** A telephone number with its country code: "+4930123456". */
export function phone(rules: TextRules = {}) {
  return z.e164(expected("Please enter a telephone number such as +4930123456.")).pipe(text(rules));
}

/** Lower-case words joined by hyphens. */
export function slug(rules: TextRules = {}) {
  return z
    .string(expected("Please enter a short name."))
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "Please use lower-case letters, digits and single hyphens.")
    .pipe(text({ max: 200, ...rules }));
}

/** Any JSON value but null, at most 64 KiB and 100 levels. */
export function json() {
  return z
    .custom<NonNullable<JsonValue>>((value) => value !== undefined && value !== null, "Please fill this in.")
    .refine((value) => isWithin(100, value), { error: "This has too many levels.", abort: true })
    .refine((value) => JSON.stringify(value).length <= 65_536, "This is too large.")
    .refine((value) => !hasUnkeepable(JSON.stringify(value)), "Please remove the invisible character.");
}

/** Whether arrays and objects stand in each other at most so many times. */
function isWithin(levels: number, value: JsonValue): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((part) => isWithin(levels - 1, part));
}

/** Whether a JSON text has characters that Postgres does not keep: U+0000 and halves of others. */
function hasUnkeepable(written: string): boolean {
  return /\\u(0000|d[89a-f])/.test(written.replaceAll("\\\\", ""));
}

export function list<Item extends z.ZodType>(item: Item, { min = 0, max = 1000 }: { min?: number; max?: number } = {}) {
  return z
    .array(item, expected("Please enter a list."))
    .min(min, `Please enter at least ${min}.`)
    .max(max, `Please enter at most ${max}.`);
}

/** The id of a record or person. */
export function id() {
  return z.guid(expected("Please choose one.")).toLowerCase();
}

function between({ min, max }: StringRules, compare: (a: string, b: string) => number) {
  return (value: string, context: { addIssue(message: string): void }) => {
    if (min !== undefined && compare(value, min) < 0) context.addIssue(`Please enter ${min} or more.`);
    if (max !== undefined && compare(value, max) > 0) context.addIssue(`Please enter ${max} or less.`);
  };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The instant in UTC; empty when it has none in the years 1 to 9999. */
function inUtc(value: string): string {
  const time = Date.parse(value);
  return time >= Date.parse("0001-01-01T00:00:00Z") ? new Date(time).toISOString() : "";
}

function compareInstants(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}

/** Exact, whatever the number of digits. */
function compareDecimals(a: string, b: string): number {
  const scale = Math.max(fractionOf(a).length, fractionOf(b).length);
  const difference = scaled(a, scale) - scaled(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function fractionOf(value: string): string {
  return value.split(".")[1] ?? "";
}

function scaled(value: string, scale: number): bigint {
  const digits = /^-?\d+(\.\d+)?$/.test(value) ? value : "0";
  return BigInt(digits.replace(".", "") + "0".repeat(scale - fractionOf(digits).length));
}
