import type { Context } from "hono";
import postgres from "postgres";
import type { Environment } from "./context.ts";
import { type Entity, columnsOf } from "./entity.ts";
import { describe, log } from "./log.ts";
import { Problem } from "./problem.ts";

/** Answers an error as a problem. What is not one of ours is logged, and the client learns no more than its number. */
export function answerError(error: unknown, c: Context<Environment>, entities: Entity[]): Response {
  const requestId = c.get("requestId");
  const problem = error instanceof Problem ? error : error instanceof postgres.PostgresError ? databaseProblem(error, entities) : undefined;
  if (problem) return problem.toResponse(requestId);
  log("error", "request failed", { requestId, method: c.req.method, path: c.req.path, ...describe(error) });
  if (isUnreachable(error)) return new Problem(503, "The database does not answer.", [], { "retry-after": "5" }).toResponse(requestId);
  return new Problem(500, "Something went wrong here. It has been logged.").toResponse(requestId);
}

/** Whether there was no connection to the database: none could be made, it was lost, or the server is full or stopping. */
function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^(CONNECT|ECONN|57P0|53300)/.test(code);
}

/** What a refusal by the database means to a person; undefined when it is a fault of ours. */
function databaseProblem(error: postgres.PostgresError, entities: Entity[]): Problem | undefined {
  for (const { table, constraints } of entities) {
    const message = table === error.table_name && error.constraint_name ? constraints[error.constraint_name] : undefined;
    if (message) {
      const { status, pointer = "", detail } = message;
      return new Problem(status, detail, [{ pointer, detail }]);
    }
  }
  switch (error.code) {
    case "23503":
    case "23001":
      return error.message.startsWith("update or delete")
        ? new Problem(409, `This cannot be deleted: ${labelOf(error.table_name, entities)} refers to it.`)
        : new Problem(422, "What this refers to does not exist.");
    case "23505":
    case "23P01":
      return new Problem(409, "This exists already.");
    case "23502": {
      const pointer = `/${propertyOf(error, entities)}`;
      return new Problem(422, "Some of the input is not valid.", [{ pointer, detail: "Please fill this in." }]);
    }
    case "23514":
      return new Problem(422, "Some of the input is not valid.");
    case "40001":
    case "40P01":
      return new Problem(409, "Somebody else changed this at the same moment. Please try again.");
    case "57014":
      return new Problem(503, "This took too long.");
    default:
      // Class 22: a value that its type cannot hold.
      return error.code.startsWith("22") ? new Problem(422, "Some of the input is not valid.") : undefined;
  }
}

/** The name by which clients know the column that an error is about. */
function propertyOf({ table_name: table, column_name: column }: postgres.PostgresError, entities: Entity[]): string {
  const entity = entities.find((candidate) => candidate.table === table);
  const columns = entity ? [...columnsOf(entity).values()] : [];
  return columns.find((candidate) => candidate.column === column)?.name ?? "";
}

function labelOf(table: string | undefined, entities: Entity[]): string {
  return entities.find((entity) => entity.table === table)?.label ?? "something else";
}
