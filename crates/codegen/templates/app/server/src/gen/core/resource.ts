import { type Context, Hono } from "hono";
import { aggregate } from "./aggregate.ts";
import type { App, Environment, Services } from "./context.ts";
import type { Entity } from "./entity.ts";
import type { RecordHooks } from "./hooks.ts";
import { isUuid, readJson } from "./http.ts";
import { listRecords } from "./list.ts";
import { allowsSome } from "./permissions.ts";
import { notFound, refused } from "./problem.ts";
import { getRecord } from "./records.ts";
import type { Shown } from "./select.ts";
import { type Writer, createRecord, deleteRecord, transitionRecord, updateRecord } from "./write.ts";

/** The routes of one entity. */
export function resource({ database }: Services, entity: Entity, hooks: RecordHooks = {}): App {
  const routes = new Hono<Environment>();
  const writer = (c: Context<Environment>): Writer => ({ database, entity, viewer: c.get("viewer"), hooks });
  const parameters = (c: Context<Environment>) => new URL(c.req.url).searchParams;
  const version = (c: Context<Environment>) => c.req.header("if-match");
  const send = (c: Context<Environment>, record: Shown, status: 200 | 201 = 200) => {
    if (typeof record.version === "number") c.header("etag", `"${record.version}"`);
    return c.json(record, status);
  };

  // Who may read nothing at all gets an error; who may read some gets those.
  const requireReader = (c: Context<Environment>) => {
    const viewer = c.get("viewer");
    if (!allowsSome(entity.permissions.read, viewer)) throw refused(viewer !== null);
  };

  routes.get("/", async (c) => {
    requireReader(c);
    return c.json(await listRecords(database, entity, c.get("viewer"), parameters(c)));
  });

  routes.get("/aggregate", async (c) => {
    requireReader(c);
    return c.json(await aggregate(database, entity, c.get("viewer"), parameters(c)));
  });

  routes.post("/", async (c) => {
    const record = await createRecord(writer(c), await readJson(c));
    c.header("location", `/api/${entity.path}/${record.id}`);
    return send(c, record, 201);
  });

  routes.get("/:id", async (c) => send(c, await getRecord(database, entity, c.get("viewer"), idOf(c), c.req.query("include") ?? null)));

  routes.patch("/:id", async (c) => send(c, await updateRecord(writer(c), idOf(c), await readJson(c), version(c))));

  routes.delete("/:id", async (c) => {
    await deleteRecord(writer(c), idOf(c), version(c));
    return c.body(null, 204);
  });

  for (const [name, transition] of Object.entries(entity.transitions)) {
    routes.post(`/:id/${transition.path}`, async (c) => send(c, await transitionRecord(writer(c), idOf(c), name, transition, version(c))));
  }

  return routes;
}

/** What cannot be an id names nothing. */
function idOf(c: Context<Environment>): string {
  const id = c.req.param("id") ?? "";
  if (!isUuid(id)) throw notFound();
  return id.toLowerCase();
}
