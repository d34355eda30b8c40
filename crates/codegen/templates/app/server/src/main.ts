import { chmodSync, rmSync, statSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { extend, hooks } from "../custom/hooks.ts";
import { buildApp } from "./gen/app.ts";
import { ensureAdministrator } from "./gen/core/auth.ts";
import { type Config, readConfig } from "./gen/core/config.ts";
import { openDatabase } from "./gen/core/db.ts";
import { clientAddress } from "./gen/core/http.ts";
import { describe, log } from "./gen/core/log.ts";

/** How long requests may go on after the server was told to stop. */
const graceMs = 10_000;
/** How long it still takes requests then: some are on their way. */
const lingerMs = 200;

type Server = ReturnType<typeof createAdaptorServer>;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const database = openDatabase(config.databaseUrl, config.databasePoolMax);
  await ensureAdministrator({ config, database });
  const app = buildApp({ config, database }, hooks, extend);
  let stopping = false;
  const server = createAdaptorServer({
    fetch: async (request, { incoming }) => {
      const address = clientAddress(request.headers.get("x-forwarded-for"), config.proxies) ?? incoming.socket.remoteAddress;
      const response = await app.fetch(request, address === undefined ? {} : { address });
      if (stopping) response.headers.set("connection", "close");
      return response;
    },
  });
  await listen(server, config);
  log("info", "listening", { ...config.listen });

  const stop = async (signal: string) => {
    log("info", "stopping", { signal });
    setTimeout(() => process.exit(0), graceMs).unref();
    stopping = true;
    await wait(lingerMs);
    await new Promise((resolve) => server.close(resolve));
    await database.end({ timeout: 1 });
    process.exit(0);
  };
  process.once("SIGTERM", (signal) => void stop(signal));
  process.once("SIGINT", (signal) => void stop(signal));
}

async function listen(server: Server, { listen: at }: Config): Promise<void> {
  if ("socket" in at) removeStale(at.socket);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if ("socket" in at) server.listen({ path: at.socket }, resolve);
    else server.listen({ port: at.port, host: at.host }, resolve);
  });
  if ("socket" in at) chmodSync(at.socket, 0o660);
}

/** A socket that an earlier process left behind is in the way; nothing else is removed. */
function removeStale(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
}

main().catch((error: unknown) => {
  log("error", "The server did not start.", describe(error));
  process.exit(1);
});
