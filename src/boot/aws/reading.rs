//! What the API reads of apps on AWS.

use crate::app::elsewhere::{Elsewhere, Line, Wanted};
use crate::boot::Base;
use crate::config::Aws;
use crate::deploy::EnvironmentRef;
use crate::deploy::aws::AwsTarget;
use crate::domain::error::{Error, Result};
use crate::domain::{EnvironmentId, ReleaseId};
use crate::jobs;
use crate::stages::StageError;
use crate::store::pipeline;
use futures::future::{BoxFuture, FutureExt as _};
use sqlx::PgPool;

/// Reads with the credentials and the account of an app's builds.
#[derive(Debug)]
pub struct Reading {
    target: AwsTarget,
    worker: PgPool,
}

impl Reading {
    /// Connects when it is first used.
    pub fn new(base: &Base, aws: &Aws) -> Self {
        Self { target: super::target(base, aws), worker: base.database.worker.clone() }
    }

    async fn environment(&self, id: EnvironmentId) -> Result<EnvironmentRef> {
        let mut conn = self.worker.acquire().await?;
        let row = pipeline::environment(&mut conn, id).await?.ok_or(Error::NotFound { what: "environment" })?;
        Ok(jobs::environment_ref(&row))
    }
}

impl Elsewhere for Reading {
    fn code(&self, environment: EnvironmentId, release: ReleaseId) -> BoxFuture<'_, Result<Option<Vec<u8>>>> {
        async move {
            let env = self.environment(environment).await?;
            self.target.code(&env, release).await.map_err(unavailable)
        }
        .boxed()
    }

    fn log(&self, environment: EnvironmentId, wanted: Wanted) -> BoxFuture<'_, Result<Vec<Line>>> {
        async move {
            let env = self.environment(environment).await?;
            let events = match wanted {
                Wanted::Last(lines) => self.target.last_lines(&env, lines).await,
                Wanted::Since(time) => self.target.lines_since(&env, time).await,
            };
            let events = events.map_err(unavailable)?;
            Ok(events.into_iter().map(|event| Line { at: event.at, id: event.id, text: event.message }).collect())
        }
        .boxed()
    }
}

/// AWS's own words are for the log alone: they name the operator's account.
fn unavailable(error: StageError) -> Error {
    let detail =
        format!("This app runs on AWS, which could not be read: {}. Try again; if it stays so, ask the operator to look into the API's log.", error.title);
    Error::Unavailable { detail, cause: Some(Box::new(error)) }
}
