//! The table of permissions in the API: what it says stands in the document, and is asked before a handler begins.

use crate::auth::Operation;
use axum::extract::MatchedPath;
use axum::http::Method;
use axum::http::request::Parts;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation as Described, PathItem};

/// By method and path template: what guards the operation.
pub type Guards = HashMap<(Method, String), Operation>;

/// Writes role and scope beside each operation that an organization's roles guard.
pub fn describe(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        for (_, described) in operations(item) {
            let Some(operation) = described.operation_id.as_deref().and_then(Operation::of) else { continue };
            let (role, scope) = (operation.least(), operation.scope());
            let needs = format!("Needs the role `{role}` or more in the organization; of an API token that was made with scopes, `{scope}`.");
            let before = described.description.take().filter(|text| !text.is_empty());
            described.description = Some(before.map_or_else(|| needs.clone(), |text| format!("{text}\n\n{needs}")));
            let added = ExtensionsBuilder::new().add("x-slipform-operation", json!(operation.name())).add("x-slipform-role", json!(role.as_str()));
            described.extensions.get_or_insert_default().merge(added.add("x-slipform-scope", json!(scope.as_str())).build());
        }
    }
}

/// What the document says of permissions, for those who ask at a request.
pub fn guards(document: &OpenApi) -> Guards {
    let mut guards = Guards::new();
    for (path, item) in &document.paths.paths {
        for (method, described) in operations(&mut item.clone()) {
            if let Some(operation) = described.operation_id.as_deref().and_then(Operation::of) {
                guards.insert((method, path.clone()), operation);
            }
        }
    }
    guards
}

/// What guards the operation that a request is for.
pub fn guarding(parts: &Parts) -> Option<Operation> {
    let (guards, path) = (parts.extensions.get::<Arc<Guards>>()?, parts.extensions.get::<MatchedPath>()?);
    // A question for the headers alone is a question (RFC 9110, 9.3.2).
    let method = if parts.method == Method::HEAD { Method::GET } else { parts.method.clone() };
    guards.get(&(method, path.as_str().to_owned())).copied()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Described)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::PUT, &mut item.put),
        (Method::POST, &mut item.post),
        (Method::DELETE, &mut item.delete),
        (Method::PATCH, &mut item.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
