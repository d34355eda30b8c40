import { type Connection, Query, quote } from "./db.ts";
import type { Entity } from "./entity.ts";
import { include } from "./include.ts";
import { type Viewer, visible } from "./permissions.ts";
import { notFound } from "./problem.ts";
import { type Shown, selection, toRecord } from "./select.ts";

/** The record with this id as this person sees it; undefined when they do not. */
export async function findRecord(connection: Connection, entity: Entity, viewer: Viewer, id: string): Promise<Shown | undefined> {
  const query = new Query();
  const [row] = await query.run(
    connection,
    `select ${selection(entity, { viewer, query }, "r")} from ${quote(entity.table)} r
     where r."id" = ${query.bind(id, "uuid")} and ${visible(entity, viewer, query, "r")}`,
  );
  return row && toRecord(entity, row);
}

/** The same with what `include` names; no such record is an error. */
export async function getRecord(connection: Connection, entity: Entity, viewer: Viewer, id: string, included: string | null): Promise<Shown> {
  const record = await findRecord(connection, entity, viewer, id);
  if (!record) throw notFound();
  await include(connection, entity, viewer, [record], included);
  return record;
}
