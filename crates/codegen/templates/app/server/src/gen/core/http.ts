import { randomUUID } from "node:crypto";
import type { Context, Handler, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Config } from "./config.ts";
import type { App, Environment } from "./context.ts";
import { log } from "./log.ts";
import { Problem, forbidden, notFound } from "./problem.ts";

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Who asked the outermost of so many proxies, by what they wrote down. */
export function clientAddress(forwardedFor: string | null, proxies: number): string | undefined {
  return proxies === 0 ? undefined : forwardedFor?.split(",").at(-proxies)?.trim();
}

/** Names the request, by the name the proxy gave it where there is one, and logs it when it is answered. */
export const requestLog: MiddlewareHandler<Environment> = async (c, next) => {
  const begun = performance.now();
  const given = c.req.header("x-request-id") ?? "";
  c.set("requestId", uuidPattern.test(given) ? given.toLowerCase() : randomUUID());
  await next();
  c.header("x-request-id", c.get("requestId"));
  log("info", "request", {
    requestId: c.get("requestId"),
    method: c.req.method,
    path: c.req.path,
    status: c.res.status,
    milliseconds: Math.round(performance.now() - begun),
  });
};

/** Headers that keep browsers from doing more with an answer than was meant. */
export const securityHeaders: MiddlewareHandler<Environment> = async (c, next) => {
  await next();
  const headers = c.res.headers;
  headers.set("x-content-type-options", "nosniff");
  headers.set("x-frame-options", "DENY");
  headers.set("referrer-policy", "same-origin");
  if (!c.req.path.startsWith("/api/")) return;
  headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
};

/** Refuses changes that another site makes a browser ask for. */
export function sameOrigin(config: Config): MiddlewareHandler<Environment> {
  return async (c, next) => {
    if (!["GET", "HEAD", "OPTIONS"].includes(c.req.method) && isForeign(c, config)) throw forbidden("This request comes from another site.");
    await next();
  };
}

/**
 * Browsers say themselves whether a page asks its own site, by whatever name it was reached; no page can make them say otherwise.
 * Older ones name the page's origin alone: it must be the app's, or be made of the name for which the proxy before us was asked.
 */
function isForeign(c: Context<Environment>, { origin, proxies }: Config): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const from = c.req.header("origin");
  if (from === undefined || from === origin) return false;
  const asked = proxies > 0 ? c.req.header("x-forwarded-host") : undefined;
  return asked === undefined || (from !== `https://${asked}` && from !== `http://${asked}`);
}

/** At most 1 MB. */
export const limitBody = bodyLimit({
  maxSize: 1_048_576,
  onError: () => {
    // What was not read would be taken for the next request.
    throw new Problem(413, "The body of a request is at most 1 MB.", [], { connection: "close" });
  },
});

/** Answers what no route takes: by the methods that the path has, or else that there is no such path. */
export function otherMethods(app: App): Handler<Environment> {
  return (c) => {
    const { path, method } = c.req;
    const allowed = [...new Set(app.routes.map((route) => route.method))].filter(
      (name) => name !== "ALL" && app.router.match(name, path)[0].some(([[, route]]) => route.method === name),
    );
    if (allowed.length === 0) throw notFound();
    const allow = [...allowed, ...(allowed.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
    if (method === "OPTIONS") return c.body(null, 204, { allow });
    throw new Problem(405, `This can be asked for with ${allow}.`, [], { allow });
  };
}

/** The body of a request as JSON. */
export async function readJson(c: Context<Environment>): Promise<unknown> {
  const type = c.req.header("content-type") ?? "";
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) throw new Problem(415, "Please send JSON: Content-Type: application/json.");
  const text = await c.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, "The body is not valid JSON.");
  }
}

/** An id in the path; what cannot be one names nothing. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
