use super::DomainBody;
use crate::app::{App, domains};
use crate::http::documented::{Making, Repeatable};
use crate::http::extract::{In, Json, Keyed, Path};
use crate::http::reply::{self, Answer};
use crate::http::typed::{Text, given};
use crate::http::v1::environments::EnvironmentPath;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A custom domain that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({ "name": "www.example.com" }))]
pub struct NewDomain {
    /// A host name of at least two labels, not below the domains of this installation.
    #[schema(min_length = 3, max_length = 253, pattern = r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?$")]
    name: String,
    /// Its certificate chain in PEM. Only for apps of the target `local`, and required there if the installation speaks TLS.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, max_length = 49152, value_type = Option<String>)]
    certificate: Option<Text<49_152>>,
    /// The private key of the certificate in PEM, without a passphrase. It is kept encrypted, and never shown.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, format = "password", max_length = 8192, value_type = Option<String>)]
    private_key: Option<Text<8_192>>,
}

/// Add a custom domain
///
/// The answer comes at once; the domain is `pending` until it leads to the environment. `records` says what its owner has to set.
#[utoipa::path(post, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/domains", operation_id = "addDomain", tag = "Domains", params(EnvironmentPath, Repeatable), request_body = NewDomain,
    responses((status = 201, description = "Added.", body = DomainBody, headers(("Location" = String, description = "Its address.")), example = json!({ "state": "pending", "records": [], "expiresAt": null, "updatedAt": "2026-11-26T09:20:00Z" })), Making))]
pub async fn add(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>, Keyed(Json(body), once): Keyed<Json<NewDomain>>) -> Answer {
    let given = (body.certificate.as_ref().map(|pem| pem.0.as_str()), body.private_key.as_ref().map(|pem| pem.0.as_str()));
    let render = |added: &domains::Record| {
        let location = format!("/v1/organizations/{}/apps/{}/environments/{}/domains/{}", path.org, path.app, path.env, added.name);
        reply::made(StatusCode::CREATED, &DomainBody::new(added), Some(location))
    };
    reply::answered(domains::add(&app, &actor, (&path.app, &path.env), &body.name, given, once.as_ref(), render).await?)
}
