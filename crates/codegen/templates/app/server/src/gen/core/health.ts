import type { Handler } from "hono";
import type { Environment, Services } from "./context.ts";
import { Problem } from "./problem.ts";

/** Whether the server can do its work: it needs its database. Whoever deploys it sees which release answers. */
export function health({ config, database }: Services): Handler<Environment> {
  return async (c) => {
    try {
      await database`select 1`;
    } catch {
      throw new Problem(503, "The database does not answer.");
    }
    return c.json({ status: "ok", ...(config.release && { release: config.release }) });
  };
}
