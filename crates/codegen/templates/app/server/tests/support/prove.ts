import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type Entity, columnsOf } from "../../src/gen/core/entity.ts";
import type { Input } from "../../src/gen/core/write.ts";
import type { RoleName } from "../../../shared/gen/roles.ts";
import { samples } from "../samples.ts";
import { type Answer, type TestPerson, World } from "./world.ts";

/** With which records somebody may do something. */
type Level = "all" | "own" | "none";

/** A kind of person. */
interface Who {
  name: string;
  signedIn: boolean;
  roles: RoleName[];
}

export const anonymous: Who = { name: "somebody not signed in", signedIn: false, roles: [] };
export const withoutRole: Who = { name: "somebody without a role", signedIn: true, roles: [] };

export function withRole(name: RoleName): Who {
  return { name: `a person with the role ${name}`, signedIn: true, roles: [name] };
}

/** What one kind of person may do. */
interface Access {
  who: Who;
  read: Level;
  create: Level;
  update: Level;
  delete: Level;
  transitions?: { [name: string]: Level };
  /** A new record needs something that they may not give. */
  incomplete?: true;
  /** Keys that can name an owner: whether a new record that leaves them out belongs to whoever creates it. */
  owners?: { [key: string]: boolean };
  /** Whether they may name somebody else in all of those keys. */
  others?: boolean;
  /** Keys without which they could not change a record any more, so that they may not give it to somebody else. */
  keeps?: string[];
  /** Narrower than the above. */
  fields?: { [key: string]: { read?: Level; write?: Level } };
}

/** What the design promises about the records of one entity. */
export interface Promises {
  access: Access[];
  /** Values that a property refuses. */
  refused: [name: string, value: unknown][];
  /** The least and the largest number of items of a list. */
  lists: { [name: string]: [least: number, most: number] };
  /** Properties that no two records share. */
  unique: string[];
  /** Whether records that are equal in everything exclude each other. */
  exclusive: boolean;
  /** What becomes of records that refer to one that is deleted. */
  references: Reference[];
}

interface Reference {
  entity: Entity;
  key: string;
  onDelete: "restrict" | "cascade" | "setNull";
}

/** Tests all of it over HTTP. */
export function prove(entity: Entity, promises: Promises): void {
  describe(entity.name, () => {
    let world: World;
    before(async () => {
      world = await World.open();
    });
    beforeEach(() => world.clear(entity));
    after(() => world.close());

    for (const access of promises.access) {
      describe(access.who.name, () => provePermissions(entity, access, () => world));
    }
    proveQuestions(entity, promises.access, () => world);
    proveValidation(entity, promises, () => world);
    proveTransitions(entity, promises.access, () => world);
    proveRemoval(entity, promises, () => world);
  });
}

/** A person of the kind in question, and records of their own and of somebody else. */
interface Scene {
  world: World;
  me: TestPerson | undefined;
  records: { whose: "own" | "others"; id: string }[];
}

async function personOf({ signedIn, roles }: Who, world: World): Promise<TestPerson | undefined> {
  return signedIn ? await world.person(...roles) : undefined;
}

async function scene(entity: Entity, who: Who, world: World): Promise<Scene> {
  const other = await world.person();
  const me = await personOf(who, world);
  const records: Scene["records"] = [{ whose: "others", id: await world.insert(entity, other) }];
  if (me) records.push({ whose: "own", id: await world.insert(entity, me) });
  return { world, me, records };
}

/** A new record with all that this kind of person may write. */
async function bodyOf(entity: Entity, { fields }: Access, owner: TestPerson, world: World): Promise<Input> {
  const body = world.writable(entity, await world.input(entity, owner));
  for (const [name, { write }] of Object.entries(fields ?? {})) if (write === "none") delete body[name];
  return body;
}

function includes(level: Level, whose: "own" | "others"): boolean {
  return level === "all" || (level === "own" && whose === "own");
}

function isRequired(entity: Entity, key: string): boolean {
  return Object.values(entity.relations).some((relation) => relation.key === key && relation.kind === "toOne" && relation.required);
}

function isMany(entity: Entity, key: string): boolean {
  return Object.values(entity.relations).some((relation) => relation.key === key && relation.kind === "toMany");
}

function isRefused({ status }: Answer): boolean {
  return status === 401 || status === 403;
}

