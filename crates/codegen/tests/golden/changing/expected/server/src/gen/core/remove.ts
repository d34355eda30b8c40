import { Query, type Row, type Transaction, arrayLiteral, quote } from "./db.ts";
import type { Dependent, Entity } from "./entity.ts";
import { Problem } from "./problem.ts";

/** Deletes a record: hides it where its entity says so, and does to what refers to it as its relations say. */
export async function remove(sql: Transaction, entity: Entity, id: string): Promise<void> {
  if (entity.softDelete) await hide(sql, entity, [id]);
  else await erase(sql, entity, [id]);
}

/** Hides records. The database sees no deletion here, so what it would do with references is done here. */
async function hide(sql: Transaction, entity: Entity, ids: string[]): Promise<void> {
  await run(sql, ids, (list) => `update ${quote(entity.table)} set "deleted_at" = now() where "id" = any(${list})`);
  for (const join of entity.links ?? []) await run(sql, ids, (list) => `delete from ${quote(join)} where "target_id" = any(${list})`);
  for (const reference of entity.dependents ?? []) {
    const dependent = reference.entity();
    const rows = await referring(sql, reference, ids, dependent.softDelete ? `"deleted_at" is null` : "true");
    if (rows.length === 0) continue;
    if (reference.onDelete === "restrict") throw new Problem(409, `This cannot be deleted: ${dependent.label} refers to it.`);
    if (reference.onDelete === "setNull") await clear(sql, reference, rows);
    else if (dependent.softDelete) await hide(sql, dependent, rows);
    else await erase(sql, dependent, rows);
  }
}

/** Deletes records for good. The database looks after references, but hidden records must not hold anything back. */
async function erase(sql: Transaction, entity: Entity, ids: string[], begun = new Set<string>()): Promise<void> {
  if (ids.length === 0) return;
  for (const id of ids) begun.add(id);
  for (const reference of entity.dependents ?? []) {
    const dependent = reference.entity();
    const cascades = reference.onDelete === "cascade";
    if (reference.onDelete === "setNull" || !(cascades || dependent.softDelete)) continue;
    const rows = await referring(sql, reference, ids, cascades ? "true" : `"deleted_at" is not null`);
    if (cascades || reference.required) await erase(sql, dependent, rows.filter((id) => !begun.has(id)), begun);
    else await clear(sql, reference, rows);
  }
  await run(sql, ids, (list) => `delete from ${quote(entity.table)} where "id" = any(${list})`);
}

/** Locks the records that refer to some of these, so that nobody refers to them meanwhile, and returns their ids. */
async function referring(sql: Transaction, { entity, column }: Dependent, ids: string[], which: string): Promise<string[]> {
  const rows = await run(sql, ids, (list) => `select "id" from ${quote(entity().table)} where ${quote(column)} = any(${list}) and ${which} for update`);
  return rows.map(({ id }) => String(id));
}

async function clear(sql: Transaction, { entity, column }: Dependent, ids: string[]): Promise<void> {
  await run(sql, ids, (list) => `update ${quote(entity().table)} set ${quote(column)} = null where "id" = any(${list})`);
}

async function run(sql: Transaction, ids: string[], write: (list: string) => string): Promise<Row[]> {
  if (ids.length === 0) return [];
  const query = new Query();
  return await query.run(sql, write(query.bind(arrayLiteral(ids), "uuid[]")));
}
