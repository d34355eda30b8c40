import * as z from "zod";
import { passwordInput, signInInput, signUpInput } from "./auth.ts";
import { type Entity, type ValueType, columnsOf } from "./entity.ts";
import { rolesInput } from "./people.ts";
import { sessionCookie } from "./sessions.ts";

type Json = { [key: string]: unknown };

/** The description of the whole API (OpenAPI 3.1). */
export function openApiDocument(title: string, origin: string, entities: Entity[]): Json {
  return {
    openapi: "3.1.0",
    info: { title, version: "1" },
    servers: [{ url: "/" }],
    security: [{}, { token: [] }, { session: [] }],
    tags: [{ name: "Accounts" }, ...entities.map(({ name }) => ({ name }))],
    paths: Object.assign(accountPaths(), ...entities.map(entityPaths)),
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "The token that sign-in returns." },
        session: { type: "apiKey", in: "cookie", name: sessionCookie(origin) },
      },
      schemas: Object.assign({ ...sharedSchemas }, ...entities.map(entitySchemas)),
      responses: {
        Problem: { description: "Refused (RFC 9457)", content: { "application/problem+json": { schema: ref("Api.Problem") } } },
      },
    },
  };
}

const text = { type: "string" };
const id = { type: "string", format: "uuid" };

/** The dot keeps these apart from entities, whose names have none. */
const sharedSchemas = {
  "Api.Reference": { type: ["object", "null"], required: ["id", "label"], properties: { id, label: { type: ["string", "null"] } } },
  "Api.Person": { type: "object", required: ["id", "name"], properties: { id, name: text, email: text, roles: { type: "array", items: text } } },
  "Api.Session": { type: "object", required: ["user", "token"], properties: { user: { $ref: "#/components/schemas/Api.Person" }, token: text } },
  "Api.Problem": {
    type: "object",
    required: ["type", "title", "status"],
    properties: {
      type: text,
      title: text,
      status: { type: "integer" },
      detail: text,
      instance: text,
      errors: { type: "array", items: { type: "object", required: ["pointer", "detail"], properties: { pointer: text, detail: text } } },
    },
  },
};

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function input(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return json;
}

function content(schema: Json): Json {
  return { "application/json": { schema } };
}

interface Operation {
  id: string;
  tag: string;
  summary: string;
  parameters?: Json[];
  body?: Json;
  status?: number;
  answer?: Json;
}

function operation({ id: operationId, tag, summary, parameters, body, status = 200, answer }: Operation): Json {
  return {
    operationId,
    tags: [tag],
    summary,
    ...(parameters && { parameters }),
    ...(body && { requestBody: { required: true, content: content(body) } }),
    responses: {
      [status]: { description: summary, ...(answer && { content: content(answer) }) },
      default: { $ref: "#/components/responses/Problem" },
    },
  };
}

function query(name: string, description: string, schema: Json = text): Json {
  return { name, in: "query", description, schema };
}

const pathId = { name: "id", in: "path", required: true, schema: id };

function accountPaths(): Json {
  const tag = "Accounts";
  return {
    "/api/auth/sign-up": {
      post: operation({ id: "signUp", tag, summary: "Creates an account and signs in", body: input(signUpInput), status: 201, answer: ref("Api.Session") }),
    },
    "/api/auth/sign-in": { post: operation({ id: "signIn", tag, summary: "Signs in", body: input(signInInput), answer: ref("Api.Session") }) },
    "/api/auth/sign-out": { post: operation({ id: "signOut", tag, summary: "Signs out", status: 204 }) },
    "/api/auth/me": {
      get: operation({
        id: "whoAmI",
        tag,
        summary: "The person who asks, or null",
        answer: { type: "object", required: ["user"], properties: { user: { oneOf: [ref("Api.Person"), { type: "null" }] } } },
      }),
    },
    "/api/auth/password": { post: operation({ id: "changePassword", tag, summary: "Changes one's own password", body: input(passwordInput), status: 204 }) },
    "/api/users": {
      get: operation({
        id: "listPeople",
        tag,
        summary: "People, at most 100",
        parameters: [query("search", "Part of a name")],
        answer: page(ref("Api.Person")),
      }),
    },
    "/api/users/{id}": {
      patch: operation({ id: "setRoles", tag, summary: "Gives a person roles", parameters: [pathId], body: input(rolesInput), answer: ref("Api.Person") }),
    },
    "/api/meta": { get: operation({ id: "abilities", tag, summary: "What the one who asks may create and read", answer: { type: "object" } }) },
    "/api/health": { get: operation({ id: "health", tag, summary: "Whether the server can do its work", answer: { type: "object" } }) },
  };
}

