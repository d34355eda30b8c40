//! The last hand on the OpenAPI document: what holds for every operation is said once here instead of at each.

use super::{events, links};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use utoipa::openapi::OpenApi;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];
/// Where references to schemas begin.
pub const SCHEMAS: &str = "#/components/schemas/";

/// Names of schemas become names of classes, lists refer to what they list, events are described, what an answer or an event always has is
/// required, every body has an example, answers lead to what they are good for, and their headers are described.
pub fn polish(document: &OpenApi) -> Value {
    let mut value = serde_json::to_value(document).expect("a document is JSON");
    names(&mut value);
    events::describe(&mut value);
    required(&mut value);
    examples(&mut value);
    links::links(&mut value);
    headers(&mut value);
    value
}

/// utoipa writes the parameter of a generic out, and puts both names together: `List_X` with X inside of it.
fn names(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let lists: Vec<String> = schemas.keys().filter(|name| name.starts_with("List_")).cloned().collect();
    for name in lists {
        let Some(mut list) = schemas.remove(&name) else { continue };
        let listed = name.trim_start_matches("List_");
        if let Some(items) = list.pointer_mut("/properties/items/items") {
            *items = json!({ "$ref": format!("{SCHEMAS}{listed}") });
        }
        schemas.insert(format!("List{listed}"), list);
    }
    walk(document, &mut |object| {
        if let Some(Value::String(reference)) = object.get_mut("$ref")
            && let Some(name) = reference.strip_prefix(SCHEMAS).and_then(|name| name.strip_prefix("List_"))
        {
            *reference = format!("{SCHEMAS}List{name}");
        }
    });
}

/// An answer and an event say `null` where there is nothing, and never leave it out. What is also asked for is left as it is.
fn required(document: &mut Value) {
    let (mut asked, mut answered) = (BTreeSet::new(), BTreeSet::new());
    for operation in operations(document) {
        reach(document, &operation["requestBody"], &mut asked);
        reach(document, &operation["responses"], &mut answered);
    }
    for (_, told) in document["webhooks"].as_object().into_iter().flatten() {
        reach(document, &told["post"]["requestBody"], &mut answered);
    }
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for name in answered.difference(&asked) {
        let Some(schema) = schemas.get_mut(name) else { continue };
        require(schema);
        schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten().for_each(require);
    }
}

fn require(schema: &mut Value) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let mut required: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let late = properties.iter().filter(|(_, property)| nullable(property)).map(|(name, _)| json!(name));
    let late: Vec<Value> = late.filter(|name| !required.contains(name)).collect();
    required.extend(late);
    schema["required"] = required.into();
}

fn nullable(schema: &Value) -> bool {
    let null = |kind: &Value| kind == "null";
    null(&schema["type"])
        || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(null))
        || schema["oneOf"].as_array().is_some_and(|parts| parts.iter().any(nullable))
}

/// The names of all schemas that a part of the document leads to.
fn reach(document: &Value, part: &Value, seen: &mut BTreeSet<String>) {
    match part {
        Value::Array(items) => items.iter().for_each(|item| reach(document, item, seen)),
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix(SCHEMAS))
                && seen.insert(name.to_owned())
            {
                reach(document, &document["components"]["schemas"][name], seen);
            }
            members.iter().filter(|(key, _)| *key != "example").for_each(|(_, member)| reach(document, member, seen));
        }
        _ => {}
    }
}

/// Examples of bodies, made of those of their parts. What an operation itself says of its body is laid over that.
fn examples(document: &mut Value) {
    let source = document.clone();
    let give = |places: &mut Value| {
        for (media, content) in places.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
            if (media == "application/json" || media.ends_with("+json")) && content.get("examples").is_none() && content.get("schema").is_some() {
                let mut shown = example(&source, &content["schema"], "");
                if let Some(own) = content.get("example") {
                    overlay(&mut shown, own);
                }
                content["example"] = shown;
            }
        }
    };
    for operation in operations_mut(document) {
        if let Some(body) = operation.get_mut("requestBody") {
            give(body);
        }
        operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten().for_each(|(_, response)| give(response));
    }
}

/// Lays what is told over what is there: of objects member by member, of lists as long as each other item by item.
pub fn overlay(value: &mut Value, told: &Value) {
    match (value, told) {
        (Value::Object(members), Value::Object(told)) => {
            told.iter().for_each(|(name, told)| overlay(members.entry(name).or_insert(Value::Null), told));
        }
        (Value::Array(items), Value::Array(told)) if items.len() == told.len() => {
            items.iter_mut().zip(told).for_each(|(item, told)| overlay(item, told));
        }
        (value, told) => *value = told.clone(),
    }
}

