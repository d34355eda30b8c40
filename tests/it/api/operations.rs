//! The operations of the OpenAPI document, for tests that shall forget none of them.

use crate::harness::checkout;
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

/// An operation of the document.
#[derive(Clone, Default)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    /// As the document has it.
    pub described: Value,
    /// A body that it takes.
    pub example: Option<Value>,
    /// The names of what a body may have.
    pub asks: BTreeSet<String>,
    /// The names of what an answer of success has.
    pub tells: BTreeSet<String>,
}

/// All of them.
pub fn all() -> Vec<Operation> {
    let document = slipform::http::openapi();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            let body = described.pointer("/requestBody/content/application~1json");
            let asks = body.map_or_else(BTreeSet::new, |body| names(&document, &body["schema"]));
            let good = described["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'));
            let good = good.filter_map(|(_, response)| response.pointer("/content/application~1json/schema"));
            let tells = good.flat_map(|schema| names(&document, schema)).collect();
            let id = described["operationId"].as_str().unwrap().to_owned();
            let (method, example) = (method.to_uppercase().parse().unwrap(), body.map(|body| body["example"].clone()));
            found.push(Operation { id, method, path: path.clone(), described: described.clone(), example, asks, tells });
        }
    }
    found
}

/// The one with this id.
pub fn one(id: &str) -> Operation {
    all().into_iter().find(|operation| operation.id == id).unwrap_or_else(|| panic!("{id}: there is no such operation"))
}

/// The exceptions to a rule that all of `of` follow otherwise: a file of ids, one a line, each with its reason.
pub fn listed(file: &str, of: &[Operation]) -> BTreeSet<String> {
    let text = std::fs::read_to_string(checkout().join("tests/it/api").join(file)).unwrap();
    let mut listed = BTreeSet::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (id, reason) = line.split_once('#').unwrap_or((line, ""));
        let (id, reason) = (id.trim(), reason.trim());
        assert!(!reason.is_empty(), "{file}: say why of {id}");
        assert!(of.iter().any(|operation| operation.id == id), "{file}: {id} is none of these operations any more");
        assert!(listed.insert(id.to_owned()), "{file}: {id} twice");
    }
    listed
}

/// The schema that a schema leads to.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    schema["$ref"].as_str().map_or(schema, |name| document.pointer(name.trim_start_matches('#')).unwrap())
}

/// The names of what an object of this schema has, or each object of a list.
fn names(document: &Value, schema: &Value) -> BTreeSet<String> {
    let schema = resolved(document, schema);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let parts = schema["allOf"].as_array().into_iter().flatten().chain(schema.get("items"));
    own.chain(parts.flat_map(|part| names(document, part))).collect()
}

impl Operation {
    /// A text that the document has beside it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.described[name].as_str()
    }

    /// The least role in the organization.
    pub fn role(&self) -> Option<&str> {
        self.text("x-slipform-role")
    }

    /// What an API token must be made for.
    pub fn scope(&self) -> Option<&str> {
        self.text("x-slipform-scope")
    }

    /// What it takes beside the body: those in `path`, `query` or `header`.
    pub fn parameters(&self, place: &'static str) -> impl Iterator<Item = &Value> {
        self.described["parameters"].as_array().into_iter().flatten().filter(move |parameter| parameter["in"] == place)
    }

    /// The parameter with this name.
    pub fn parameter(&self, place: &'static str, name: &str) -> Option<&Value> {
        self.parameters(place).find(|parameter| parameter["name"] == name)
    }

    /// Whether it is done once, however often it is asked for with the same key.
    pub fn takes_key(&self) -> bool {
        self.parameter("header", "Idempotency-Key").is_some()
    }

    /// Whether it may say how it refuses what is wrong.
    pub fn refuses(&self) -> bool {
        self.described["responses"].get("422").is_some()
    }

    /// Its address with these names in it, and with the least that it demands behind `?`.
    pub fn at(&self, names: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> String {
        let path = names.into_iter().fold(self.path.clone(), |path, (name, value)| path.replace(&format!("{{{}}}", name.as_ref()), value.as_ref()));
        assert!(!path.contains('{'), "{}: {path}: make one", self.id);
        let demanded = self.parameters("query").filter(|parameter| parameter["required"] == true);
        let query: Vec<String> = demanded.map(|parameter| format!("{}={}", parameter["name"].as_str().unwrap(), parameter["schema"]["minimum"])).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    /// An address at which nothing is, but for the first organization.
    pub fn path_of_nothing(&self) -> String {
        self.at(self.parameters("path").map(|parameter| {
            let name = parameter["name"].as_str().unwrap();
            let value = match &parameter["schema"] {
                _ if name == "org" => "default",
                schema if schema["format"] == "uuid" => "0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f11",
                schema if schema["type"] == "integer" => "1",
                _ => "none",
            };
            (name, value)
        }))
    }
}
