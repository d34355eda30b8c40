// What is typed into a form, and how it becomes what the API takes. While a form is open every value has the shape of
// its input: mostly text. Text that is no value of its type is passed on as it is, and the shared schema says so.

import type { FieldMeta, Reference } from "../../../../shared/gen/types.ts";
import type { AppRecord } from "../api.ts";
import type { Member } from "./model.ts";

export type Draft = string | boolean | string[] | Reference[];
export type Drafts = Readonly<Record<string, Draft>>;

/** The draft of a member, from a record or (for a new one) from the field's default. */
export function draftOf(member: Member, record: AppRecord | undefined): Draft {
  if (member.relation) {
    const value = record?.[member.name];
    return (Array.isArray(value) ? value : value ? [value] : []) as Reference[];
  }
  const { field } = member;
  const value = record ? record[member.name] : field.default;
  if (field.list) return Array.isArray(value) ? value.map((item) => textOf(field, item)) : [];
  if (field.type === "boolean") return value === true;
  return textOf(field, value);
}

function textOf(field: FieldMeta, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (field.type === "json") return JSON.stringify(value, null, 2);
  if (field.type === "datetime") return toLocal(String(value));
  return String(value);
}

/** An instant as the clock here shows it, in the form of a datetime-local input; seconds are shown where there are some. */
export function toLocal(instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return "";
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return local.slice(0, date.getTime() % 60_000 === 0 ? 16 : 23);
}

/** A draft in the JSON form of the API; `null` for nothing. */
export function jsonOf(member: Member, draft: Draft): unknown {
  if (member.relation) {
    const ids = (draft as Reference[]).map((reference) => reference.id);
    return member.many ? ids : (ids[0] ?? null);
  }
  const { field } = member;
  if (Array.isArray(draft)) return draft.map((item) => scalarOf(field, item as string));
  return typeof draft === "boolean" ? draft : scalarOf(field, draft);
}

function scalarOf(field: FieldMeta, text: string): unknown {
  if (field.type === "text") return text === "" ? null : text;
  const trimmed = text.trim();
  if (trimmed === "") return null;
  switch (field.type) {
    case "integer":
    case "duration":
      return /^-?\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
    case "decimal":
    case "money":
      return trimmed.replace(",", ".");
    case "boolean":
      return trimmed === "true" ? true : trimmed === "false" ? false : trimmed;
    case "datetime": {
      const date = new Date(trimmed);
      return Number.isNaN(date.getTime()) ? trimmed : date.toISOString();
    }
    case "email":
      return trimmed.toLowerCase();
    case "phone":
      return trimmed.replace(/[\s()/-]/g, "");
    case "json":
      return JSON.parse(trimmed) as unknown;
    default:
      return trimmed;
  }
}

/** What is wrong with a draft before the schema can look at it. */
export function faultOf(member: Member, draft: Draft): string | undefined {
  if (member.relation || member.field.type !== "json" || typeof draft !== "string" || draft.trim() === "") return undefined;
  try {
    JSON.parse(draft);
    return undefined;
  } catch (error) {
    return `This is not valid JSON. ${error instanceof Error ? error.message : ""}`.trim();
  }
}

export function sameDraft(a: Draft | undefined, b: Draft | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
