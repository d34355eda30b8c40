// Drives a whole build with the client that openapi-typescript and openapi-fetch make from openapi/control-plane.json:
// sign in, push a design, build it, wait until it is live, build another version, roll back. Prints one line of JSON.
//
// Environment: SLIPFORM_API, SLIPFORM_EMAIL, SLIPFORM_PASSWORD, SLIPFORM_DESIGN (a file), SLIPFORM_APP (a slug that is free).

import { readFile } from "node:fs/promises";
import { get } from "node:http";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/control-plane.js";

type Build = components["schemas"]["BuildBody"];
type Problem = components["schemas"]["Problem"];

function setting(name: string): string {
    const value = process.env[name];
    if (value === undefined) throw new Error(`${name} is not set`);
    return value;
}

function expect<T>(actual: T, expected: T, what: string): void {
    if (actual !== expected) throw new Error(`${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
}

/** What an operation answered, or its problem as an exception. */
function good<T>(answer: { data?: T; error?: Problem; response: Response }, status: number): NonNullable<T> {
    if (answer.error !== undefined) throw new Error(`${answer.response.url}: ${answer.error.status} ${answer.error.type}: ${answer.error.detail ?? ""}`);
    expect(answer.response.status, status, `the status of ${answer.response.url}`);
    if (answer.data === undefined || answer.data === null) throw new Error(`${answer.response.url} answered nothing`);
    return answer.data;
}

/** The status with which a live app answers. Names below localhost need not resolve here: this machine is asked. */
function statusOf(address: string): Promise<number | undefined> {
    const url = new URL(address);
    const options = { host: "127.0.0.1", port: url.port, path: "/", headers: { host: url.host } };
    return new Promise((resolve, reject) => get(options, (answer) => resolve(answer.resume().statusCode)).on("error", reject));
}

const began = Date.now();
const slug = setting("SLIPFORM_APP");
const api = createClient<paths>({ baseUrl: setting("SLIPFORM_API") });

const credentials = { email: setting("SLIPFORM_EMAIL"), password: setting("SLIPFORM_PASSWORD") };
const session = good(await api.POST("/v1/auth/sign-in", { body: credentials }), 200);
api.use({
    onRequest({ request }) {
        request.headers.set("authorization", `Bearer ${session.accessToken}`);
        return request;
    },
});
const org = session.organizations[0]?.slug;
if (org === undefined) throw new Error("the person is in no organization");
const app = { org, app: slug };
const production = { ...app, env: "production" };

async function push(design: components["schemas"]["Design"]): Promise<number> {
    return good(await api.POST("/v1/organizations/{org}/apps/{app}/designs", { params: { path: app, query: { message: "by a client" } }, body: design }), 201).number;
}

async function ended(started: Build): Promise<Build> {
    const end = Date.now() + 120_000;
    let build = started;
    while (build.state === "queued" || build.state === "running") {
        if (Date.now() > end) throw new Error(`the build does not end: ${JSON.stringify(build)}`);
        const params = { path: { ...app, build: started.number }, header: { Prefer: "wait=10" } };
        build = good(await api.GET("/v1/organizations/{org}/apps/{app}/builds/{build}", { params }), 200);
    }
    expect(build.state, "succeeded", `the state of build ${build.number} (${JSON.stringify(build.error)})`);
    return build;
}

async function live(release: number): Promise<string> {
    const environment = good(await api.GET("/v1/organizations/{org}/apps/{app}/environments/{env}", { params: { path: production } }), 200);
    expect(environment.liveRelease, release, "the live release");
    expect(await statusOf(environment.url), 200, `the status of ${environment.url}`);
    return environment.url;
}

const design = JSON.parse(await readFile(setting("SLIPFORM_DESIGN"), "utf8"));
good(await api.POST("/v1/organizations/{org}/apps", { params: { path: { org } }, body: { slug, name: "By TypeScript" } }), 201);

expect(await push(design), 1, "the number of the first design");
const start = { params: { path: app }, body: { environment: "production" } };
const first = await ended(good(await api.POST("/v1/organizations/{org}/apps/{app}/builds", start), 202));
await live(1);

design.app.description = "Another version.";
expect(await push(design), 2, "the number of the second design");
const second = await ended(good(await api.POST("/v1/organizations/{org}/apps/{app}/builds", start), 202));
await live(2);

const back = await ended(good(await api.POST("/v1/organizations/{org}/apps/{app}/environments/{env}/rollback", { params: { path: production }, body: {} }), 202));
expect(back.kind, "rollback", "the kind of the last build");
const url = await live(1);

// What the client knows of the rest: a page of a list, and an error.
const builds = good(await api.GET("/v1/organizations/{org}/apps/{app}/builds", { params: { path: app, query: { limit: 2, state: "succeeded" } } }), 200);
expect(builds.items.map((build) => build.number).join(), `${back.number},${second.number}`, "the page of builds");
const missing = await api.GET("/v1/organizations/{org}/apps/{app}", { params: { path: { org, app: "no-such-app" } } });
expect(missing.error?.type, "urn:slipform:problem:not-found", "the problem of a missing app");
expect((await api.POST("/v1/auth/sign-out", { body: { refreshToken: session.refreshToken } })).response.status, 204, "the status of the sign-out");

const numbers = [first, second, back].map((build) => build.number);
console.log(JSON.stringify({ client: "openapi-typescript", app: slug, builds: numbers, liveRelease: 1, url, seconds: (Date.now() - began) / 1000 }));
