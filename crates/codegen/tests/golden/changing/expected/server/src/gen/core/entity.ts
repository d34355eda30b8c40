import type { ZodObject } from "zod";
import type { FieldType } from "../../../../shared/gen/types.ts";
import type { Grant, Permissions } from "./permissions.ts";

/** How a value is kept in the database and sent to clients. */
export interface ValueType {
  type: FieldType;
  list?: true;
  /** For enums: what the database keeps for each name, in the order of the values. */
  values?: { readonly [name: string]: string };
}

export interface Field extends ValueType {
  column: string;
  searchable?: true;
  /** Only defaults, seeds and the server itself set it. */
  readOnly?: true;
  /** Never sent to a client. */
  writeOnly?: true;
  /** For slugs: the field it is made from. */
  from?: string;
  /** For states: the value of new records. Transitions alone change it. */
  initial?: string;
}

/** A reference that this entity keeps. */
export interface ToOne {
  kind: "toOne";
  /** The property with the id. */
  key: string;
  column: string;
  target: () => Target;
  readOnly?: true;
  required?: true;
}

/** References in a join table. */
export interface ToMany {
  kind: "toMany";
  /** The property with the ids. */
  key: string;
  join: string;
  target: () => Target;
  readOnly?: true;
}

export type Relation = ToOne | ToMany;

/** The same relation, seen from its target. */
export interface Inverse {
  entity: () => Entity;
  relation: string;
  /** At most one record refers to each target. */
  single?: true;
}

export interface Transition {
  path: string;
  field: string;
  from: readonly string[];
  to: string;
}

/** What a violated constraint of the database means to a person. */
export interface ConstraintMessage {
  status: 409 | 422;
  pointer?: string;
  detail: string;
}

/** A reference from elsewhere that the server looks after when its target is deleted, because hidden records are about. */
export interface Dependent {
  entity: () => Entity;
  column: string;
  required?: true;
  onDelete: "restrict" | "cascade" | "setNull";
}

/** People are kept in a table of their own and are related to like records. */
export type Target = Entity | "user";

/** Everything the server knows about one kind of record. */
export interface Entity {
  name: string;
  label: string;
  /** Segment of its address below `/api/`. */
  path: string;
  table: string;
  /** The field that stands for a record; without it, its id. */
  display?: string;
  createdBy?: true;
  /** Deleting hides a record and keeps its row. */
  softDelete?: true;
  dependents?: Dependent[];
  /** Join tables whose references to a record go when it is hidden. */
  links?: string[];
  version?: true;
  fields: { [name: string]: Field };
  relations: { [name: string]: Relation };
  inverses: { [name: string]: Inverse };
  transitions: { [name: string]: Transition };
  constraints: { [name: string]: ConstraintMessage };
  create: ZodObject;
  update: ZodObject;
  permissions: Permissions;
}

/** A column that can be filtered and sorted by. */
export interface Column extends ValueType {
  name: string;
  column: string;
  /** Narrower than the entity's, where given. */
  read?: Grant[];
}

/** The columns of an entity by the names that clients use: its fields, the keys it keeps and what every record has. */
export function columnsOf(entity: Entity): Map<string, Column> {
  const columns: Column[] = [
    { name: "id", column: "id", type: "uuid" },
    { name: "createdAt", column: "created_at", type: "datetime" },
    { name: "updatedAt", column: "updated_at", type: "datetime" },
  ];
  if (entity.createdBy) columns.push({ name: "createdBy", column: "created_by", type: "uuid" });
  if (entity.version) columns.push({ name: "version", column: "version", type: "integer" });
  for (const [name, field] of Object.entries(entity.fields)) {
    const read = field.writeOnly ? [] : entity.permissions.fields?.[name]?.read;
    columns.push({ ...field, name, ...(read && { read }) });
  }
  for (const [name, relation] of Object.entries(entity.relations)) {
    if (relation.kind === "toMany") continue;
    const read = entity.permissions.fields?.[name]?.read;
    columns.push({ name: relation.key, column: relation.column, type: "uuid", ...(read && { read }) });
  }
  return new Map(columns.map((column) => [column.name, column]));
}
