use super::{DomainBody, DomainPath};
use crate::app::App;
use crate::app::domains::{self, Record};
use crate::domain::certificate::Pem;
use crate::http::documented::{Changing, Meant};
use crate::http::extract::{IfMatch, In, Json, Path};
use crate::http::reply::{self, Answer};
use crate::http::typed::Text;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A certificate with its private key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({ "certificate": "-----BEGIN CERTIFICATE-----\n…", "privateKey": "-----BEGIN PRIVATE KEY-----\n…" }))]
pub struct NewCertificate {
    /// The chain in PEM, the domain's own certificate first.
    #[schema(max_length = 49152, value_type = String)]
    certificate: Text<49_152>,
    /// The private key in PEM, without a passphrase. It is kept encrypted, and never shown.
    #[schema(format = "password", max_length = 8192, value_type = String)]
    private_key: Text<8_192>,
}

/// Replace the certificate of a custom domain
///
/// On the target `local`: the new one is served within a second, and no request fails for it. On AWS certificates renew by themselves.
/// If-Match is about the domain: programs that renew whatever is there send `*`.
#[utoipa::path(put, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/domains/{domain}/certificate", operation_id = "renewDomain", tag = "Domains", params(DomainPath, Meant), request_body = NewCertificate,
    responses((status = 200, description = "Replaced.", body = DomainBody), Changing))]
pub async fn renew(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<DomainPath>, meant: IfMatch, Json(body): Json<NewCertificate>) -> Answer {
    let pem = Pem { certificate: body.certificate.0, private_key: body.private_key.0 };
    let fresh = |now: &Record| meant.check(&DomainBody::new(now));
    reply::ok(&DomainBody::new(&domains::renew(&app, &actor, (&path.app, &path.env), &path.domain, pem, fresh).await?))
}
