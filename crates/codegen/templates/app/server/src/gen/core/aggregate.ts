import { type Connection, Query, quote } from "./db.ts";
import { type Column, type Entity, columnsOf } from "./entity.ts";
import { fault, filters, requireReadable } from "./filter.ts";
import { type Viewer, visible } from "./permissions.ts";
import { readable } from "./select.ts";
import { isNumeric, isOrdered, toJson } from "./values.ts";

export interface Aggregate {
  items: { group: unknown; value: unknown }[];
}

/** Counts, sums, averages and extremes of the records that this person may see, at most 1,000 groups. */
export async function aggregate(connection: Connection, entity: Entity, viewer: Viewer, parameters: URLSearchParams): Promise<Aggregate> {
  const query = new Query();
  const scope = { viewer, query };
  const column = (parameter: string): Column | undefined => {
    const name = parameters.get(parameter);
    if (name === null) return undefined;
    const found = columnsOf(entity).get(name);
    if (!found || found.list || found.type === "json") throw fault(parameter, `${name} cannot be used here.`);
    requireReadable(entity, found, scope);
    return found;
  };
  const fn = parameters.get("fn") ?? "count";
  const field = column("field");
  const group = column("groupBy");
  const value = aggregation(fn, field, field ? readable(entity, field, scope, "r") : "*");
  const grouping = group ? readable(entity, group, scope, "r") : "null";
  const conditions = [visible(entity, viewer, query, "r"), ...filters(entity, parameters, scope)];
  const rows = await query.run(
    connection,
    `select ${grouping} as "group", ${value} as "value" from ${quote(entity.table)} r where ${conditions.join(" and ")}
     ${group ? "group by 1 order by 1 nulls last limit 1000" : ""}`,
  );
  return {
    items: rows.map((row) => ({ group: group ? toJson(row.group, group) : null, value: result(fn, field, row.value) })),
  };
}

function aggregation(fn: string, field: Column | undefined, value: string): string {
  switch (fn) {
    case "count":
      return `count(${value})`;
    case "sum":
    case "avg":
      if (!field || !isNumeric(field)) throw fault("field", "Please name a field that holds numbers.");
      return fn === "sum" ? `sum(${value})` : `trim_scale(round(avg(${value}), 6))`;
    case "min":
    case "max":
      if (!field || !isOrdered(field) || field.type === "enum") throw fault("field", "Please name a field that has an order.");
      return `${fn}(${value})`;
    default:
      throw fault("fn", "Please use count, sum, avg, min or max.");
  }
}

/** Exact numbers stay strings, as in records; counts, and sums of small integers, are numbers. */
function result(fn: string, field: Column | undefined, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (fn === "count" || !field) return Number(value);
  if (fn === "min" || fn === "max") return toJson(value, field);
  return field.type === "integer" || field.type === "duration" ? Number(value) : String(value);
}
