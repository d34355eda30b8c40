// What the components know about a record's members: the fields and relations of its entity, and those that every
// record has.

import type { EntityMeta, FieldMeta, Reference, RelationMeta } from "../../../../shared/gen/types.ts";
import { directory } from "../directory.ts";

export type { EntityMeta, FieldMeta, RelationMeta };

/** How a kind of record is named, found and where it is shown. */
export interface Place {
  label: string;
  /** The field that stands for a record, or `id`. */
  display: string;
  /** The query parameter that finds records by text. */
  search?: string;
  /** Paths of its pages; `detail` and `edit` want `/<id>` behind them. */
  list?: string;
  detail?: string;
  create?: string;
  edit?: string;
}

export function placeOf(entity: string): Place | undefined {
  return own(directory, entity);
}

/** What stands for a record that is referred to. One without a name is told apart by the beginning of its id. */
export function labelOf(entity: string, { id, label }: Reference): string {
  return label === null || label === id ? `${placeOf(entity)?.label ?? "Record"} ${id.slice(0, 8)}` : label;
}

/** A field or a relation, told apart by `relation`. */
export type Member =
  | { relation: false; name: string; key: string; label: string; field: FieldMeta }
  | { relation: true; name: string; key: string; label: string; target: RelationMeta; many: boolean };

const createdBy: RelationMeta = {
  label: "Created by",
  kind: "manyToOne",
  key: "createdBy",
  target: "user",
  path: "/api/users",
  readOnly: true,
};

const times: Record<string, FieldMeta> = {
  createdAt: { label: "Created", type: "datetime", readOnly: true },
  updatedAt: { label: "Updated", type: "datetime", readOnly: true },
};

/** The member with this name, which may come from an address. */
export function findMember(entity: EntityMeta, name: string): Member | undefined {
  const field = own(entity.fields, name) ?? own(times, name);
  if (field) return { relation: false, name, key: name, label: field.label, field };
  const target = own(entity.relations, name) ?? (name === "createdBy" ? createdBy : undefined);
  if (!target) return undefined;
  return { relation: true, name, key: target.key, label: target.label, target, many: target.kind === "manyToMany" };
}

function own<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function memberOf(entity: EntityMeta, name: string): Member {
  const member = findMember(entity, name);
  if (!member) throw new Error(`${entity.name} has no member ${name}`);
  return member;
}

export function membersOf(entity: EntityMeta, names: readonly string[]): Member[] {
  return names.map((name) => memberOf(entity, name));
}

/** Whether a list can be put in the order of this member. */
export function isSortable(member: Member): boolean {
  return !member.relation && !member.field.list && !member.field.sensitive && !["json", "text"].includes(member.field.type);
}

/** Whether values stand right-aligned, and order from low to high. */
export function isNumeric(member: Member): boolean {
  return !member.relation && !member.field.list && ["integer", "bigint", "decimal", "money", "duration"].includes(member.field.type);
}

/** The field that names a record, if it has one that is fit to be a heading: short, and for everybody's eyes. */
export function titleField(entity: EntityMeta): string | undefined {
  const field = own(entity.fields, entity.display);
  return field && field.type !== "text" && !field.sensitive ? entity.display : undefined;
}

/** What stands for a record. One without a name of its own is called after what it belongs to. */
export function titleOf(entity: EntityMeta, record: { id: string; [member: string]: unknown }): string {
  const field = titleField(entity);
  const value = field === undefined ? undefined : record[field];
  if (value !== undefined && value !== null && value !== "") return String(value);
  for (const [name, relation] of Object.entries(entity.relations)) {
    const reference = record[name] as { label?: string | null } | null | undefined;
    if (relation.target !== "user" && relation.kind !== "manyToMany" && reference?.label) return `${entity.label} · ${reference.label}`;
  }
  return `${entity.label} ${record.id.slice(0, 8)}`;
}
