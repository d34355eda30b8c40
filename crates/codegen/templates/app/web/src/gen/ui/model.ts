// What the components know about a record's members: the fields and relations of its entity, and those that every
// record has.

import type { EntityMeta, FieldMeta, RelationMeta } from "../../../../shared/gen/types.ts";
import { directory } from "../directory.ts";

export type { EntityMeta, FieldMeta, RelationMeta };

/** How a kind of record is named, found and where it is shown. */
export interface Place {
  label: string;
  plural: string;
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
  return Object.hasOwn(directory, entity) ? directory[entity] : undefined;
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

export function memberOf(entity: EntityMeta, name: string): Member {
  const field = entity.fields[name] ?? times[name];
  if (field) return { relation: false, name, key: name, label: field.label, field };
  const target = entity.relations[name] ?? (name === "createdBy" ? createdBy : undefined);
  if (!target) throw new Error(`${entity.name} has no member ${name}`);
  return { relation: true, name, key: target.key, label: target.label, target, many: target.kind === "manyToMany" };
}

export function membersOf(entity: EntityMeta, names: readonly string[]): Member[] {
  return names.map((name) => memberOf(entity, name));
}

/** Whether a list can be put in the order of this member. */
export function isSortable(member: Member): boolean {
  return !member.relation && !member.field.list && !member.field.sensitive && member.field.type !== "json" && member.field.type !== "text";
}

/** What stands for a record. */
export function titleOf(entity: EntityMeta, record: { id: string; [member: string]: unknown }): string {
  const value = entity.display === "id" ? undefined : record[entity.display];
  return value === undefined || value === null || value === "" ? `${entity.label} ${record.id.slice(0, 8)}` : String(value);
}
