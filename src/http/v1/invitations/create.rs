use super::InvitationBody;
use crate::app::change::Answered;
use crate::app::{App, invitations};
use crate::domain::MemberRole;
use crate::http::documented::{Making, Repeatable};
use crate::http::extract::{In, Json, Keyed};
use crate::http::reply::{self, Answer};
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Somebody who shall come.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "ada@example.com", "role": "editor" }))]
pub struct NewInvitation {
    /// Their e-mail address.
    #[schema(max_length = 254, pattern = r"^[^\s@\u0000-\u001f\u007f-\u009f]+@[^\s@\u0000-\u001f\u007f-\u009f]+$")]
    email: String,
    /// What they will be: at most what you are.
    role: MemberRole,
}

/// An invitation with its secret.
#[derive(Serialize, ToSchema)]
pub struct CreatedInvitationBody {
    /// The secret. It is shown here and never again: hand it to whom you invite.
    #[schema(example = "slipi_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    secret: String,
    /// Everything else.
    #[serde(flatten)]
    invitation: InvitationBody,
}

/// Invite somebody
///
/// Good for seven days and once. No mail is sent: the secret is in this answer and nowhere else. An earlier invitation for the same
/// address is over.
#[utoipa::path(post, path = "/v1/organizations/{org}/invitations", operation_id = "createInvitation", tag = "Members", params(OrganizationPath, Repeatable),
    request_body = NewInvitation, responses((status = 201, description = "Invited.", body = CreatedInvitationBody), Making))]
pub async fn create(State(app): State<Arc<App>>, In(actor): In, Keyed(Json(body), once): Keyed<Json<NewInvitation>>) -> Answer {
    let render = |invitation, secret| {
        let made = reply::made(StatusCode::CREATED, &CreatedInvitationBody { secret, invitation: InvitationBody::new(invitation) }, None)?;
        Ok(Answered { secret: true, ..made })
    };
    reply::answered(invitations::create(&app, &actor, (&body.email, body.role), once.as_ref(), render).await?)
}
