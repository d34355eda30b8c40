import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Database, openDatabase } from "./gen/core/db.ts";
import { describe, log } from "./gen/core/log.ts";

/** Brings a database to what this code needs: runs the migrations that it does not have yet, in one transaction. */
export async function migrate(database: Database, folder = "server/migrations"): Promise<void> {
  const files = readdirSync(folder).filter((name) => /^\d+_.+\.sql$/.test(name)).toSorted();
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  await database.begin(async (sql) => {
    // What a request may take is no measure for rewriting a table.
    await sql.unsafe("set local statement_timeout = 0");
    await sql.unsafe(read("0000_bookkeeping.sql"));
    const [schema] = await sql`select "position" from "_slipform"."schema" for update`;
    for (const file of files) {
      const [number = "", title = ""] = file.replace(/\.sql$/, "").split("_", 2);
      const position = Number(number);
      if (position <= Number(schema?.position ?? 0)) continue;
      const text = read(file);
      await sql.unsafe(text);
      await sql`insert into "_slipform"."migrations" ("position", "title", "sql") values (${position}, ${title}, ${text})`;
      await sql`update "_slipform"."schema" set "position" = ${position}`;
      log("info", "migrated", { position, title });
    }
  });
}

async function main(): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("DATABASE_URL is missing.");
  const database = openDatabase(url, 1);
  try {
    await migrate(database);
  } finally {
    await database.end();
  }
}

if (process.argv[1] && /\bmigrate\.(ts|mjs)$/.test(process.argv[1])) {
  main().catch((error: unknown) => {
    log("error", "The migration failed; nothing has changed.", describe(error));
    process.exit(1);
  });
}
