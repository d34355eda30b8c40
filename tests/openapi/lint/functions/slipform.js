// What the standards of Slipform say of its OpenAPI document. Each look walks a part of it and returns what is wrong and where.

const METHODS = ["get", "put", "post", "delete", "patch"];

function* operations(paths) {
    for (const [path, item] of Object.entries(paths)) {
        for (const method of METHODS) if (item[method]) yield { path, method, operation: item[method], at: [path, method] };
    }
}

/** Every body of an operation, sent or answered, each with its status (none: it is sent), its media type and its place. */
function* bodies(paths) {
    for (const { operation, at } of operations(paths)) {
        const places = [[undefined, operation.requestBody, [...at, "requestBody"]]];
        for (const [status, response] of Object.entries(operation.responses ?? {})) places.push([status, response, [...at, "responses", status]]);
        for (const [status, body, place] of places) {
            for (const [media, content] of Object.entries(body?.content ?? {})) yield { status, media, content, at: [...place, "content", media] };
        }
    }
}

/** The examples of a body or a parameter, each with its place. */
const examples = ({ example, examples = {} }, at) => [
    ...(example === undefined ? [] : [[example, [...at, "example"]]]),
    ...Object.entries(examples).map(([name, { value }]) => [value, [...at, "examples", name, "value"]]),
];

/** Every string in a value with the key that it stands at, of a list that of the list, and its place. */
function* strings(value, key, at) {
    if (typeof value === "string") yield [value, key, at];
    else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* strings(item, key, [...at, index]);
    else if (value !== null && typeof value === "object") for (const [name, member] of Object.entries(value)) yield* strings(member, name, [...at, name]);
}

/** Every schema at and below this one, each with its place. The document is resolved, so it may be a graph: each is seen once. */
function* schemas(schema, at, seen = new Set()) {
    if (typeof schema !== "object" || schema === null || seen.has(schema)) return;
    seen.add(schema);
    yield [schema, at];
    for (const word of ["allOf", "oneOf", "anyOf", "prefixItems"]) {
        for (const [index, part] of (schema[word] ?? []).entries()) yield* schemas(part, [...at, word, index], seen);
    }
    for (const word of ["properties", "patternProperties", "$defs"]) {
        for (const [name, part] of Object.entries(schema[word] ?? {})) yield* schemas(part, [...at, word, name], seen);
    }
    for (const word of ["items", "additionalProperties", "not"]) yield* schemas(schema[word], [...at, word], seen);
}

const types = (schema) => (schema.type === undefined ? [] : [schema.type].flat());
const nullable = (schema) => types(schema).includes("null") || [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].some(nullable);
const isJson = (media) => /^application\/(.*\+)?json$/.test(media);
const open = (operation) => Array.isArray(operation.security) && operation.security.length === 0;
const optional = (operation) => operation.security?.some((one) => Object.keys(one).length === 0);

