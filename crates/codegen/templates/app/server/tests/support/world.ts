import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { extend, hooks } from "../../custom/hooks.ts";
import { buildApp } from "../../src/gen/app.ts";
import type { App } from "../../src/gen/core/context.ts";
import { type Database, type Row, openDatabase, quote } from "../../src/gen/core/db.ts";
import { type Entity, columnsOf } from "../../src/gen/core/entity.ts";
import { everyone } from "../../src/gen/core/permissions.ts";
import { findRecord } from "../../src/gen/core/records.ts";
import type { Shown } from "../../src/gen/core/select.ts";
import { type Input, deleteRecord, insertRow } from "../../src/gen/core/write.ts";
import { rolesToIds } from "../../src/gen/roles.ts";
import { migrate } from "../../src/migrate.ts";
import type { RoleName } from "../../../shared/gen/roles.ts";
import { samples } from "../samples.ts";

export interface TestPerson {
  id: string;
  token: string;
}

export interface Answer {
  status: number;
  // oxlint-disable-next-line no-explicit-any
  body: any;
  headers: Headers;
}

/** The same entity, whose records everyone may read and delete. */
function open(entity: Entity): Entity {
  return { ...entity, permissions: { read: [everyone()], create: [], update: [], delete: [everyone()] } };
}

/** An app on the database of `DATABASE_URL`, which must hold nothing of value: its records are deleted. */
export class World {
  readonly #database: Database;
  readonly #app: App;
  readonly #filled = new Map<string, Entity>();
  #count = 0;
  /** Whether there may be records since they were last deleted. To delete takes longer than most tests. */
  #used = true;

  private constructor(database: Database, app: App) {
    this.#database = database;
    this.#app = app;
  }

  static async open(origin = "http://localhost", proxies = 0): Promise<World> {
    const databaseUrl = process.env.DATABASE_URL;
    assert.ok(databaseUrl, "DATABASE_URL must name an empty database");
    const database = openDatabase(databaseUrl, 4);
    await migrate(database);
    const config = { databaseUrl, databasePoolMax: 4, origin, listen: { port: 0, host: "localhost" }, proxies };
    return new World(database, buildApp({ config, database }, hooks, extend));
  }

  async close(): Promise<void> {
    await this.clear();
    await this.#database.end();
  }

  /** Deletes the records of the entities that were filled, and what refers to them. */
  async clear(...entities: Entity[]): Promise<void> {
    if (!this.#used) return;
    this.#used = false;
    const tables = new Set([...this.#filled.values(), ...entities].map(({ table }) => quote(table)));
    this.#filled.clear();
    if (tables.size > 0) await this.#database.unsafe(`truncate ${[...tables].join(", ")} cascade`);
  }

  /** A person who is signed in. */
  async person(...roles: RoleName[]): Promise<TestPerson> {
    const token = randomBytes(32).toString("base64url");
    const email = `${randomBytes(8).toString("hex")}@example.com`;
    const [row] = await this.#database`
      insert into "_user" ("email", "name", "roles") values (${email}, 'Somebody', ${rolesToIds(roles)}::text[]) returning "id"`;
    const id = String(row?.id);
    await this.#database`
      insert into "_session" ("token_hash", "user_id", "expires_at")
      values (${createHash("sha256").update(token).digest()}, ${id}, now() + interval '1 hour')`;
    return { id, token };
  }

  /** Valid input for a record that belongs to a person, with the records it needs. */
  async input(entity: Entity, owner: TestPerson): Promise<Input> {
    this.#count += 1;
    const values: Input = samples[entity.name]?.(this.#count) ?? {};
    for (const [name, { initial }] of Object.entries(entity.fields)) if (initial !== undefined) values[name] = initial;
    for (const relation of Object.values(entity.relations)) {
      if (relation.kind === "toMany") continue;
      const target = relation.target();
      if (target === "user") values[relation.key] = owner.id;
      else if (relation.required) values[relation.key] = await this.insert(target, owner);
    }
    return values;
  }

  /** The part of an input that clients may send. */
  writable(entity: Entity, input: Input): Input {
    return Object.fromEntries(Object.entries(input).filter(([name]) => name in entity.create.shape));
  }

  /** Puts a record into the database, past all permissions. */
  async insert(entity: Entity, owner: TestPerson, values: Input = {}): Promise<string> {
    this.#used = true;
    this.#filled.set(entity.table, entity);
    const createdBy = entity.createdBy && { createdBy: owner.id };
    return await insertRow(this.#database, entity, { ...(await this.input(entity, owner)), ...createdBy, ...values });
  }

  /** Deletes a record, past all permissions; `meanwhile` runs before that is committed. */
  async remove(entity: Entity, id: string, meanwhile?: () => Promise<void>): Promise<void> {
    await deleteRecord({ database: this.#database, entity: open(entity), viewer: null, hooks: meanwhile ? { afterDelete: meanwhile } : {} }, id, undefined);
  }

  /** A record that was not deleted, past all permissions. */
  async find(entity: Entity, id: string): Promise<Shown | undefined> {
    return await findRecord(this.#database, open(entity), null, id);
  }

  /** What the database keeps of a record, past all permissions. */
  async stored(entity: Entity, id: string): Promise<Row> {
    const columns = [...columnsOf(entity).values()].map(({ name, column }) => `${quote(column)} as ${quote(name)}`);
    const [row] = await this.#database.unsafe<Row[]>(`select ${columns.join(", ")} from ${quote(entity.table)} where "id" = $1`, [id]);
    assert.ok(row);
    return row;
  }

  async request(method: string, path: string, person: TestPerson | undefined, body?: unknown, headers?: { [name: string]: string }): Promise<Answer> {
    const response = await this.#app.request(path, {
      method,
      headers: {
        "if-match": '"1"',
        ...(person && { authorization: `Bearer ${person.token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (response.status === 201) this.#used = true;
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text), headers: response.headers };
  }
}
