import { type Query, type Row, quote } from "./db.ts";
import { type Column, type Entity, type Relation, type Target, columnsOf } from "./entity.ts";
import { type Viewer, condition, visible } from "./permissions.ts";
import { toJson } from "./values.ts";

/** A record as the API shows it. */
export interface Shown {
  id: string;
  [name: string]: unknown;
}

/** Who asks, and the query that is being written for them. */
export interface Scope {
  viewer: Viewer;
  query: Query;
}

/** Names of columns of a result that are about the row and not of it begin with this; no property does. */
const about = "?";

/**
 * The value of a column as far as this person may read it: what they may not read is null wherever it is used, in
 * the result as in filters and sorting, so that nothing can be found out by asking around it.
 */
export function readable(entity: Entity, column: Column, { viewer, query }: Scope, alias: string): string {
  const value = `${alias}.${quote(column.column)}`;
  if (!column.read) return value;
  const allowed = condition(entity, column.read, viewer, query, alias);
  return allowed === "true" ? value : `case when ${allowed} then ${value} end`;
}

/** Whether this person may read a column of some rows at least. */
export function isReadable(entity: Entity, column: Column, { viewer, query }: Scope): boolean {
  return !column.read || condition(entity, column.read, viewer, query, "r") !== "false";
}

/** The select list for a record of the table called `alias`; `wanted` narrows it. */
export function selection(entity: Entity, scope: Scope, alias: string, wanted?: Set<string>): string {
  const wants = (name: string) => !wanted || wanted.has(name);
  const parts = [`${alias}."id"`];
  const narrowed = (name: string, read: Column["read"], write: () => string) => {
    const allowed = read ? condition(entity, read, scope.viewer, scope.query, alias) : "true";
    if (allowed === "false") return;
    const value = write();
    parts.push(`${allowed === "true" ? value : `case when ${allowed} then ${value} end`} as ${quote(name)}`);
    if (allowed !== "true") parts.push(`(${allowed}) as ${quote(about + name)}`);
  };
  for (const column of columnsOf(entity).values()) {
    if (column.name === "id" || column.name === "createdBy" || !wants(column.name)) continue;
    narrowed(column.name, column.read, () => `${alias}.${quote(column.column)}`);
  }
  if (entity.createdBy && wants("createdBy")) parts.push(`${reference("user", `${alias}."created_by"`, scope)} as "createdBy"`);
  for (const [name, relation] of Object.entries(entity.relations)) {
    if (wants(name) || wants(relation.key)) narrowed(name, entity.permissions.fields?.[name]?.read, () => references(relation, scope, alias));
  }
  if (wants("can")) parts.push(...abilities(entity, scope, alias));
  return parts.join(", ");
}

function references(relation: Relation, scope: Scope, alias: string): string {
  if (relation.kind === "toOne") return reference(relation.target(), `${alias}.${quote(relation.column)}`, scope);
  const item = `json_build_object('id', l."target_id", 'label', ${label(relation.target(), 'l."target_id"', scope)})`;
  return `(select coalesce(json_agg(${item} order by l."target_id"), '[]') from ${quote(relation.join)} l where l."source_id" = ${alias}."id")`;
}

function reference(target: Target, key: string, scope: Scope): string {
  return `case when ${key} is not null then json_build_object('id', ${key}, 'label', ${label(target, key, scope)}) end`;
}

/** The label of the record with this id, or null when this person may not read it. */
function label(target: Target, key: string, scope: Scope): string {
  if (target === "user") return `(select t."name" from "_user" t where t."id" = ${key})`;
  const display = target.display === undefined ? undefined : columnsOf(target).get(target.display);
  const value = display ? `(${readable(target, display, scope, "t")})::text` : `t."id"::text`;
  return `(select ${value} from ${quote(target.table)} t where t."id" = ${key} and ${visible(target, scope.viewer, scope.query, "t")})`;
}

/** What this person may do with the row. */
function abilities(entity: Entity, { viewer, query }: Scope, alias: string): string[] {
  const { permissions } = entity;
  const may = (name: string, allowed: string) => `(${allowed}) as ${quote(about + name)}`;
  const parts = [
    may("can update", condition(entity, permissions.update, viewer, query, alias)),
    may("can delete", condition(entity, permissions.delete, viewer, query, alias)),
  ];
  for (const [name, transition] of Object.entries(entity.transitions)) {
    const field = entity.fields[transition.field];
    if (!field) continue;
    const from = transition.from.map((value) => query.bind(field.values?.[value] ?? value, "text"));
    const allowed = condition(entity, permissions.transitions?.[name] ?? [], viewer, query, alias);
    parts.push(may(`can ${name}`, `${allowed} and ${alias}.${quote(field.column)} in (${from.join(", ")})`));
  }
  return parts;
}

/** Makes a record of a row that was read with `selection`. */
export function toRecord(entity: Entity, row: Row, wanted?: Set<string>): Shown {
  const wants = (name: string) => !wanted || wanted.has(name);
  const record: Shown = { id: String(row.id) };
  for (const column of columnsOf(entity).values()) {
    const { name } = column;
    if (name === "id" || name === "createdBy" || !(name in row) || row[about + name] === false) continue;
    record[name] = toJson(row[name], column);
  }
  if ("createdBy" in row) record.createdBy = row.createdBy;
  for (const [name, relation] of Object.entries(entity.relations)) {
    if (!(name in row) || row[about + name] === false) continue;
    if (wants(name)) record[name] = row[name];
    if (relation.kind === "toMany" && wants(relation.key)) {
      record[relation.key] = (row[name] as { id: string }[]).map(({ id }) => id);
    }
  }
  if (wants("can")) {
    record.can = {
      update: row[`${about}can update`] === true,
      delete: row[`${about}can delete`] === true,
      transitions: Object.keys(entity.transitions).filter((name) => row[`${about}can ${name}`] === true),
    };
  }
  return record;
}
