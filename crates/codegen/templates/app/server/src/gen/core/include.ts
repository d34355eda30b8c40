import { type Connection, Query, arrayLiteral, quote } from "./db.ts";
import { type Entity, type Inverse, type Target, columnsOf } from "./entity.ts";
import { fault } from "./filter.ts";
import { type Viewer, condition, visible } from "./permissions.ts";
import { type Shown, readable, selection, toRecord } from "./select.ts";

/** How many records one record includes by one name. */
const most = 100;

/** Puts the records that are named in `include` into the items, as far as this person may read them. */
export async function include(connection: Connection, entity: Entity, viewer: Viewer, items: Shown[], names: string | null): Promise<void> {
  for (const name of new Set(names?.split(",").filter(Boolean))) {
    const relation = Object.hasOwn(entity.relations, name) ? entity.relations[name] : undefined;
    const inverse = Object.hasOwn(entity.inverses, name) ? entity.inverses[name] : undefined;
    if (relation) await includeTargets(connection, relation.target(), viewer, items, name);
    else if (inverse) await includeInverse(connection, inverse, viewer, items, name);
    else throw fault("include", `There is no ${name}.`);
  }
}

/** Replaces references by their records; one that this person may not read stays a reference. */
async function includeTargets(connection: Connection, target: Target, viewer: Viewer, items: Shown[], name: string): Promise<void> {
  const ids = new Set(items.flatMap((item) => referencesIn(item[name]).slice(0, most).map(({ id }) => id)));
  if (ids.size === 0) return;
  const records = await fetchRecords(connection, target, viewer, [...ids]);
  const replace = (reference: Reference) => records.get(reference.id) ?? reference;
  for (const item of items) {
    const value = item[name];
    if (Array.isArray(value)) item[name] = referencesIn(value).map(replace);
    else if (value) item[name] = referencesIn(value).map(replace)[0];
  }
}

interface Reference {
  id: string;
  label?: string | null;
}

function referencesIn(value: unknown): Reference[] {
  if (Array.isArray(value)) return value as Reference[];
  return value ? [value as Reference] : [];
}

async function fetchRecords(connection: Connection, target: Target, viewer: Viewer, ids: string[]): Promise<Map<string, Reference>> {
  const query = new Query();
  const list = query.bind(arrayLiteral(ids), "uuid[]");
  if (target === "user") {
    const people = await query.run(connection, `select t."id", t."name" from "_user" t where t."id" = any(${list})`);
    return new Map(people.map(({ id, name }) => [String(id), { id: String(id), label: String(name), name }]));
  }
  const rows = await query.run(
    connection,
    `select ${selection(target, { viewer, query }, "r")} from ${quote(target.table)} r where r."id" = any(${list}) and ${visible(target, viewer, query, "r")}`,
  );
  return new Map(rows.map((row) => [String(row.id), withLabel(target, toRecord(target, row))]));
}

/** A whole record can be used wherever a reference can. */
function withLabel(entity: Entity, record: Shown): Shown {
  const label = record[entity.display ?? "id"];
  return { ...record, label: label === undefined || label === null ? null : String(label) };
}

async function includeInverse(connection: Connection, inverse: Inverse, viewer: Viewer, items: Shown[], name: string): Promise<void> {
  const entity = inverse.entity();
  const relation = entity.relations[inverse.relation];
  if (!relation || items.length === 0) return;
  const query = new Query();
  const scope = { viewer, query };
  const parents = query.bind(arrayLiteral(items.map(({ id }) => id)), "uuid[]");
  const read = entity.permissions.fields?.[inverse.relation]?.read;
  const column = columnsOf(entity).get(relation.key);
  const refers =
    relation.kind === "toMany"
      ? `${read ? condition(entity, read, viewer, query, "r") : "true"} and exists (select from ${quote(relation.join)} l where l."source_id" = r."id" and l."target_id" = p."id")`
      : `${column ? readable(entity, column, scope, "r") : "null"} = p."id"`;
  const rows = await query.run(
    connection,
    `select p."id" as "?included by", c.* from unnest(${parents}) as p("id") cross join lateral (
       select ${selection(entity, scope, "r")} from ${quote(entity.table)} r
       where ${refers} and ${visible(entity, viewer, query, "r")}
       order by r."created_at" desc, r."id" limit ${inverse.single ? 1 : most}
     ) c`,
  );
  for (const item of items) {
    const records = rows.filter((row) => row["?included by"] === item.id).map((row) => toRecord(entity, row));
    item[name] = inverse.single ? (records[0] ?? null) : records;
  }
}
