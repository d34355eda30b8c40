import { type Connection, type Database, Query, type Row, type Transaction, arrayLiteral, quote } from "./db.ts";
import { type Entity, type Transition, columnsOf } from "./entity.ts";
import type { RecordHooks } from "./hooks.ts";
import { type Input, checkTargets, parseInput, pointer } from "./input.ts";
import { type Grant, type Viewer, allows, allowsSome, concerns, condition, everyone, visible } from "./permissions.ts";
import { Problem, forbidden, notFound, refused } from "./problem.ts";
import { findRecord } from "./records.ts";
import type { Shown } from "./select.ts";
import { fillSlugs } from "./slug.ts";
import { sqlType, toSql } from "./values.ts";

export type { Input };

/** Who changes records of what, and the owner's code around it. */
export interface Writer {
  database: Database;
  entity: Entity;
  viewer: Viewer;
  hooks: RecordHooks;
}

/** Creates a record. Somebody who may not read it gets its id only. */
export async function createRecord({ database, entity, viewer, hooks }: Writer, body: unknown): Promise<Shown> {
  const grants = entity.permissions.create;
  if (!allowsSome(grants, viewer)) throw refused(viewer !== null);
  const given = parseInput(entity, entity.create, body);
  const input = { ...given, ...ownersOf(entity, viewer, given) };
  const ownerOf = (owner: string) => (owner === "createdBy" ? viewer?.id : input[owner]);
  if (!allows(grants, viewer, ownerOf)) throw forbidden("You may create this for yourself only.");
  requireWritable(entity, Object.keys(Object(body)), (write) => allows(write, viewer, ownerOf));

  return await database.begin(async (sql) => {
    const values: Input = { ...input, ...(await hooks.beforeCreate?.({ viewer, sql, input })) };
    await checkTargets(sql, entity, viewer, values);
    await fillSlugs(sql, entity, values);
    for (const [name, field] of Object.entries(entity.fields)) if (field.initial !== undefined) values[name] = field.initial;
    if (entity.createdBy) values.createdBy = viewer?.id ?? null;
    const id = await insertRow(sql, entity, values);
    await hooks.afterCreate?.({ viewer, sql, record: await stored(sql, entity, id) });
    return (await findRecord(sql, entity, viewer, id)) ?? { id };
  });
}

/** Changes what the body names. */
export async function updateRecord({ database, entity, viewer, hooks }: Writer, id: string, body: unknown, version: Version): Promise<Shown> {
  return await database.begin(async (sql) => {
    const row = await lock(sql, entity, viewer, id, entity.permissions.update);
    checkVersion(entity, row, version, true);
    const input = parseInput(entity, entity.update, body);
    requireWritable(entity, Object.keys(input), (write) => allows(write, viewer, (owner) => row[owner]));
    const before = await stored(sql, entity, id);
    const values: Input = { ...input, ...(await hooks.beforeUpdate?.({ viewer, sql, record: before, input })) };
    await checkTargets(sql, entity, viewer, values, before);
    await update(sql, entity, viewer, id, values);
    await hooks.afterUpdate?.({ viewer, sql, record: await stored(sql, entity, id), before });
    return (await findRecord(sql, entity, viewer, id)) ?? { id };
  });
}

export async function deleteRecord({ database, entity, viewer, hooks }: Writer, id: string, version: Version): Promise<void> {
  await database.begin(async (sql) => {
    const row = await lock(sql, entity, viewer, id, entity.permissions.delete);
    checkVersion(entity, row, version, false);
    const record = await stored(sql, entity, id);
    await hooks.beforeDelete?.({ viewer, sql, record });
    await remove(sql, entity, id);
    await hooks.afterDelete?.({ viewer, sql, record });
  });
}

/** Takes a record from one state to another. */
export async function transitionRecord(writer: Writer, id: string, name: string, transition: Transition, version: Version): Promise<Shown> {
  const { database, entity, viewer, hooks } = writer;
  return await database.begin(async (sql) => {
    const row = await lock(sql, entity, viewer, id, entity.permissions.transitions?.[name] ?? []);
    checkVersion(entity, row, version, false);
    const record = await stored(sql, entity, id);
    if (!transition.from.includes(String(record[transition.field]))) {
      throw new Problem(409, `This is not possible while it is ${String(record[transition.field])}.`);
    }
    await hooks.beforeTransition?.({ viewer, sql, record, transition: name });
    await set(sql, entity, id, { [transition.field]: transition.to });
    await hooks.afterTransition?.({ viewer, sql, record: await stored(sql, entity, id), transition: name });
    return (await findRecord(sql, entity, viewer, id)) ?? { id };
  });
}

/** The version that the client read, from `If-Match`. */
export type Version = string | undefined;

function checkVersion(entity: Entity, row: Row, version: Version, required: boolean): void {
  if (!entity.version) return;
  if (version === undefined) {
    if (required) throw new Problem(428, 'Please send the version that you read: If-Match: "1".');
  } else if (version !== `"${String(row.version)}"`) {
    throw new Problem(412, "This was changed by somebody else in the meantime.");
  }
}