function page(item: Json): Json {
  return {
    type: "object",
    required: ["items", "nextCursor"],
    properties: { items: { type: "array", items: item }, nextCursor: { type: ["string", "null"] }, total: { type: "integer" } },
  };
}

function entityPaths(entity: Entity): Json {
  const { name, path, label } = entity;
  const lower = label.toLowerCase();
  const tag = name;
  const filters = [...columnsOf(entity).values()].map((column) =>
    query(column.name, "Equal to; with .ne .lt .lte .gt .gte .in .contains .isNull behind the name: compared that way"),
  );
  const ifMatch = { name: "If-Match", in: "header", required: true, description: 'The version that was read: "1"', schema: text };
  const versioned = entity.version ? [pathId, ifMatch] : [pathId];
  const include = query("include", "Names of relations whose records come along, separated by commas");
  const record = ref(name);
  const transitions = Object.entries(entity.transitions).map(([transition, { path: segment }]) => [
    `/api/${path}/{id}/${segment}`,
    { post: operation({ id: `${transition}${name}`, tag, summary: `${label}: ${transition}`, parameters: [pathId], answer: record }) },
  ]);
  return {
    [`/api/${path}`]: {
      get: operation({
        id: `list${name}`,
        tag,
        summary: `A page of records: ${lower}`,
        parameters: [
          query("search", "Text to look for"),
          query("sort", "Names separated by commas; a hyphen before a name: largest first"),
          query("limit", "Records a page", { type: "integer", minimum: 1, maximum: 100, default: 20 }),
          query("cursor", "The nextCursor of the page before"),
          query("select", "Names of the properties wanted"),
          query("count", "Whether to count all", { type: "boolean" }),
          include,
          ...filters,
        ],
        answer: page(record),
      }),
      post: operation({ id: `create${name}`, tag, summary: `Creates: ${lower}`, body: ref(`${name}.Create`), status: 201, answer: record }),
    },
    [`/api/${path}/aggregate`]: {
      get: operation({
        id: `aggregate${name}`,
        tag,
        summary: `Counts and sums of: ${lower}`,
        parameters: [
          query("fn", "What to compute", { enum: ["count", "sum", "avg", "min", "max"], default: "count" }),
          query("field", "Of which property"),
          query("groupBy", "For each value of which property"),
          ...filters,
        ],
        answer: { type: "object", properties: { items: { type: "array", items: { type: "object", properties: { group: {}, value: {} } } } } },
      }),
    },
    [`/api/${path}/{id}`]: {
      get: operation({ id: `get${name}`, tag, summary: `One record: ${lower}`, parameters: [pathId, include], answer: record }),
      patch: operation({ id: `update${name}`, tag, summary: `Changes: ${lower}`, parameters: versioned, body: ref(`${name}.Update`), answer: record }),
      delete: operation({ id: `delete${name}`, tag, summary: `Deletes: ${lower}`, parameters: [pathId], status: 204 }),
    },
    ...Object.fromEntries(transitions),
  };
}

function entitySchemas(entity: Entity): Json {
  const properties: Json = {};
  for (const column of columnsOf(entity).values()) {
    const hidden = entity.fields[column.name]?.writeOnly;
    if (!hidden) properties[column.name] = column.name === "createdBy" ? ref("Api.Reference") : valueSchema(column);
  }
  for (const [name, relation] of Object.entries(entity.relations)) {
    const many = relation.kind === "toMany";
    properties[name] = many ? { type: "array", items: ref("Api.Reference") } : ref("Api.Reference");
    if (many) properties[relation.key] = { type: "array", items: id };
  }
  properties.can = {
    type: "object",
    properties: { update: { type: "boolean" }, delete: { type: "boolean" }, transitions: { type: "array", items: { enum: Object.keys(entity.transitions) } } },
  };
  return {
    [entity.name]: { type: "object", required: ["id"], properties },
    [`${entity.name}.Create`]: input(entity.create),
    [`${entity.name}.Update`]: input(entity.update),
  };
}

const formats: { [type in ValueType["type"]]?: Json } = {
  integer: { type: ["integer", "null"] },
  duration: { type: ["integer", "null"] },
  boolean: { type: ["boolean", "null"] },
  json: {},
  date: { type: ["string", "null"], format: "date" },
  datetime: { type: ["string", "null"], format: "date-time" },
  uuid: { type: ["string", "null"], format: "uuid" },
};

function valueSchema({ type, list, values }: ValueType): Json {
  const item = values ? { enum: [...Object.keys(values), null] } : (formats[type] ?? { type: ["string", "null"] });
  return list ? { type: ["array", "null"], items: item } : item;
}
