use super::IdentityBody;
use crate::app::{App, identities};
use crate::http::documented::{PersonalChange, Repeatable};
use crate::http::extract::{Json, Keyed, Signed};
use crate::http::reply::{self, Answer};
use crate::http::v1::auth::IdTokenBody;
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Add an identity
///
/// From now on the caller can also sign in with ID tokens about it. The token proves that the identity is theirs; what it says of e-mail
/// addresses counts for nothing. Sent twice, it is there once.
#[utoipa::path(post, path = "/v1/me/identities", operation_id = "addIdentity", tag = "Identity", params(Repeatable), request_body = IdTokenBody,
    responses((status = 201, description = "Added.", body = IdentityBody),
        (status = 200, description = "It is theirs already.", body = IdentityBody), PersonalChange))]
pub async fn add(State(app): State<Arc<App>>, Signed(caller, origin): Signed, Keyed(Json(body), once): Keyed<Json<IdTokenBody>>) -> Answer {
    let render = |identity, new| reply::made(if new { StatusCode::CREATED } else { StatusCode::OK }, &IdentityBody::new(identity), None);
    reply::answered(identities::add(&app, (&caller, &origin), &body.id_token.0, once.as_ref(), render).await?)
}
