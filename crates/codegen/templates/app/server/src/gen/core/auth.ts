import { type Context, Hono } from "hono";
import * as z from "zod";
import * as scalars from "../../../../shared/gen/scalars.ts";
import { adminRoleIds, rolesFromIds, signUpRoleIds } from "../roles.ts";
import type { App, Environment, Services } from "./context.ts";
import type { Connection } from "./db.ts";
import { readJson } from "./http.ts";
import { parseBody } from "./input.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";
import type { Person } from "./permissions.ts";
import { Problem, invalid, refused } from "./problem.ts";
import { beginSession, clearSessionCookie, endOtherSessions, endSession, readToken, setSessionCookie } from "./sessions.ts";
import { Throttle } from "./throttle.ts";

const newPassword = z
  .string("Please enter a password.")
  .min(8, "Please use at least 8 characters.")
  .max(200, "Please use at most 200 characters.");
const givenPassword = z.string("Please enter your password.").max(200, "Please use at most 200 characters.");

export const signUpInput = z.strictObject({ name: scalars.text({ min: 1, max: 100 }), email: scalars.email(), password: newPassword });
export const signInInput = z.strictObject({ email: scalars.email(), password: givenPassword });
export const passwordInput = z.strictObject({ current: givenPassword, new: newPassword });

/** Sign-up, sign-in and what belongs to one's own account. */
export function authRoutes({ config, database }: Services): App {
  const routes = new Hono<Environment>();
  const signIns = new Throttle(10, 15 * 60_000);
  const signUps = new Throttle(20, 60 * 60_000);

  const signedIn = async (c: Context<Environment>, person: Person, status: 200 | 201) => {
    const token = await beginSession(database, person.id);
    setSessionCookie(c, token, config.origin);
    return c.json({ user: person, token }, status);
  };

  routes.post("/sign-up", async (c) => {
    const { name, email, password } = parseBody(signUpInput, await readJson(c));
    const address = c.env?.address ?? "";
    signUps.check(address);
    // Counted before anything is awaited: many attempts at once are as many attempts.
    signUps.failed(address);
    const person = await createPerson(database, { name, email, password, roleIds: signUpRoleIds });
    if (!person) throw new Problem(409, "There is an account with this e-mail address.", [{ pointer: "/email", detail: "There is an account with this e-mail address." }]);
    return await signedIn(c, person, 201);
  });

  routes.post("/sign-in", async (c) => {
    const { email, password } = parseBody(signInInput, await readJson(c));
    const attempt = `${email} ${c.env?.address ?? ""}`;
    signIns.check(attempt);
    signIns.failed(attempt);
    const [row] = await database`select "id", "email", "name", "roles", "password_hash" from "_user" where "email" = ${email}`;
    if (!(await verifyPassword(password, (row?.password_hash as string | null | undefined) ?? null)) || !row) {
      throw new Problem(401, "The e-mail address or the password is wrong.");
    }
    signIns.succeeded(attempt);
    return await signedIn(c, toPerson(row), 200);
  });

  routes.post("/sign-out", async (c) => {
    const token = readToken(c, config.origin);
    if (token !== undefined) await endSession(database, token);
    clearSessionCookie(c, config.origin);
    return c.body(null, 204);
  });

  routes.get("/me", (c) => c.json({ user: c.get("viewer") }));

  routes.post("/password", async (c) => {
    const viewer = c.get("viewer");
    if (!viewer) throw refused(false);
    const { current, new: next } = parseBody(passwordInput, await readJson(c));
    signIns.check(viewer.id);
    signIns.failed(viewer.id);
    const [row] = await database`select "password_hash" from "_user" where "id" = ${viewer.id}`;
    if (!(await verifyPassword(current, (row?.password_hash as string | null | undefined) ?? null))) {
      throw invalid([{ pointer: "/current", detail: "This is not your password." }]);
    }
    signIns.succeeded(viewer.id);
    const hash = await hashPassword(next);
    await database.begin(async (sql) => {
      await sql`update "_user" set "password_hash" = ${hash} where "id" = ${viewer.id}`;
      await endOtherSessions(sql, viewer.id, readToken(c, config.origin));
    });
    return c.body(null, 204);
  });

  return routes;
}

interface NewPerson {
  name: string;
  email: string;
  password: string;
  roleIds: readonly string[];
}

/** Creates an account; undefined when the e-mail address has one. */
async function createPerson(connection: Connection, { name, email, password, roleIds }: NewPerson): Promise<Person | undefined> {
  const [row] = await connection`
    insert into "_user" ("email", "name", "password_hash", "roles")
    values (${email}, ${name}, ${await hashPassword(password)}, ${[...roleIds]}::text[])
    on conflict ("email") do nothing
    returning "id", "email", "name", "roles"`;
  return row && toPerson(row);
}

/**
 * Makes sure that somebody administrates: creates the first administrator, unless there is an account with that e-mail
 * address. A person of the seeds gets the password. Admin roles that nobody has, such as a new one, go to the first
 * administrator; one that was taken away and that another has stays away.
 */
export async function ensureAdministrator({ config, database }: Services): Promise<void> {
  if (!config.admin) return;
  const { email, password } = config.admin;
  const [existing] = await database`select "password_hash" is null as "seeded" from "_user" where "email" = ${email}`;
  if (!existing) {
    await createPerson(database, { name: "Administrator", email, password, roleIds: adminRoleIds });
    return;
  }
  if (existing.seeded) {
    await database`update "_user" set "password_hash" = ${await hashPassword(password)} where "email" = ${email} and "password_hash" is null`;
  }
  await database`
    update "_user" set "roles" = "roles" || unheld.ids
    from (
      select array_agg(admin.id) as ids from unnest(${[...adminRoleIds]}::text[]) as admin (id)
      where not exists (select from "_user" where admin.id = any("roles"))
    ) as unheld
    where "email" = ${email} and unheld.ids is not null`;
}

function toPerson(row: { [column: string]: unknown }): Person {
  const { id, email, name, roles } = row as { id: string; email: string; name: string; roles: string[] };
  return { id, email, name, roles: rolesFromIds(roles) };
}
