//! Events of builds as they happen.

use super::hub::Subscription;
use super::places::Place;
use super::{App, apps, builds, standing};
use crate::auth::{Actor, Operation};
use crate::domain::error::Result;
use crate::domain::{BuildId, OrganizationId, StepName};
use crate::store::TenantTx;
use crate::store::events;
use futures::stream::{BoxStream, StreamExt as _};
use std::collections::VecDeque;
use std::sync::Arc;

pub use crate::store::events::Event;

/// Log lines that are read at once.
const BATCH: usize = 500;

/// Events of a build behind `after` (0: from the first), as they come, until the build has ended. `None`: it has ended and
/// nothing comes behind `after`.
pub async fn follow(app: &Arc<App>, actor: &Actor, name: &str, number: i32, after: i64) -> Result<Option<BoxStream<'static, Result<Arc<Event>>>>> {
    actor.may(Operation::ShowBuilds)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let build = builds::find(&mut tx, &record, number).await?.id;
    drop(tx);
    let mut following = Following {
        _place: app.places.take(actor.organization, app.settings.streams)?,
        subscription: app.hub.subscribe(actor.organization, build),
        app: app.clone(),
        after,
        read: VecDeque::new(),
        more: false,
        ended: false,
    };
    following.look().await?;
    if following.ended && following.read.is_empty() {
        return Ok(None);
    }
    let stream = futures::stream::unfold(following, async |mut following| {
        let event = following.next().await?;
        Some((event, following))
    });
    Ok(Some(standing::while_allowed(app, actor, Operation::ShowBuilds, stream).boxed()))
}

struct Following {
    app: Arc<App>,
    after: i64,
    subscription: Subscription,
    read: VecDeque<Arc<Event>>,
    /// There is more to read than was read at once.
    more: bool,
    ended: bool,
    _place: Place,
}

impl Following {
    async fn next(&mut self) -> Option<Result<Arc<Event>>> {
        loop {
            if let Some(event) = self.read.pop_front() {
                return Some(Ok(event));
            }
            if self.ended {
                return None;
            }
            if !self.more {
                tokio::select! {
                    () = self.subscription.changed() => {}
                    () = self.app.shutdown.cancelled() => return None,
                }
            }
            // What a look takes is given back when it is over: thousands wait for the next one.
            if let Err(error) = Box::pin(self.look()).await {
                self.ended = true;
                return Some(Err(error));
            }
        }
    }

    /// Takes what has come, a batch at a time.
    async fn look(&mut self) -> Result<()> {
        let read = self.subscription.read(&self.app.pool, self.after).await?;
        (self.more, self.ended) = (read.more, read.ended);
        self.after = read.events.last().map_or(self.after, |event| event.id);
        self.read.extend(read.events);
        Ok(())
    }
}

/// The log lines of a build so far, or of one of its steps.
pub async fn log(app: &Arc<App>, actor: &Actor, name: &str, number: i32, step: Option<StepName>) -> Result<BoxStream<'static, Result<Event>>> {
    actor.may(Operation::ShowBuilds)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let build = builds::find(&mut tx, &record, number).await?.id;
    drop(tx);
    let (app, organization) = (app.clone(), actor.organization);
    let batches = futures::stream::unfold(Some(0), move |after| {
        let app = app.clone();
        async move {
            let read = read_log(&app, organization, build, step, after?).await;
            let next = read.as_ref().ok().filter(|lines| lines.len() == BATCH).and_then(|lines| lines.last()).map(|line| line.id);
            Some((read, next))
        }
    });
    let lines = batches.flat_map(|read| match read {
        Ok(lines) => futures::stream::iter(lines.into_iter().map(Ok).collect::<Vec<_>>()),
        Err(error) => futures::stream::iter(vec![Err(error)]),
    });
    Ok(lines.boxed())
}

async fn read_log(app: &App, organization: OrganizationId, build: BuildId, step: Option<StepName>, after: i64) -> Result<Vec<Event>> {
    let mut tx = TenantTx::begin(&app.pool, organization).await?;
    Ok(events::list_log(tx.connection(), organization, build, step.map(StepName::as_str), after, BATCH).await?)
}