const looks = {
    *anonymous(paths) {
        for (const { operation, at } of operations(paths)) {
            if (optional(operation)) yield ["says that credentials are optional ([{}]): generators then ask for them. Say that there are none ([]).", [...at, "security"]];
        }
    },

    *refusals(paths, { judges = [] }) {
        for (const { path, method, operation, at } of operations(paths)) {
            const has = (status) => operation.responses?.[status] !== undefined;
            const parameters = operation.parameters ?? [];
            const header = (name) => parameters.find((one) => one.in === "header" && one.name === name);
            const wanted = new Map([["500", "always"], ["503", "always"]]);
            if (!path.startsWith("/health/")) wanted.set("429", "because requests are limited");
            if (!open(operation) && !optional(operation)) wanted.set("401", "because it needs credentials");
            if (path.includes("{org}")) wanted.set("403", "because it needs a role").set("404", "because the organization may not exist");
            const body = judges.includes(operation.operationId) ? ["413", "415"] : ["400", "413", "415", "422"];
            if (operation.requestBody) for (const status of body) wanted.set(status, "because it has a body");
            if (parameters.some((one) => one.in === "query")) wanted.set("422", "because a parameter can be wrong");
            if (header("If-Match")) wanted.set("412", "because of If-Match");
            if (header("If-Match")?.required) wanted.set("428", "because If-Match is required");
            if (header("If-None-Match") && method === "get") wanted.set("304", "because of If-None-Match");
            if (header("Idempotency-Key")) wanted.set("409", "because of Idempotency-Key").set("422", "because of Idempotency-Key");
            for (const [status, why] of wanted) if (!has(status)) yield [`does not tell of ${status}: ${why}.`, [...at, "responses"]];
        }
    },

    *problems(paths) {
        for (const { operation, at } of operations(paths)) {
            for (const [status, response] of Object.entries(operation.responses ?? {})) {
                if (!/^[45]/.test(status)) continue;
                const media = Object.keys(response.content ?? {});
                if (media.join() !== "application/problem+json") yield [`${status} is ${media.join() || "nothing"}, not application/problem+json.`, [...at, "responses", status]];
            }
        }
    },

    *headers(paths) {
        const shown = (path) => Object.entries(paths).some(([other, item]) => item.get && other.startsWith(`${path}/{`) && !other.slice(path.length + 1).includes("/"));
        for (const { path, operation, at } of operations(paths)) {
            const parameters = operation.parameters ?? [];
            const takes = (name) => parameters.some((one) => one.name === name);
            const lists = takes("cursor");
            for (const [status, response] of Object.entries(operation.responses ?? {})) {
                const wanted = new Map([["X-Request-Id", "every answer"]]);
                if (takes("If-None-Match") && ["200", "304"].includes(status)) wanted.set("ETag", "what If-None-Match takes");
                if (status === "201" && shown(path)) wanted.set("Location", "what was created");
                if (lists && status === "200") wanted.set("Link", "a list");
                if (takes("Prefer") && status === "200") wanted.set("Preference-Applied", "a request with Prefer");
                if (["429", "503"].includes(status)) wanted.set("Retry-After", status);
                if (operation.responses["429"] && /^[24]/.test(status)) wanted.set("RateLimit", "an operation with a limit").set("RateLimit-Policy", "an operation with a limit");
                const has = Object.keys(response.headers ?? {}).map((name) => name.toLowerCase());
                for (const [name, why] of wanted) if (!has.includes(name.toLowerCase())) yield [`${status} does not describe the header ${name} (${why}).`, [...at, "responses", status]];
            }
        }
    },

    *examples(paths) {
        for (const { content, at } of bodies(paths)) {
            // What is bytes has no form in JSON.
            const shown = examples(content, at).length > 0 || content.schema?.example !== undefined || content.schema?.examples !== undefined;
            if (!shown && content.schema?.format !== "binary") yield ["has no example.", at];
        }
    },

    *statuses(paths) {
        for (const { status, media, content, at } of bodies(paths)) {
            if (media !== "application/problem+json") continue;
            for (const [value, place] of examples(content, at)) if (String(value.status) !== status) yield [`shows ${value.status} as an example of ${status}.`, place];
        }
    },

    *fillers(paths) {
        for (const { content, at } of bodies(paths)) {
            for (const [example, place] of examples(content, at)) {
                for (const [text, key, where] of strings(example, undefined, place)) {
                    if (text === "" || text === key) yield [`shows ${JSON.stringify(text)} as ${key ?? "a body"}: say what may really stand there.`, where];
                }
            }
        }
    },

    *bounds(paths) {
        for (const { operation, at } of operations(paths)) {
            // Of headers the server reads what it knows, and takes no offence at the rest.
            const parameters = (operation.parameters ?? []).map((one, index) => [one, index]).filter(([one]) => one.in !== "header");
            const sent = parameters.map(([one, index]) => [one.schema, [...at, "parameters", index, "schema"]]);
            for (const [media, content] of Object.entries(operation.requestBody?.content ?? {})) sent.push([content.schema, [...at, "requestBody", "content", media, "schema"]]);
            for (const [root, place] of sent) {
                for (const [schema, where] of schemas(root, place)) {
                    const type = types(schema);
                    const closed = schema.enum !== undefined || schema.const !== undefined;
                    if (type.includes("string") && !closed && schema.maxLength === undefined && !["uuid", "date-time", "date"].includes(schema.format)) yield ["is a string without maxLength.", where];
                    const number = (type.includes("integer") || type.includes("number")) && !closed;
                    if (number && (schema.minimum ?? schema.exclusiveMinimum) === undefined) yield ["is a number without minimum.", where];
                    if (number && schema.format !== "int32" && (schema.maximum ?? schema.exclusiveMaximum) === undefined) yield ["is a number without maximum.", where];
                    if (type.includes("array") && schema.maxItems === undefined) yield ["is an array without maxItems.", where];
                    if (type.includes("object") && schema.additionalProperties === undefined) yield ["is an object that does not say whether it refuses unknown keys.", where];
                    if (where.at(-1) !== "additionalProperties" && Object.keys(schema).filter((word) => !["description", "example", "examples"].includes(word)).length === 0) yield ["may be anything.", where];
                }
            }
        }
    },

    *nullable(paths) {
        const seen = new Set();
        for (const { operation, at } of operations(paths)) {
            for (const [status, response] of Object.entries(operation.responses ?? {})) {
                for (const [media, content] of Object.entries(response.content ?? {})) {
                    for (const [schema, where] of schemas(content.schema, [...at, "responses", status, "content", media, "schema"], seen)) {
                        for (const [name, property] of Object.entries(schema.properties ?? {})) {
                            if (nullable(property) && !schema.required?.includes(name)) yield [`${name} may be null and is not required: is it null or absent?`, [...where, "properties", name]];
                        }
                    }
                }
            }
        }
    },

    *media(paths) {
        for (const { operation, at } of operations(paths)) {
            for (const [status, response] of Object.entries(operation.responses ?? {})) {
                for (const [media, content] of Object.entries(response.content ?? {})) {
                    const text = media.startsWith("text/") || media === "image/svg+xml";
                    const lines = media === "application/x-ndjson";
                    if (!isJson(media) && !lines && types(content.schema ?? {}).join() !== "string") yield [`${media} is no string.`, [...at, "responses", status, "content", media, "schema"]];
                    if (!isJson(media) && !lines && !text && content.schema?.format !== "binary") yield [`${media} is not of the format binary.`, [...at, "responses", status, "content", media, "schema"]];
                }
            }
        }
    },

    *names(components) {
        for (const name of Object.keys(components.schemas ?? {})) {
            if (!/^[A-Z][A-Za-z0-9]*$/.test(name)) yield [`${name} is no name of a class.`, ["schemas", name]];
        }
    },

    *references(components) {
        for (const [name, schema] of Object.entries(components.schemas ?? {})) {
            for (const [part, where] of schemas(schema, ["schemas", name])) {
                const below = where.length > 2 && where.at(-2) !== "allOf";
                if (below && (part.properties || part.enum)) yield ["is written out here. Generators make a class for every place: refer to one.", where];
            }
        }
    },

    *described(components) {
        for (const [name, schema] of Object.entries(components.schemas ?? {})) {
            if (!schema.description) yield [`${name} is not described.`, ["schemas", name]];
            for (const [part, where] of schemas(schema, ["schemas", name])) {
                for (const [property, value] of Object.entries(part.properties ?? {})) {
                    const told = value.description ?? [...(value.oneOf ?? []), ...(value.anyOf ?? [])].find((one) => one.description);
                    if (!told) yield [`${property} is not described.`, [...where, "properties", property]];
                }
            }
        }
    },
};

export default function slipform(target, { look, ...options }, context) {
    return Array.from(looks[look](target, options), ([message, at]) => ({ message, path: [...context.path, ...at] }));
}