function provePermissions(entity: Entity, access: Access, world: () => World): void {
  const { who } = access;
  const path = `/api/${entity.path}`;

  it(`reads ${access.read}`, async () => {
    const { me, records } = await scene(entity, who, world());
    const list = await world().request("GET", `${path}?limit=100`, me);
    if (access.read === "none") assert.ok(isRefused(list), `the list answered ${list.status}`);
    else assert.equal(list.status, 200);
    const listed: string[] = (list.body.items ?? []).map((item: { id: string }) => item.id);
    for (const { whose, id } of records) {
      const expected = includes(access.read, whose);
      const { status } = await world().request("GET", `${path}/${id}`, me);
      assert.equal(status, expected ? 200 : 404, whose);
      assert.equal(listed.includes(id), expected, whose);
    }
  });

  it(`creates ${access.create}`, async () => {
    const me = await personOf(who, world());
    const answer = await world().request("POST", path, me, await bodyOf(entity, access, me ?? (await world().person()), world()));
    if (access.create === "none") assert.ok(isRefused(answer), JSON.stringify(answer));
    else if (access.incomplete) assert.ok(isRefused(answer) || answer.status === 422, JSON.stringify(answer));
    else {
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      if (entity.createdBy) assert.equal((await world().stored(entity, answer.body.id)).createdBy, me?.id ?? null);
    }
  });

  const owners = Object.entries(access.owners ?? {});
  for (const [key, becomes] of owners) {
    it(`${becomes ? "becomes" : "does not become"} the ${key} of what they create`, async () => {
      const me = await personOf(who, world());
      const body = await bodyOf(entity, access, me ?? (await world().person()), world());
      for (const [left] of owners) delete body[left];
      const answer = await world().request("POST", path, me, body);
      const missing = owners.find(([name, filled]) => !filled && isRequired(entity, name))?.[0];
      if (missing !== undefined) {
        assert.deepEqual([answer.status, answer.body.errors?.[0]?.pointer], [422, `/${missing}`]);
        return;
      }
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      assert.equal((await world().stored(entity, answer.body.id))[key], becomes ? me?.id : null);
    });
  }

  if (access.others !== undefined) {
    it(access.others ? "creates records of somebody else" : "creates no record of somebody else", async () => {
      const me = await personOf(who, world());
      const { id: other } = await world().person();
      const body = await bodyOf(entity, access, me ?? (await world().person()), world());
      for (const [key] of owners) body[key] = other;
      const answer = await world().request("POST", path, me, body);
      assert.equal(answer.status, access.others ? 201 : 403, JSON.stringify(answer.body));
      if (access.others) for (const [key] of owners) assert.equal((await world().stored(entity, answer.body.id))[key], other);
    });
  }

  it(`updates ${access.update}`, async () => {
    const { me, records } = await scene(entity, who, world());
    for (const { whose, id } of records) {
      const answer = await world().request("PATCH", `${path}/${id}`, me, {});
      expectChange(answer, includes(access.read, whose), includes(access.update, whose), 200, whose);
    }
  });

  const keeps = access.keeps ?? [];
  if (keeps.length > 0) {
    it("may not make somebody else the owner", async () => {
      const { me, records } = await scene(entity, who, world());
      const { id: other } = await world().person();
      const id = records.find(({ whose }) => whose === "own")?.id ?? "";
      const answer = await world().request("PATCH", `${path}/${id}`, me, Object.fromEntries(keeps.map((key) => [key, other])));
      assert.equal(answer.status, 403, JSON.stringify(answer.body));
      for (const key of keeps) assert.equal((await world().stored(entity, id))[key], me?.id);
    });
  }

  it(`deletes ${access.delete}`, async () => {
    const { me, records } = await scene(entity, who, world());
    for (const { whose, id } of records) {
      const answer = await world().request("DELETE", `${path}/${id}`, me);
      expectChange(answer, includes(access.read, whose), includes(access.delete, whose), 204, whose);
    }
  });

  for (const [name, level] of Object.entries(access.transitions ?? {})) {
    it(`${name}: ${level}`, async () => {
      const me = await personOf(who, world());
      const transition = entity.transitions[name];
      assert.ok(transition);
      const from = { [transition.field]: transition.from[0] };
      const other = await world().person();
      const records: Scene["records"] = [{ whose: "others", id: await world().insert(entity, other, from) }];
      if (me) records.push({ whose: "own", id: await world().insert(entity, me, from) });
      for (const { whose, id } of records) {
        const answer = await world().request("POST", `${path}/${id}/${transition.path}`, me);
        expectChange(answer, includes(access.read, whose), includes(level, whose), 200, whose);
        if (answer.status === 200 && transition.field in answer.body) assert.equal(answer.body[transition.field], transition.to);
      }
    });
  }

  for (const [name, { read, write }] of Object.entries(access.fields ?? {})) {
    if (read !== undefined) {
      it(`reads ${name} of ${read}`, async () => {
        const { me, records } = await scene(entity, who, world());
        for (const { whose, id } of records) {
          if (!includes(access.read, whose)) continue;
          const { body } = await world().request("GET", `${path}/${id}`, me);
          assert.equal(name in body, includes(read, whose), whose);
        }
      });
    }
    if (write !== undefined) {
      it(`writes ${name} of ${write}`, async () => {
        const { me, records } = await scene(entity, who, world());
        for (const { whose, id } of records) {
          if (!includes(access.read, whose) || !includes(access.update, whose)) continue;
          const value = (await world().input(entity, me ?? (await world().person())))[name];
          const nothing = isMany(entity, name) ? [] : null;
          const { status, body } = await world().request("PATCH", `${path}/${id}`, me, { [name]: value ?? nothing });
          if (includes(write, whose)) assert.equal(status, 200, JSON.stringify(body));
          else assert.deepEqual([status, body.errors?.[0]?.pointer], [403, `/${name}`]);
        }
      });
    }
  }
}

