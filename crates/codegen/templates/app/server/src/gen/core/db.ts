import postgres from "postgres";

export type Database = postgres.Sql;
export type Transaction = postgres.TransactionSql;
/** What queries run on: the pool, or the transaction that is open. */
export type Connection = Database | Transaction;
export type Row = { [column: string]: unknown };

/** Opens the pool. Connections are made when they are needed. */
export function openDatabase(url: string, max: number): Database {
  return postgres(url, {
    max,
    idle_timeout: 60,
    connect_timeout: 10,
    onnotice: () => {},
    connection: { application_name: "server", statement_timeout: 15_000, TimeZone: "UTC" },
    // A day has no zone and must not become an instant.
    types: { day: { to: 1082, from: [1082], serialize: (day: string) => day, parse: (day: string) => day } },
  });
}

/** The text and the parameters of one query, while it is put together. */
export class Query {
  readonly parameters: (string | null)[] = [];
  readonly #known = new Map<string, string>();

  /**
   * Adds a parameter and returns what stands for it. Parameters travel as text and are cast by Postgres, so that
   * numbers, dates and lists are exact and one rule serves every type.
   */
  bind(value: string | null, type: string): string {
    // No key of a string is the same as that of null.
    const key = `${type}:${JSON.stringify(value)}`;
    const known = this.#known.get(key);
    if (known) return known;
    this.parameters.push(value);
    const placeholder = type === "text" ? `$${this.parameters.length}::text` : `$${this.parameters.length}::text::${type}`;
    this.#known.set(key, placeholder);
    return placeholder;
  }

  /** Runs it, as a prepared statement where that is worth it. */
  async run(connection: Connection, text: string): Promise<Row[]> {
    return await connection.unsafe<Row[]>(text, this.parameters, { prepare: isPrepared(text) });
  }
}

/** How many queries every connection keeps prepared: each takes memory, and clients can ask in any number of ways. */
const mostPrepared = 500;
const prepared = new Set<string>();

function isPrepared(text: string): boolean {
  if (prepared.size < mostPrepared) prepared.add(text);
  return prepared.has(text);
}

/** Quotes the name of a table or column. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A Postgres array literal. */
export function arrayLiteral(items: readonly (string | null)[]): string {
  return `{${items.map((item) => (item === null ? "NULL" : `"${item.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`)).join(",")}}`;
}
