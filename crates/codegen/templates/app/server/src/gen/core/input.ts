import type { ZodType, output } from "zod";
import type { ProblemDetail } from "../../../../shared/gen/types.ts";
import { type Connection, Query, arrayLiteral, quote } from "./db.ts";
import type { Entity } from "./entity.ts";
import { type Viewer, visible } from "./permissions.ts";
import { forbidden, invalid } from "./problem.ts";

/** What a client sends to create or change a record, by the names of properties. */
export interface Input {
  [name: string]: unknown;
}

/** Checks a body against what may be written at all and against its schema. */
export function parseInput(entity: Entity, schema: ZodType<Input>, body: unknown): Input {
  const fixed = Object.keys(Object(body)).filter((name) => isFixed(entity, name));
  if (fixed.length > 0) {
    throw forbidden("Some of the input cannot be written.", fixed.map((name) => ({ pointer: pointer([name]), detail: "This cannot be written." })));
  }
  return parseBody(schema, body);
}

/** Checks a body against a schema. */
export function parseBody<Schema extends ZodType>(schema: Schema, body: unknown): output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw invalid(
    result.error.issues.flatMap((issue): ProblemDetail[] =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), detail: "There is no such property." }))
        : [{ pointer: pointer(issue.path), detail: issue.message }],
    ),
  );
}

/** What only the server sets. */
function isFixed(entity: Entity, name: string): boolean {
  if (["id", "createdAt", "updatedAt"].includes(name)) return true;
  if (name === "createdBy") return entity.createdBy === true;
  if (name === "version") return entity.version === true;
  const field = entity.fields[name];
  if (field) return field.readOnly === true || field.initial !== undefined;
  return Object.values(entity.relations).some((relation) => relation.key === name && relation.readOnly);
}

/** A JSON Pointer (RFC 6901). */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/**
 * Refuses keys of records that do not exist or that this person may not see; what the record refers to already may stay.
 * Until the transaction ends, nobody deletes what is referred to.
 */
export async function checkTargets(connection: Connection, entity: Entity, viewer: Viewer, input: Input, before: Input = {}): Promise<void> {
  for (const relation of Object.values(entity.relations)) {
    const value = input[relation.key];
    if (value === undefined || value === null) continue;
    const kept = new Set([before[relation.key]].flat());
    const ids = [...new Set([value].flat().map((id) => String(id).toLowerCase()))].filter((id) => !kept.has(id));
    if (ids.length === 0) continue;
    const target = relation.target();
    const query = new Query();
    const list = query.bind(arrayLiteral(ids), "uuid[]");
    const condition = target === "user" ? "true" : visible(target, viewer, query, "t");
    const found = await query.run(
      connection,
      `select t."id" from ${quote(target === "user" ? "_user" : target.table)} t where t."id" = any(${list}) and ${condition} for key share`,
    );
    if (found.length < ids.length) {
      throw invalid([{ pointer: pointer([relation.key]), detail: "What this refers to does not exist." }]);
    }
  }
}