function expectChange(answer: Answer, readable: boolean, allowed: boolean, success: number, whose: string): void {
  const explanation = `${whose}: ${JSON.stringify(answer)}`;
  if (!readable) assert.equal(answer.status, 404, explanation);
  else if (allowed) assert.equal(answer.status, success, explanation);
  else assert.ok(isRefused(answer), explanation);
}

/** What clients can make up in the address of a list is answered, refused, or not valid: never a fault of the server. */
function proveQuestions(entity: Entity, access: Access[], world: () => World): void {
  const somebody = access.find(({ read }) => read !== "none");
  if (!somebody) return;
  it("answers every question or says what is wrong with it", async () => {
    const me = await personOf(somebody.who, world());
    await world().insert(entity, me ?? (await world().person()));
    const ask = async (question: string) => (await world().request("GET", `/api/${entity.path}${question}`, me)).status;
    assert.equal(await ask("?search=100%25&count=true"), 200);
    assert.equal(await ask("?cursor=constructor"), 422);
    for (const { name, type, list } of columnsOf(entity).values()) {
      for (const operator of ["", ".ne", ".lt", ".gte", ".in", ".contains", ".isNull", ".constructor"]) {
        const status = await ask(`?${name}${operator}=constructor`);
        const known = list || ["string", "text", "email", "url", "phone", "slug"].includes(type);
        assert.ok([403, 422, ...(known ? [200] : [])].includes(status), `${name}${operator}: ${status}`);
      }
      for (const question of [`?sort=-${name}`, `/aggregate?groupBy=${name}`, `/aggregate?fn=max&field=${name}`, `/aggregate?fn=avg&field=${name}`]) {
        const status = await ask(question);
        assert.ok([200, 403, 422].includes(status), `${question}: ${status}`);
      }
    }
  });
}

/** Somebody who may create a record and write this property. */
function creator(access: Access[], name: string): Access | undefined {
  return access.find(({ create, incomplete, fields }) => create !== "none" && !incomplete && fields?.[name]?.write !== "none");
}

function proveValidation(entity: Entity, { access, refused, lists, unique, exclusive }: Promises, world: () => World): void {
  const path = `/api/${entity.path}`;
  const prepare = async (creating: Access) => {
    const me = await personOf(creating.who, world());
    const owner = me ?? (await world().person());
    return { me, owner, body: await bodyOf(entity, creating, owner, world()) };
  };

  for (const [name, value] of refused) {
    it(`refuses ${JSON.stringify(value).slice(0, 60)} as ${name}`, async () => {
      const somebody = creator(access, name);
      if (!somebody) {
        assert.equal(entity.create.shape[name]?.safeParse(value).success, false);
        return;
      }
      const { me, body } = await prepare(somebody);
      const answer = await world().request("POST", path, me, { ...body, [name]: value });
      assert.equal(answer.status, 422, JSON.stringify(answer.body));
      assert.ok(answer.body.errors.some(({ pointer }: { pointer: string }) => pointer.startsWith(`/${name}`)));
    });
  }

  for (const [name, [least, most]] of Object.entries(lists)) {
    it(`takes ${least} to ${most} items as ${name}`, () => {
      const [item] = [samples[entity.name]?.(1)[name]].flat();
      const takes = (length: number) => entity.create.shape[name]?.safeParse(Array.from({ length }, () => item)).success;
      assert.deepEqual([takes(Math.max(least - 1, 0)), takes(least), takes(most), takes(most + 1)], [least === 0, true, true, false]);
    });
  }

  const somebody = creator(access, "");
  if (!somebody) return;

  it("refuses properties that it does not know and those that only the server sets", async () => {
    const { me, body } = await prepare(somebody);
    const unknown = await world().request("POST", path, me, { ...body, "no such property": 1 });
    assert.equal(unknown.status, 422);
    const fixed = await world().request("POST", path, me, { ...body, id: "00000000-0000-4000-8000-000000000000" });
    assert.deepEqual([fixed.status, fixed.body.errors[0].pointer], [403, "/id"]);
  });

  for (const name of unique) {
    it(`refuses a second record with the same ${name}`, async () => {
      const { me, body } = await prepare(creator(access, name) ?? somebody);
      await world().insert(entity, await world().person(), { [name]: body[name] });
      const { status, body: problem } = await world().request("POST", path, me, body);
      assert.deepEqual([status, problem.errors?.[0]?.pointer], [409, `/${name}`]);
    });
  }

  const slugs = Object.keys(entity.fields).filter((name) => entity.fields[name]?.type === "slug");
  if (slugs.length > 0) {
    it("makes different slugs at the same moment", async () => {
      const { me, body } = await prepare(somebody);
      for (const name of slugs) delete body[name];
      const answers = await Promise.all([1, 2, 3].map(() => world().request("POST", path, me, body)));
      const refusals = answers.flatMap((answer) => answer.body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);
      for (const name of slugs) assert.ok(!refusals.includes(`/${name}`), JSON.stringify(answers));
    });
  }

  if (exclusive) {
    it("refuses a record that overlaps with another", async () => {
      const { me, owner, body } = await prepare(somebody);
      await world().insert(entity, owner, body);
      const { status, body: problem } = await world().request("POST", path, me, body);
      assert.equal(status, 409, JSON.stringify(problem));
    });
  }
}

