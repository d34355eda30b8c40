import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { buildApp } from "../src/gen/app.ts";
import { Query, openDatabase } from "../src/gen/core/db.ts";

describe("the database", () => {
  it("does not keep every query prepared that clients can think of", async () => {
    const database = openDatabase(process.env.DATABASE_URL ?? "", 1);
    for (let n = 0; n < 600; n += 1) {
      const query = new Query();
      await query.run(database, `select ${n} where ${query.bind("true", "boolean")}`);
    }
    const [row] = await database`select count(*)::integer as "prepared" from pg_prepared_statements`;
    assert.ok(Number(row?.prepared) <= 510, `${row?.prepared} statements`);
    await database.end();
  });

  it("may be away for a while", async () => {
    const databaseUrl = "postgres://nobody@127.0.0.1:1/nothing";
    const database = openDatabase(databaseUrl, 1);
    const config = { databaseUrl, databasePoolMax: 1, origin: "http://localhost", listen: { port: 0, host: "localhost" }, proxies: 0 };
    const { status, headers } = await buildApp({ config, database }).request("/api/auth/me", { headers: { authorization: "Bearer token" } });
    assert.deepEqual([status, headers.get("content-type")], [503, "application/problem+json"]);
    await database.end({ timeout: 0 });
  });
});
