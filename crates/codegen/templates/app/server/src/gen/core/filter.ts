import { quote } from "./db.ts";
import { type Column, type Entity, columnsOf } from "./entity.ts";
import { condition } from "./permissions.ts";
import { forbidden, invalid } from "./problem.ts";
import { type Scope, isReadable, readable } from "./select.ts";
import { isOrdered, isTextual, parseText, scalarType } from "./values.ts";

const comparisons: { [operator: string]: string } = { ne: "is distinct from", lt: "<", lte: "<=", gt: ">", gte: ">=" };

/** Parameters of a list that are no filters. */
const controls = new Set(["search", "sort", "limit", "cursor", "include", "select", "count", "fn", "field", "groupBy"]);

/** The conditions that the parameters of a request ask for, on the table called `r`. */
export function filters(entity: Entity, parameters: URLSearchParams, scope: Scope): string[] {
  const conditions: string[] = [];
  const columns = columnsOf(entity);
  for (const [parameter, text] of parameters) {
    if (controls.has(parameter)) continue;
    const [name = "", operator = "eq", ...rest] = parameter.split(".");
    const column = rest.length === 0 ? columns.get(name) : undefined;
    if (column) conditions.push(comparison(entity, column, operator, text, parameter, scope));
    else conditions.push(membership(entity, name, operator, text, parameter, scope));
  }
  const search = parameters.get("search")?.trim();
  if (search) conditions.push(searching(entity, search, scope));
  return conditions;
}

function comparison(entity: Entity, column: Column, operator: string, text: string, parameter: string, scope: Scope): string {
  requireReadable(entity, column, scope);
  const value = readable(entity, column, scope, "r");
  const bind = (item: string) => scope.query.bind(parseText(item, column, parameter), scalarType(column));
  if (operator === "isNull") {
    if (text !== "true" && text !== "false") throw fault(parameter, "Please use true or false.");
    return `(${value}) is ${text === "true" ? "" : "not "}null`;
  }
  if (operator === "contains" && column.list) return `${bind(text)} = any(${value})`;
  if (operator === "contains" && isTextual(column)) return `(${value}) ilike ${scope.query.bind(pattern(text), "text")}`;
  if (!column.list && column.type !== "json") {
    if (operator === "eq") return `(${value}) = ${bind(text)}`;
    if (operator === "in") return `(${value}) in (${text.split(",").map(bind).join(", ")})`;
    if (operator === "ne" || (Object.hasOwn(comparisons, operator) && isOrdered(column))) return `(${value}) ${comparisons[operator]} ${bind(text)}`;
  }
  throw fault(parameter, `${column.name} cannot be compared this way.`);
}

/** `tagIds=…`: has this one. */
function membership(entity: Entity, key: string, operator: string, text: string, parameter: string, scope: Scope): string {
  for (const [name, relation] of Object.entries(entity.relations)) {
    if (relation.key !== key || relation.kind !== "toMany" || operator !== "eq") continue;
    const read = entity.permissions.fields?.[name]?.read;
    const allowed = read ? condition(entity, read, scope.viewer, scope.query, "r") : "true";
    const id = scope.query.bind(parseText(text, { type: "uuid" }, parameter), "uuid");
    return `${allowed} and exists (select from ${quote(relation.join)} l where l."source_id" = r."id" and l."target_id" = ${id})`;
  }
  throw fault(parameter, "There is no such filter.");
}

function searching(entity: Entity, text: string, scope: Scope): string {
  const terms: string[] = [];
  for (const column of columnsOf(entity).values()) {
    if (!entity.fields[column.name]?.searchable || !isReadable(entity, column, scope)) continue;
    terms.push(`(${readable(entity, column, scope, "r")})::text ilike ${scope.query.bind(pattern(text), "text")}`);
  }
  return terms.length === 0 ? "false" : `(${terms.join(" or ")})`;
}

function pattern(text: string): string {
  return `%${text.replaceAll("\0", "").replace(/[\\%_]/g, "\\$&")}%`;
}

export function requireReadable(entity: Entity, column: Column, scope: Scope): void {
  if (!isReadable(entity, column, scope)) throw forbidden(`You may not read ${column.name}.`);
}

export function fault(parameter: string, detail: string) {
  return invalid([{ pointer: parameter, detail }], `The parameter ${parameter} is not valid.`);
}

