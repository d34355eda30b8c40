//! Whether whoever follows something may go on: a stream can be open for hours, and by then a token is revoked, a person signed out or removed.

use super::{App, identity};
use crate::auth::{Actor, Caller, Operation};
use crate::domain::error::{Error, Result};
use crate::store::{TenantTx, acquire, sessions, tokens};
use chrono::Utc;
use futures::{Stream, StreamExt as _};
use std::sync::Arc;
use std::time::Duration;

/// How often it is asked.
pub const EVERY: Duration = Duration::from_secs(15);

/// The stream, until the actor may not do any more what it began with. Then it ends, and whoever asks again learns why.
pub(super) fn while_allowed<S: Stream>(app: &Arc<App>, actor: &Actor, operation: Operation, stream: S) -> impl Stream<Item = S::Item> + use<S> {
    let (app, actor) = (app.clone(), actor.clone());
    stream.take_until(async move {
        loop {
            tokio::time::sleep(app.settings.standing_every).await;
            // What a question takes is given back when it is answered: thousands wait for the next one.
            match Box::pin(may_still(&app, &actor, operation)).await {
                // Whoever cannot be asked about is not sent away.
                Ok(()) | Err(Error::Internal(_) | Error::Unavailable { .. }) => {}
                Err(_) => return,
            }
        }
    })
}

async fn may_still(app: &App, actor: &Actor, operation: Operation) -> Result<()> {
    let over = || Error::Unauthenticated { detail: "The sign-in or the API token is over or revoked.".into() };
    match &actor.caller {
        Caller::User { id, session } => {
            let open = sessions::is_open(&mut *acquire(&app.pool).await?, *session, *id).await?;
            let caller = open.then(|| actor.caller.clone()).ok_or_else(over)?;
            identity::enter(app, caller, &actor.organization.to_string(), actor.origin.clone()).await?.may(operation)
        }
        // What a token may do is settled when it is made.
        Caller::Token { id, .. } => {
            let mut tx = TenantTx::begin(&app.pool, actor.organization).await?;
            let token = tokens::get(tx.connection(), actor.organization, *id).await?;
            let good = token.is_some_and(|token| token.revoked_at.is_none() && token.expires_at.is_none_or(|at| at > Utc::now()));
            good.then_some(()).ok_or_else(over)
        }
    }
}
