// A stand-in for a generated server: it listens as one does, and does on request what a broken or hostile one would.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const VERSION = "%VERSION%";
const HEALTH = Number("%HEALTH%");
const require = createRequire(import.meta.url);
const AsyncFunction = (async () => {}).constructor;

console.log(JSON.stringify({ level: "info", message: `version ${VERSION} starts` }));
if (HEALTH === 0) {
  console.error("Error: the ledger of birds is missing");
  process.exit(7);
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://app");
  const say = (status, value) => {
    response.writeHead(status, { "content-type": "application/json", "x-version": VERSION });
    response.end(JSON.stringify(value));
  };
  switch (url.pathname) {
    case "/api/health":
      return say(globalThis.health ?? HEALTH, { status: "as it is" });
    case "/api/version":
      return say(200, VERSION);
    case "/api/slow":
      await new Promise((done) => setTimeout(done, Number(url.searchParams.get("ms"))));
      return say(200, VERSION);
    case "/api/echo":
      return say(200, { method: request.method, url: request.url, headers: request.headers, body: (await body(request)).toString() });
    case "/api/stream":
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (let i = 0; i < 5; i++) {
        response.write(`data: ${i}\n\n`);
        await new Promise((done) => setTimeout(done, 50));
      }
      return response.end();
    case "/api/run":
      try {
        const result = await new AsyncFunction("require", (await body(request)).toString())(require);
        return say(200, { result: result ?? null });
      } catch (error) {
        return say(200, { error: String(error.code ?? error) });
      }
    default:
      return say(404, { title: "not found" });
  }
});
server.on("upgrade", (request, socket) => {
  socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n");
  socket.pipe(socket);
});
server.listen(process.env.SOCKET_PATH);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
