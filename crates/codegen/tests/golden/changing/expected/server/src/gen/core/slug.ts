import { type Connection, Query, quote } from "./db.ts";
import type { Entity } from "./entity.ts";
import type { Input } from "./input.ts";

/** Makes the slugs that were not given out of the fields they come from. */
export async function fillSlugs(connection: Connection, entity: Entity, values: Input): Promise<void> {
  for (const [name, field] of Object.entries(entity.fields)) {
    if (field.from === undefined || (values[name] !== undefined && values[name] !== null)) continue;
    values[name] = await free(connection, entity, field.column, slugify(String(values[field.from] ?? "")) || "item");
  }
}

/** Letters that are no plain letter with a mark. */
const spelled: { [letter: string]: string } = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ł: "l" };

/** "Crème brûlée!" becomes "creme-brulee". */
export function slugify(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[ßæœøđł]/g, (letter) => spelled[letter] ?? "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, 80)
    .replace(/-$/, "");
}

/** The slug itself, or with the first number that makes it unique. */
async function free(connection: Connection, entity: Entity, column: string, slug: string): Promise<string> {
  // Whoever makes the same slug at this moment waits until this one is stored.
  const lock = new Query();
  await lock.run(connection, `select pg_advisory_xact_lock(hashtextextended(${lock.bind(`${entity.table}.${column}=${slug}`, "text")}, 0))`);
  const query = new Query();
  const rows = await query.run(
    connection,
    `select ${quote(column)} as "slug" from ${quote(entity.table)}
     where ${quote(column)} = ${query.bind(slug, "text")} or ${quote(column)} like ${query.bind(`${slug}-%`, "text")}`,
  );
  const taken = new Set(rows.map((row) => row.slug));
  let candidate = slug;
  for (let number = 2; taken.has(candidate); number += 1) candidate = `${slug}-${number}`;
  return candidate;
}
