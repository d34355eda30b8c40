// Compiles the server and the interface into dist/. With --watch it goes on doing so and runs the server; with --tests it
// compiles the tests instead.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import * as esbuild from "esbuild";

const watch = process.argv.includes("--watch");

const server = {
  entryPoints: ["server/src/main.ts", "server/src/migrate.ts"],
  outdir: "dist/server",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  // Packages written for CommonJS call require.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
};

const tests = {
  ...server,
  entryPoints: readdirSync("server/tests").filter((name) => name.endsWith(".test.ts")).map((name) => `server/tests/${name}`),
  outdir: "dist/tests",
};

const web = {
  entryPoints: ["web/src/main.tsx"],
  outdir: "dist/web/assets",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  minify: !watch,
  sourcemap: true,
  metafile: true,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  define: { "process.env.NODE_ENV": watch ? '"development"' : '"production"' },
  plugins: [{ name: "page", setup: (build) => build.onEnd(writePage) }],
};

/** Writes index.html with the names that the bundler chose. */
function writePage({ metafile }) {
  if (!metafile) return;
  const [file, output] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === "web/src/main.tsx");
  const style = output.cssBundle ? `<link rel="stylesheet" href="/assets/${basename(output.cssBundle)}" />` : "";
  const page = readFileSync("web/index.html", "utf8")
    .replace("./src/main.tsx", `/assets/${basename(file)}`)
    .replace("</head>", () => `  ${style}\n  </head>`);
  writeFileSync("dist/web/index.html", page);
}

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist/web", { recursive: true });
if (existsSync("web/public")) cpSync("web/public", "dist/web", { recursive: true });

if (process.argv.includes("--tests")) {
  await esbuild.build(tests);
} else if (watch) {
  const builds = await Promise.all([server, web].map((options) => esbuild.context(options)));
  // To watch is not to wait: what runs and what it serves must be there before it starts.
  await Promise.all(builds.map((build) => build.rebuild()));
  for (const build of builds) await build.watch();
  const environment = { APP_URL: "http://localhost:3000", WEB_ROOT: "dist/web", ...process.env };
  spawn(process.execPath, ["--watch", "--enable-source-maps", "dist/server/main.mjs"], { stdio: "inherit", env: environment });
} else {
  await Promise.all([esbuild.build(server), esbuild.build(web)]);
}