function proveTransitions(entity: Entity, access: Access[], world: () => World): void {
  for (const [name, transition] of Object.entries(entity.transitions)) {
    const values = Object.keys(entity.fields[transition.field]?.values ?? {});
    const wrong = values.filter((value) => !transition.from.includes(value));
    const somebody = access.find(({ read, transitions }) => read !== "none" && (transitions?.[name] ?? "none") !== "none");
    if (!somebody || wrong.length === 0) continue;
    it(`does not ${name} what is ${wrong.join(" or ")}`, async () => {
      const me = somebody.who.signedIn ? await world().person(...somebody.who.roles) : undefined;
      for (const value of wrong) {
        await world().clear(entity);
        const id = await world().insert(entity, me ?? (await world().person()), { [transition.field]: value });
        const { status } = await world().request("POST", `/api/${entity.path}/${id}/${transition.path}`, me);
        assert.equal(status, 409, value);
      }
    });
  }
}

function proveRemoval(entity: Entity, { access, unique, exclusive, references }: Promises, world: () => World): void {
  for (const { entity: referring, key, onDelete } of references) {
    it(`is deleted with ${onDelete} for the ${key} of ${referring.name}`, async () => {
      const id = await world().insert(entity, await world().person());
      const many = isMany(referring, key);
      const reference = await world().insert(referring, await world().person(), { [key]: many ? [id] : id });
      if (onDelete === "restrict") {
        await assert.rejects(world().remove(entity, id));
        await world().remove(referring, reference);
      }
      await world().remove(entity, id);
      assert.equal(await world().find(entity, id), undefined);
      const left = await world().find(referring, reference);
      if (onDelete === "setNull") assert.deepEqual(left?.[key], many ? [] : null);
      else assert.equal(left, undefined);
    });
  }

  for (const relation of Object.values(entity.relations)) {
    const somebody = creator(access, relation.key);
    const target = relation.target();
    if (target === "user" || !somebody || !(relation.key in entity.create.shape)) continue;
    it(`refuses to refer by ${relation.key} to what is being deleted`, async () => {
      const me = await personOf(somebody.who, world());
      const owner = me ?? (await world().person());
      const body = await bodyOf(entity, somebody, owner, world());
      const id = await world().insert(target, owner);
      let answer: Promise<Answer> | undefined;
      await world().remove(target, id, async () => {
        answer = world().request("POST", `/api/${entity.path}`, me, { ...body, [relation.key]: relation.kind === "toMany" ? [id] : id });
        await Promise.race([answer, setTimeout(50)]);
      });
      const refusal = await answer;
      assert.deepEqual([refusal?.status, refusal?.body.errors?.[0]?.pointer], [422, `/${relation.key}`]);
    });
  }

  if (unique.length === 0 && !exclusive) return;
  it("accepts the values of a record that was deleted", async () => {
    const owner = await world().person();
    const values = await world().input(entity, owner);
    await world().remove(entity, await world().insert(entity, owner, values));
    await world().insert(entity, owner, values);
  });
}
