import type { Page } from "../../../../shared/gen/types.ts";
import { type Connection, Query, type Row, quote } from "./db.ts";
import { type Column, type Entity, columnsOf } from "./entity.ts";
import { fault, filters, requireReadable } from "./filter.ts";
import { include } from "./include.ts";
import { type Viewer, visible } from "./permissions.ts";
import { type Scope, type Shown, readable, selection, toRecord } from "./select.ts";
import { isOrdered, sqlType } from "./values.ts";

interface Order {
  column: Column;
  /** What is compared; enums compare by the order of their values. */
  value: string;
  type: string;
  descending: boolean;
}

/** One page of the records that this person may see. */
export async function listRecords(connection: Connection, entity: Entity, viewer: Viewer, parameters: URLSearchParams): Promise<Page<Shown>> {
  const query = new Query();
  const scope: Scope = { viewer, query };
  const limit = parseLimit(parameters.get("limit"));
  const orders = parseSort(entity, parameters.get("sort") ?? "-createdAt", scope);
  const wanted = parseSelect(entity, parameters.get("select"), parameters.get("include"));
  const conditions = [visible(entity, viewer, query, "r"), ...filters(entity, parameters, scope)];
  const cursor = parameters.get("cursor");
  const position = cursor === null ? [] : [after(orders, readCursor(cursor, orders), query)];
  const rows = await query.run(
    connection,
    `select ${selection(entity, scope, "r", wanted)}, array[${orders.map(({ value }) => `(${value})::text`).join(", ")}] as "?cursor"
     from ${quote(entity.table)} r
     where ${[...conditions, ...position].join(" and ")}
     order by ${orders.map(({ value, descending }) => `${value} ${descending ? "desc" : "asc"} nulls last`).join(", ")}
     limit ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const items = page.map((row) => toRecord(entity, row, wanted));
  await include(connection, entity, viewer, items, parameters.get("include"));
  return {
    items,
    nextCursor: last ? writeCursor(orders, last) : null,
    ...(parameters.get("count") === "true" && { total: await count(connection, entity, viewer, parameters) }),
  };
}

async function count(connection: Connection, entity: Entity, viewer: Viewer, parameters: URLSearchParams): Promise<number> {
  const query = new Query();
  const conditions = [visible(entity, viewer, query, "r"), ...filters(entity, parameters, { viewer, query })];
  const [row] = await query.run(connection, `select count(*) as "total" from ${quote(entity.table)} r where ${conditions.join(" and ")}`);
  return Number(row?.total);
}

function parseLimit(text: string | null): number {
  const limit = Number(text ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw fault("limit", "Please use a number from 1 to 100.");
  return limit;
}

function parseSelect(entity: Entity, text: string | null, included: string | null): Set<string> | undefined {
  if (text === null) return undefined;
  const known = new Set([...columnsOf(entity).keys(), ...Object.keys(entity.relations), ...Object.values(entity.relations).map(({ key }) => key), "can"]);
  const names = text.split(",").filter(Boolean);
  for (const name of names) if (!known.has(name)) throw fault("select", `There is no ${name}.`);
  return new Set([...names, ...(included ?? "").split(",")]);
}

/** `-createdAt,title`. The id comes last, so that the order is total. */
function parseSort(entity: Entity, text: string, scope: Scope): Order[] {
  const columns = columnsOf(entity);
  const names = text.split(",").filter(Boolean);
  const orders = names.map((part): Order => {
    const descending = part.startsWith("-");
    const column = columns.get(descending ? part.slice(1) : part);
    if (!column || !(isOrdered(column) || column.type === "boolean")) throw fault("sort", `Nothing can be sorted by ${part}.`);
    requireReadable(entity, column, scope);
    const value = readable(entity, column, scope, "r");
    if (!column.values) return { column, value, type: sqlType(column), descending };
    const ids = Object.values(column.values).map((id) => scope.query.bind(id, "text"));
    return { column, value: `array_position(array[${ids.join(", ")}], ${value})`, type: "integer", descending };
  });
  const id = columns.get("id");
  return id ? [...orders, { column: id, value: `r."id"`, type: "uuid", descending: orders[0]?.descending ?? false }] : orders;
}

/** The rows that come after a position: greater in the first column, or equal there and greater in the next, and so on. */
function after(orders: Order[], position: (string | null)[], query: Query): string {
  const alternatives: string[] = [];
  const equal: string[] = [];
  orders.forEach(({ value, type, descending }, index) => {
    const at = query.bind(position[index] ?? null, type);
    // Nulls come last whatever the direction: nothing follows a null but its equals.
    if (position[index] !== null) alternatives.push([...equal, `(${value} ${descending ? "<" : ">"} ${at} or ${value} is null)`].join(" and "));
    equal.push(`${value} is not distinct from ${at}`);
  });
  return `(${alternatives.map((alternative) => `(${alternative})`).join(" or ")})`;
}

function signature(orders: Order[]): string {
  return orders.map(({ column, descending }) => (descending ? "-" : "") + column.name).join(",");
}

function writeCursor(orders: Order[], row: Row): string {
  return Buffer.from(JSON.stringify([signature(orders), ...(row["?cursor"] as (string | null)[])])).toString("base64url");
}

function readCursor(text: string, orders: Order[]): (string | null)[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    parsed = null;
  }
  if (!Array.isArray(parsed) || parsed.length !== orders.length + 1 || parsed[0] !== signature(orders) || typeof parsed.at(-1) !== "string") {
    throw fault("cursor", "Please use the nextCursor of a list with the same order.");
  }
  const position: unknown[] = parsed.slice(1);
  return position.map((value) => (typeof value === "string" ? value : null));
}
