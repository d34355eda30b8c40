import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, join, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import type { MiddlewareHandler } from "hono";
import type { Environment } from "./context.ts";

const types: { [extension: string]: string } = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** Serves the built interface. A path that names no file is a page of the app: its router takes it from there. */
export function serveWeb(folder: string): MiddlewareHandler<Environment> {
  const root = resolve(folder);
  return async (c, next) => {
    if (!["GET", "HEAD"].includes(c.req.method)) return await next();
    const wanted = await findFile(root, c.req.path);
    const isPage = extname(c.req.path) === "";
    const path = wanted ?? (isPage ? join(root, "index.html") : undefined);
    if (path === undefined) return await next();
    // The bundler puts a hash of the content into every name but that of the page itself.
    const hashed = /-[A-Z0-9]{8}\.\w+$/.test(path);
    return new Response(c.req.method === "HEAD" ? null : (Readable.toWeb(createReadStream(path)) as ReadableStream), {
      headers: {
        "content-type": types[extname(path)] ?? "application/octet-stream",
        "cache-control": hashed ? "public, max-age=31536000, immutable" : "no-cache",
      },
    });
  };
}

async function findFile(root: string, path: string): Promise<string | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const file = resolve(root, `.${decoded}`);
  if (decoded.includes("\0") || !file.startsWith(root + sep)) return undefined;
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? file : undefined;
}
