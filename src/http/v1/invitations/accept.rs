use crate::app::{App, invitations};
use crate::http::documented::{Accepting, Repeatable};
use crate::http::extract::{Json, Keyed, Signed};
use crate::http::reply::{self, Answer};
use crate::http::v1::organizations::OrganizationBody;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// An invitation that is accepted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "secret": "slipi_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }))]
pub struct Acceptance {
    /// The secret of the invitation.
    #[schema(format = Password, max_length = 100)]
    secret: String,
}

/// Accept an invitation
///
/// For people who have an account, with the e-mail address that was invited. Who has none signs up. Answers with all organizations of the
/// caller.
#[utoipa::path(post, path = "/v1/me/invitations", operation_id = "acceptInvitation", tag = "Identity", params(Repeatable), request_body = Acceptance,
    responses((status = 200, description = "Accepted.", body = Vec<OrganizationBody>), Accepting))]
pub async fn accept(State(app): State<Arc<App>>, Signed(caller, origin): Signed, Keyed(Json(body), once): Keyed<Json<Acceptance>>) -> Answer {
    let render = |all: Vec<(invitations::Organization, _)>| {
        let all: Vec<_> = all.into_iter().map(|(organization, role)| OrganizationBody::new(organization, role)).collect();
        reply::made(StatusCode::OK, &all, None)
    };
    reply::answered(invitations::accept(&app, (&caller, &origin), &body.secret, once.as_ref(), render).await?)
}
