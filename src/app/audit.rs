//! The audit log, read.

use super::App;
use super::page::{Page, PageRequest};
use crate::auth::{Actor, Operation};
use crate::domain::OrganizationId;
use crate::domain::error::{Error, Result};
use crate::store::{Position, Slice, TenantTx, audit};
use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use std::sync::Arc;

pub use crate::store::audit::{Filter, Line};

/// How many lines are read at once for an export.
const BATCH: i64 = 500;

/// What was done, the newest first.
pub async fn list(app: &App, actor: &Actor, filter: &Filter, request: &PageRequest) -> Result<Page<Line>> {
    actor.may(Operation::ShowAudit)?;
    let filter = checked(filter)?;
    let reading = app.read_page(actor.organization, &("audit", &filter), request)?;
    let mut tx = app.tenant(actor).await?;
    let rows = audit::list(tx.connection(), actor.organization, &filter, reading.slice).await?;
    Ok(reading.page(rows, |line| Position { at: line.at, id: line.id }))
}

/// All of it up to the beginning, the newest first, as it is read.
pub async fn export(app: &Arc<App>, actor: &Actor, filter: &Filter) -> Result<BoxStream<'static, Result<Line>>> {
    actor.may(Operation::ShowAudit)?;
    let filter = checked(filter)?;
    // Of the clock that dates the lines.
    let now = audit::now(app.tenant(actor).await?.connection()).await?;
    let filter = Filter { until: Some(filter.until.map_or(now, |until| until.min(now))), ..filter };
    let (app, organization) = (app.clone(), actor.organization);
    let batches = futures::stream::unfold(Some(None), move |after| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let read = read(&app, organization, &filter, after?).await;
            let full = read.as_ref().ok().filter(|lines| i64::try_from(lines.len()) == Ok(BATCH)).and_then(|lines| lines.last());
            let next = full.map(|line| Some(Position { at: line.at, id: line.id }));
            Some((read, next))
        }
    });
    let lines = batches.flat_map(|read| match read {
        Ok(lines) => futures::stream::iter(lines.into_iter().map(Ok).collect::<Vec<_>>()),
        Err(error) => futures::stream::iter(vec![Err(error)]),
    });
    Ok(lines.boxed())
}

async fn read(app: &App, organization: OrganizationId, filter: &Filter, after: Option<Position>) -> Result<Vec<Line>> {
    let mut tx = TenantTx::begin(&app.pool, organization).await?;
    Ok(audit::list(tx.connection(), organization, filter, Slice { after, limit: BATCH }).await?)
}

fn checked(filter: &Filter) -> Result<Filter> {
    let backwards = |since: DateTime<Utc>| filter.until.is_some_and(|until| until <= since);
    if filter.since.is_some_and(backwards) {
        return Err(Error::invalid("/query/until", "This must be later than `since`."));
    }
    Ok(filter.clone())
}
