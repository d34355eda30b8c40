import { arrayLiteral } from "./db.ts";
import type { ValueType } from "./entity.ts";
import { invalid } from "./problem.ts";
import * as scalars from "../../../../shared/gen/scalars.ts";
import type { ZodType } from "zod";

const sqlTypes = {
  string: "text",
  text: "text",
  integer: "integer",
  bigint: "bigint",
  decimal: "numeric",
  money: "numeric",
  boolean: "boolean",
  date: "date",
  datetime: "timestamptz",
  duration: "bigint",
  enum: "text",
  uuid: "uuid",
  email: "text",
  url: "text",
  phone: "text",
  slug: "text",
  json: "jsonb",
} as const;

/** The type of its column. */
export function sqlType(value: ValueType): string {
  return value.list ? `${sqlTypes[value.type]}[]` : sqlTypes[value.type];
}

/** The type of one item of its column. */
export function scalarType({ type }: ValueType): string {
  return sqlTypes[type];
}

/** From what the API uses to what the database reads as text. */
export function toSql(value: unknown, type: ValueType): string | null {
  if (value === null || value === undefined) return null;
  if (type.list && Array.isArray(value)) return arrayLiteral(value.map((item) => scalarToSql(item, type)));
  return scalarToSql(value, type);
}

function scalarToSql(value: unknown, type: ValueType): string {
  if (type.type === "json") return JSON.stringify(value);
  return type.values?.[String(value)] ?? String(value);
}

/** From what the driver returns to what the API uses. */
export function toJson(value: unknown, type: ValueType): unknown {
  if (value === null || value === undefined) return null;
  if (type.list && Array.isArray(value)) return value.map((item) => scalarToJson(item, type));
  return scalarToJson(value, type);
}

function scalarToJson(value: unknown, type: ValueType): unknown {
  switch (type.type) {
    case "datetime":
      return new Date(value as string | Date).toISOString();
    case "duration":
      return Number(value);
    case "enum":
      return Object.entries(type.values ?? {}).find(([, id]) => id === value)?.[0] ?? null;
    default:
      return value;
  }
}

const parsers: { [type in ValueType["type"]]?: ZodType } = {
  integer: scalars.integer(),
  bigint: scalars.bigint(),
  decimal: scalars.decimal(1000, 500),
  money: scalars.decimal(1000, 500),
  boolean: scalars.boolean(),
  date: scalars.date(),
  datetime: scalars.datetime(),
  duration: scalars.duration({ min: -Number.MAX_SAFE_INTEGER }),
  uuid: scalars.uuid(),
};

/** Reads a value from the address of a request and returns it as the database reads it. */
export function parseText(text: string, type: ValueType, parameter: string): string {
  const fault = (detail: string) => invalid([{ pointer: parameter, detail }], `The parameter ${parameter} is not valid.`);
  if (text.includes("\0")) throw fault("Please remove the invisible character.");
  if (type.type === "enum") {
    const id = Object.entries(type.values ?? {}).find(([name]) => name === text)?.[1];
    if (id === undefined) throw fault(`Please use one of ${Object.keys(type.values ?? {}).join(", ")}.`);
    return id;
  }
  const value = type.type === "boolean" ? { true: true, false: false }[text] : type.type === "integer" || type.type === "duration" ? Number(text || "x") : text;
  const result = parsers[type.type]?.safeParse(value);
  if (result && !result.success) throw fault(result.error.issues[0]?.message ?? "This is not valid.");
  return type.type === "email" ? text.toLowerCase() : text;
}

export function isOrdered({ type, list }: ValueType): boolean {
  return !list && type !== "json" && type !== "boolean" && type !== "uuid";
}

export function isTextual({ type, list }: ValueType): boolean {
  return !list && sqlTypes[type] === "text" && type !== "enum";
}

export function isNumeric({ type, list }: ValueType): boolean {
  return !list && ["integer", "bigint", "decimal", "money", "duration"].includes(type);
}
