import { createHash, randomBytes } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { rolesFromIds } from "../roles.ts";
import type { Environment, Services } from "./context.ts";
import type { Connection } from "./db.ts";
import type { Person } from "./permissions.ts";

const days = 30;

/** The name of the cookie. With this prefix browsers keep a neighbouring site from setting it for ours. */
export function sessionCookie(origin: string): string {
  return isSecure(origin) ? "__Host-session" : "session";
}

function isSecure(origin: string): boolean {
  return origin.startsWith("https:");
}

/** Finds out who asks. The cookie of a session that is used lives on. */
export function identify({ config, database }: Services): MiddlewareHandler<Environment> {
  return async (c, next) => {
    const token = readToken(c, config.origin);
    const session = token === undefined ? undefined : await findSession(database, token);
    c.set("viewer", session?.person ?? null);
    if (token !== undefined && session?.aging) {
      await database`update "_session" set "expires_at" = now() + ${`${days} days`}::interval where "token_hash" = ${hash(token)}`;
      if (getCookie(c, sessionCookie(config.origin)) === token) setSessionCookie(c, token, config.origin);
    }
    await next();
  };
}

/** Begins a session and returns its token, of which the database keeps a hash only. */
export async function beginSession(connection: Connection, personId: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await connection`delete from "_session" where "user_id" = ${personId} and "expires_at" < now()`;
  await connection`
    insert into "_session" ("token_hash", "user_id", "expires_at")
    values (${hash(token)}, ${personId}, now() + ${`${days} days`}::interval)`;
  return token;
}

export async function endSession(connection: Connection, token: string): Promise<void> {
  await connection`delete from "_session" where "token_hash" = ${hash(token)}`;
}

/** Ends the sessions of a person on all other devices. */
export async function endOtherSessions(connection: Connection, personId: string, token: string | undefined): Promise<void> {
  await connection`delete from "_session" where "user_id" = ${personId} and "token_hash" <> ${hash(token ?? "")}`;
}

/** The token of a request: from a program's header or from a browser's cookie. */
export function readToken(c: Context<Environment>, origin: string): string | undefined {
  const bearer = /^Bearer ([\w-]+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  return bearer ?? getCookie(c, sessionCookie(origin));
}

export function setSessionCookie(c: Context<Environment>, token: string, origin: string): void {
  setCookie(c, sessionCookie(origin), token, { path: "/", httpOnly: true, sameSite: "Lax", secure: isSecure(origin), maxAge: days * 86_400 });
}

export function clearSessionCookie(c: Context<Environment>, origin: string): void {
  deleteCookie(c, sessionCookie(origin), { path: "/", secure: isSecure(origin) });
}

async function findSession(connection: Connection, token: string): Promise<{ person: Person; aging: boolean } | undefined> {
  const [row] = await connection`
    select u."id", u."email", u."name", u."roles", s."expires_at" < now() + ${`${days - 1} days`}::interval as "aging"
    from "_session" s join "_user" u on u."id" = s."user_id"
    where s."token_hash" = ${hash(token)} and s."expires_at" > now()`;
  if (!row) return undefined;
  const { id, email, name, roles, aging } = row as { id: string; email: string; name: string; roles: string[]; aging: boolean };
  return { person: { id, email, name, roles: rolesFromIds(roles) }, aging };
}

function hash(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
