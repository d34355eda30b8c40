import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { adminRoles, roleNames } from "../../shared/gen/roles.ts";
import { clientAddress } from "../src/gen/core/http.ts";
import { rolesFromIds, signUpRoleIds } from "../src/gen/roles.ts";
import { World } from "./support/world.ts";

describe("accounts", () => {
  let world: World;
  before(async () => {
    world = await World.open();
  });
  after(() => world.close());

  const account = () => ({ name: "Kim", email: `Kim.${crypto.randomUUID()}@Example.com`, password: "correct horse" });

  it("signs up, in and out", async () => {
    const kim = account();
    const created = await world.request("POST", "/api/auth/sign-up", undefined, kim);
    assert.equal(created.status, 201);
    assert.equal(created.body.user.email, kim.email.toLowerCase());
    const again = await world.request("POST", "/api/auth/sign-up", undefined, kim);
    assert.deepEqual([again.status, again.body.errors[0].pointer], [409, "/email"]);

    const { email, password } = kim;
    const wrong = await world.request("POST", "/api/auth/sign-in", undefined, { email, password: "wrong horse" });
    assert.equal(wrong.status, 401);
    const { body: session } = await world.request("POST", "/api/auth/sign-in", undefined, { email, password });
    const person = { id: session.user.id, token: session.token };
    assert.equal((await world.request("GET", "/api/auth/me", person)).body.user.id, person.id);
    assert.equal((await world.request("POST", "/api/auth/sign-out", person)).status, 204);
    assert.equal((await world.request("GET", "/api/auth/me", person)).body.user, null);
  });

  it("gives who signs up the roles of everybody who does, whatever they ask for", async () => {
    const kim = account();
    const asked = await world.request("POST", "/api/auth/sign-up", undefined, { ...kim, roles: roleNames });
    assert.deepEqual([asked.status, asked.body.errors[0].pointer], [422, "/roles"]);
    const { body: created } = await world.request("POST", "/api/auth/sign-up", undefined, kim);
    const { body: session } = await world.request("GET", "/api/auth/me", { id: "", token: created.token });
    assert.deepEqual(session.user.roles, rolesFromIds(signUpRoleIds));
  });

  it("changes the password and ends the other sessions", async () => {
    const { email, password, name } = account();
    const { body: first } = await world.request("POST", "/api/auth/sign-up", undefined, { email, password, name });
    const { body: second } = await world.request("POST", "/api/auth/sign-in", undefined, { email, password });
    const change = await world.request("POST", "/api/auth/password", { id: "", token: second.token }, { current: password, new: "battery staple" });
    assert.equal(change.status, 204);
    assert.equal((await world.request("GET", "/api/auth/me", { id: "", token: first.token })).body.user, null);
    assert.equal((await world.request("POST", "/api/auth/sign-in", undefined, { email, password })).status, 401);
    const renewed = await world.request("POST", "/api/auth/sign-in", undefined, { email, password: "battery staple" });
    assert.equal(renewed.status, 200);
  });

  it("keeps a session in a cookie that no other site can use or set", async () => {
    const secure = await World.open("https://app.example.com", 1);
    const created = await secure.request("POST", "/api/auth/sign-up", undefined, account());
    const cookie = created.headers.get("set-cookie") ?? "";
    for (const part of [/^__Host-session=[\w-]+;/, /; Path=\//, /; HttpOnly/, /; Secure/, /; SameSite=Lax/]) assert.match(cookie, part);
    assert.doesNotMatch(cookie, /Domain/);
    const who = async (header: string) => (await secure.request("GET", "/api/auth/me", undefined, undefined, { cookie: header })).body.user?.id ?? null;
    assert.equal(await who(`__Host-session=${created.body.token}`), created.body.user.id);
    assert.equal(await who(`session=${created.body.token}`), null);
    const change = (headers: { [name: string]: string }) =>
      secure.request("POST", "/api/auth/sign-out", undefined, undefined, { cookie: `__Host-session=${created.body.token}`, ...headers });
    assert.equal((await change({ origin: "https://other.example.com" })).status, 403);
    assert.equal((await change({ "sec-fetch-site": "cross-site" })).status, 403);
    assert.equal((await change({ origin: "https://www.example.com", "sec-fetch-site": "same-site" })).status, 403);
    assert.equal((await change({ origin: "https://other.example.com", "x-forwarded-host": "www.example.com" })).status, 403);
    // The app may have several names.
    assert.equal((await change({ origin: "https://www.example.com", "x-forwarded-host": "www.example.com" })).status, 204);
    assert.equal((await change({ origin: "https://www.example.com", "sec-fetch-site": "same-origin" })).status, 204);
    assert.equal((await change({ origin: "https://app.example.com" })).status, 204);
    await secure.close();
  });

  it("slows down guessing", async () => {
    const { email } = account();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 11; attempt += 1) {
      statuses.push((await world.request("POST", "/api/auth/sign-in", undefined, { email, password: "guess" })).status);
    }
    assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429]);
  });

  it("knows who asks by the proxies that it trusts", () => {
    const forwardedFor = "made up, 192.0.2.7, 198.51.100.4";
    assert.equal(clientAddress(forwardedFor, 0), undefined);
    assert.equal(clientAddress(forwardedFor, 1), "198.51.100.4");
    assert.equal(clientAddress(forwardedFor, 2), "192.0.2.7");
    assert.equal(clientAddress(null, 1), undefined);
  });

  it("lets administrators alone give roles", async () => {
    const somebody = await world.person();
    const path = `/api/users/${somebody.id}`;
    assert.equal((await world.request("PATCH", path, undefined, { roles: [] })).status, 401);
    assert.equal((await world.request("PATCH", path, somebody, { roles: [] })).status, 403);
    for (const role of roleNames.filter((name) => !adminRoles.includes(name))) {
      const { status } = await world.request("PATCH", path, await world.person(role), { roles: [role] });
      assert.equal(status, 403, role);
    }
    for (const role of adminRoles) {
      const admin = await world.person(role);
      const { status, body } = await world.request("PATCH", path, admin, { roles: [role] });
      assert.deepEqual([status, body.roles], [200, [role]]);
    }
  });

  it("answers every error as a problem", async () => {
    for (const [method, path, status] of [
      ["GET", "/api/nothing-here", 404],
      ["GET", "/api/users", 401],
      ["POST", "/api/auth/sign-in", 415],
    ] as const) {
      const answer = await world.request(method, path, undefined);
      assert.deepEqual([answer.status, answer.body.status], [status, status]);
    }
  });

  it("says which methods a path has", async () => {
    const { status, body, headers } = await world.request("PUT", "/api/auth/me", undefined);
    assert.deepEqual([status, body.status, headers.get("allow")], [405, 405, "GET, HEAD, OPTIONS"]);
    const options = await world.request("OPTIONS", "/api/auth/sign-in", undefined);
    assert.deepEqual([options.status, options.headers.get("allow")], [204, "POST, OPTIONS"]);
    const head = await world.request("HEAD", "/api/auth/me", undefined);
    assert.deepEqual([head.status, head.body], [200, undefined]);
    for (const method of ["HEAD", "OPTIONS", "PUT"]) {
      assert.equal((await world.request(method, "/api/nothing-here", undefined)).status, 404);
    }
  });
});