/// An example of what a schema describes, made of those of its parts.
pub fn example(document: &Value, schema: &Value, name: &str) -> Value {
    if let Some(example) = schema.get("example").or_else(|| schema.get("examples").and_then(|all| all.get(0))) {
        return example.clone();
    }
    if let Some(to) = schema["$ref"].as_str().and_then(|to| to.strip_prefix(SCHEMAS)) {
        return example(document, &document["components"]["schemas"][to], name);
    }
    if let Some(word) = schema.get("enum").and_then(|words| words.get(0)).or_else(|| schema.get("default")) {
        return word.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().filter_map(|part| example(document, part, name).as_object().cloned());
        return parts.flatten().collect::<Map<_, _>>().into();
    }
    if let Some(parts) = schema["oneOf"].as_array() {
        return parts.iter().find(|part| part["type"] != "null").map_or(Value::Null, |part| example(document, part, name));
    }
    let kinds = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    match kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null") {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            properties.map(|(key, property)| (key.clone(), example(document, property, key))).collect::<Map<_, _>>().into()
        }
        Some("array") => json!([example(document, &schema["items"], name)]),
        Some("string") => match schema["format"].as_str() {
            Some("uuid") => json!("01a21715-4680-7cc1-8d5e-3f1f6f0f8f11"),
            Some("date-time") => json!("2026-11-26T09:00:00Z"),
            Some("uri") => json!("https://example.com/"),
            _ => json!(name),
        },
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        Some("boolean") => json!(false),
        _ => json!({}),
    }
}

/// The headers that answers have beside those that an operation names itself.
fn headers(document: &mut Value) {
    let header = |description: &str, format: Option<&str>| {
        let mut schema = json!({ "type": "string" });
        if let Some(format) = format {
            schema["format"] = json!(format);
        }
        json!({ "description": description, "schema": schema })
    };
    let always = |mut header: Value| {
        header["required"] = json!(true);
        header
    };
    document["components"]["headers"] = json!({
        "XRequestId": always(header("Id of the request, as in the log and in `instance` of a problem.", Some("uuid"))),
        "RateLimit": header("What is left: requests now (`r`), and in how many seconds all are there again (`t`).", None),
        "RateLimitPolicy": header("What is allowed: requests (`q`) in a window of seconds (`w`).", None),
        "ETag": always(header("Tag of this content, for If-None-Match and If-Match.", None)),
        "Link": header("`rel=\"next\"`: the next page, where there is one (RFC 8288).", None),
        "PreferenceApplied": header("What of Prefer was heeded (RFC 7240).", None),
        "IdempotencyReplayed": header("`true`: this answer was given to the same request before.", None),
    });
    for operation in operations_mut(document) {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let takes = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
        let (conditional, lists, waits, repeatable) = (takes("If-None-Match"), takes("cursor"), takes("Prefer"), takes("Idempotency-Key"));
        let limited = operation["responses"].get("429").is_some();
        for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            if response.get("$ref").is_some() {
                continue;
            }
            head(response, "X-Request-Id");
            if limited {
                head(response, "RateLimit");
                head(response, "RateLimit-Policy");
            }
            if conditional && matches!(status.as_str(), "200" | "304") {
                head(response, "ETag");
            }
            if status.starts_with('2') {
                for (name, _) in [("Link", lists), ("Preference-Applied", waits), ("Idempotency-Replayed", repeatable)].into_iter().filter(|(_, has)| *has) {
                    head(response, name);
                }
            }
        }
    }
    let shared = document.pointer_mut("/components/responses").and_then(Value::as_object_mut);
    for (name, response) in shared.into_iter().flatten() {
        head(response, "X-Request-Id");
        if !matches!(name.as_str(), "Internal" | "Unavailable") {
            head(response, "RateLimit");
            head(response, "RateLimit-Policy");
        }
    }
}

/// Says that an answer has one of the headers above.
pub fn head(response: &mut Value, name: &str) {
    if !response["headers"].is_object() {
        response["headers"] = json!({});
    }
    // What an operation names itself is always there.
    for own in response["headers"].as_object_mut().into_iter().flatten().map(|(_, header)| header).filter(|header| header.get("$ref").is_none()) {
        own["required"] = json!(true);
    }
    response["headers"][name] = json!({ "$ref": format!("#/components/headers/{}", name.replace('-', "")) });
}

/// All operations.
pub fn operations(document: &Value) -> Vec<Value> {
    let items = document["paths"].as_object().into_iter().flatten();
    items.flat_map(|(_, item)| METHODS.iter().filter_map(|method| item.get(*method).cloned())).collect()
}

/// All operations, to be changed.
pub fn operations_mut(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = document["paths"].as_object_mut().into_iter().flatten();
    items.filter_map(|(_, item)| item.as_object_mut()).flatten().filter(|(method, _)| METHODS.contains(&method.as_str())).map(|(_, operation)| operation)
}

fn walk(value: &mut Value, each: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            each(members);
            members.values_mut().for_each(|member| walk(member, each));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, each)),
        _ => {}
    }
}
