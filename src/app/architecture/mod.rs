//! What an environment consists of, what it costs, and how it looks as a diagram. The use case reads the ledger; everything else is pure.

mod diagram;
pub mod graph;
mod layout;
pub mod prices;

#[cfg(test)]
mod tests;

use self::graph::{Entry, Facts, Graph};
use self::prices::Estimate;
use super::{App, environments};
use crate::auth::{Actor, Operation};
use crate::domain::error::{Error, Result};
use crate::domain::{Lifecycle, PartState, TargetKind};
use crate::store::resources;

/// An environment as a whole.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Architecture {
    /// The app's name.
    pub app: String,
    /// The environment's slug.
    pub environment: String,
    pub target: TargetKind,
    pub url: String,
    pub graph: Graph,
    pub estimate: Estimate,
}

/// What an environment consists of.
pub async fn show(app: &App, actor: &Actor, name: &str, environment: &str) -> Result<Architecture> {
    actor.may(Operation::ShowEnvironments)?;
    let mut tx = app.tenant(actor).await?;
    let (record, found) = environments::find(&mut tx, name, environment).await?;
    let known = resources::known(tx.connection(), actor.organization, found.id).await?;
    let detail = environments::Detail::new(app, &record, found);
    let found = &detail.environment;
    let process = found.observed.as_deref().map(state).transpose()?;
    let facts = Facts {
        target: record.target,
        kind: found.kind,
        url: detail.url,
        deleting: found.state == Lifecycle::Deleting,
        live: found.live_release.is_some(),
        process: process.map(|state| (state, found.message.clone())),
        ledger: known.into_iter().map(entry).collect::<Result<_>>()?,
    };
    let graph = Graph::new(&facts);
    let estimate = Estimate::new(record.target, &graph);
    Ok(Architecture { app: record.name, environment: found.slug.clone(), target: record.target, url: facts.url, graph, estimate })
}

impl Architecture {
    /// As a picture, in SVG.
    pub fn diagram(&self) -> String {
        diagram::draw(self)
    }
}

fn entry(known: resources::Known) -> Result<Entry> {
    Ok(Entry { state: state(&known.state)?, kind: known.kind, name: known.name, observed: known.observed })
}

/// The database holds these words alone.
fn state(word: &str) -> Result<PartState> {
    word.parse().map_err(|reason: String| Error::internal(reason))
}
