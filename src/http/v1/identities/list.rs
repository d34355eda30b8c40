use super::IdentityBody;
use crate::app::{App, identities};
use crate::http::documented::{Conditional, Own};
use crate::http::extract::Signed;
use crate::http::reply::{self, Answer, List};
use axum::extract::State;
use std::sync::Arc;

/// List identities
///
/// Those of the caller, the newest first. There are ten at most, so the list never goes on.
#[utoipa::path(get, path = "/v1/me/identities", operation_id = "listIdentities", tag = "Identity", params(Conditional),
    responses((status = 200, description = "The identities.", body = List<IdentityBody>), (status = 304, description = "Nothing has changed."), Own))]
pub async fn list(State(app): State<Arc<App>>, Signed(caller, _): Signed) -> Answer {
    let items = identities::list(&app, &caller).await?;
    reply::ok(&List { items: items.into_iter().map(IdentityBody::new).collect(), next_cursor: None })
}