/** Locks a row that this person sees and may do this with, and returns its version and owners. */
async function lock(sql: Transaction, entity: Entity, viewer: Viewer, id: string, grants: Grant[]): Promise<Row> {
  const query = new Query();
  const owners = [...columnsOf(entity).values()].filter(({ type }) => type === "uuid").map(({ name, column }) => `r.${quote(column)} as ${quote(name)}`);
  const [row] = await query.run(
    sql,
    `select ${[...owners, ...(entity.version ? [`r."version"`] : [])].join(", ")}, (${condition(entity, grants, viewer, query, "r")}) as "?allowed"
     from ${quote(entity.table)} r
     where r."id" = ${query.bind(id, "uuid")} and ${visible(entity, viewer, query, "r")} for update of r`,
  );
  if (!row) throw notFound();
  if (row["?allowed"] !== true) throw refused(viewer !== null);
  return row;
}

/** The record as the owner's code sees it: whole. */
async function stored(sql: Transaction, entity: Entity, id: string): Promise<Shown> {
  const { fields: _, ...permissions } = entity.permissions;
  const record = await findRecord(sql, { ...entity, permissions: { ...permissions, read: [everyone()] } }, null, id);
  if (!record) throw notFound();
  return record;
}

/**
 * Owners that are set to the person who creates, by the permissions that are about this person: keys that no client
 * writes, and when the person may not create the record as it was given, the first key that was left out.
 */
function ownersOf(entity: Entity, viewer: Viewer, given: Input): Input {
  const grants = entity.permissions.create.filter((grant) => concerns(grant, viewer));
  const open = grants.flatMap(({ owner }) => (owner === undefined || owner === "createdBy" || given[owner] !== undefined ? [] : owner));
  const own = open.filter((owner) => !(owner in entity.create.shape));
  if (!allows(grants, viewer, (owner) => (owner === "createdBy" || own.includes(owner) ? viewer?.id : given[owner]))) own.push(...open.slice(0, 1));
  return Object.fromEntries(own.map((owner) => [owner, viewer?.id]));
}

function requireWritable(entity: Entity, names: string[], allowed: (write: Grant[]) => boolean): void {
  const refusals = names.filter((name) => {
    const relation = Object.entries(entity.relations).find(([, { key }]) => key === name)?.[0];
    const write = entity.permissions.fields?.[relation ?? name]?.write;
    return write !== undefined && !allowed(write);
  });
  if (refusals.length === 0) return;
  throw forbidden("You may not write some of this.", refusals.map((name) => ({ pointer: pointer([name]), detail: "You may not write this." })));
}

/** Column and value, as SQL, of everything in `values` that the row itself keeps. */
function assignments(entity: Entity, values: Input, query: Query): { column: string; value: string }[] {
  return [...columnsOf(entity).values()]
    .filter(({ name }) => values[name] !== undefined)
    .map((column) => ({ column: quote(column.column), value: query.bind(toSql(values[column.name], column), sqlType(column)) }));
}

/** Writes a row and its links as they are given. */
export async function insertRow(sql: Connection, entity: Entity, values: Input): Promise<string> {
  const query = new Query();
  const assigned = assignments(entity, values, query);
  const row = assigned.length === 0 ? "default values" : `(${assigned.map(({ column }) => column).join(", ")}) values (${assigned.map(({ value }) => value).join(", ")})`;
  const [inserted] = await query.run(sql, `insert into ${quote(entity.table)} ${row} returning "id"`);
  const id = String(inserted?.id);
  await link(sql, entity, id, values);
  return id;
}

async function update(sql: Transaction, entity: Entity, viewer: Viewer, id: string, values: Input): Promise<void> {
  await set(sql, entity, id, values);
  await link(sql, entity, id, values);
  // What somebody may change only as its owner they cannot give away to others.
  const query = new Query();
  const allowed = condition(entity, entity.permissions.update, viewer, query, "r");
  const [row] = await query.run(sql, `select (${allowed}) as "allowed" from ${quote(entity.table)} r where r."id" = ${query.bind(id, "uuid")}`);
  if (row?.allowed !== true) throw forbidden("You may not make somebody else the owner.");
}

async function set(sql: Transaction, entity: Entity, id: string, values: Input): Promise<void> {
  const query = new Query();
  const changes = assignments(entity, values, query).map(({ column, value }) => `${column} = ${value}`);
  if (entity.version) changes.push(`"version" = "version" + 1`);
  await query.run(
    sql,
    `update ${quote(entity.table)} set ${[`"updated_at" = now()`, ...changes].join(", ")} where "id" = ${query.bind(id, "uuid")}`,
  );
}

async function remove(sql: Transaction, entity: Entity, id: string): Promise<void> {
  const query = new Query();
  await query.run(sql, `delete from ${quote(entity.table)} where "id" = ${query.bind(id, "uuid")}`);
}

/** Replaces what many-to-many relations refer to. */
async function link(sql: Connection, entity: Entity, id: string, values: Input): Promise<void> {
  for (const relation of Object.values(entity.relations)) {
    const ids = values[relation.key];
    if (relation.kind !== "toMany" || !Array.isArray(ids)) continue;
    const join = quote(relation.join);
    const removal = new Query();
    await removal.run(sql, `delete from ${join} where "source_id" = ${removal.bind(id, "uuid")}`);
    const addition = new Query();
    await addition.run(
      sql,
      `insert into ${join} ("source_id", "target_id")
       select distinct ${addition.bind(id, "uuid")}, t from unnest(${addition.bind(arrayLiteral(ids.map(String)), "uuid[]")}) as t`,
    );
  }
}
