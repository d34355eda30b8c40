import { Query, type Transaction, arrayLiteral, quote } from "./db.ts";
import type { Entity } from "./entity.ts";
import { Problem } from "./problem.ts";

/** Hides records and does to those that refer to them what deleting would: the database sees no deletion here. */
export async function removeSoftly(sql: Transaction, entity: Entity, ids: string[]): Promise<void> {
  const hide = new Query();
  await hide.run(
    sql,
    `update ${quote(entity.table)} set "deleted_at" = now() where "id" = any(${hide.bind(arrayLiteral(ids), "uuid[]")})`,
  );
  for (const { entity: of, column, onDelete } of entity.dependents ?? []) {
    const dependent = of();
    const query = new Query();
    const list = query.bind(arrayLiteral(ids), "uuid[]");
    const live = dependent.softDelete ? ` and "deleted_at" is null` : "";
    const refers = `from ${quote(dependent.table)} where ${quote(column)} = any(${list})${live}`;
    if (onDelete === "setNull") {
      await query.run(sql, `update ${quote(dependent.table)} set ${quote(column)} = null where ${quote(column)} = any(${list})`);
      continue;
    }
    if (onDelete === "cascade" && !dependent.softDelete) {
      await query.run(sql, `delete ${refers}`);
      continue;
    }
    const rows = await query.run(sql, `select "id" ${refers}`);
    if (rows.length === 0) continue;
    if (onDelete === "restrict") throw new Problem(409, `This cannot be deleted: ${dependent.label} refers to it.`);
    await removeSoftly(sql, dependent, rows.map((row) => String(row.id)));
  }
}
