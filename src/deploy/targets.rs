//! The targets of this installation; an app's record says which is its own.

#[cfg(feature = "aws")]
use super::aws::{self, AwsTarget};
use super::local::LocalTarget;
use super::{Address, Difference, Domains, EnvironmentRef, Rollout, Target};
use crate::domain::{AppId, DomainName, TargetKind};
use crate::stages::housekeeping::{Discarded, Stored};
use crate::stages::{Log, Run, Stage, StageError, Workshop};
use tokio_util::sync::CancellationToken;

/// All that this process can reach.
#[derive(Debug, Clone)]
pub struct Targets {
    local: LocalTarget,
    #[cfg(feature = "aws")]
    aws: Option<AwsTarget>,
}

/// An environment that was provisioned, wherever it is.
#[derive(Debug)]
pub enum TargetsSite {
    /// On this machine.
    Local(Workshop),
    /// In an account.
    #[cfg(feature = "aws")]
    Aws(Box<aws::Site>),
}

impl Targets {
    /// With the local target.
    pub fn new(local: LocalTarget) -> Self {
        Self {
            local,
            #[cfg(feature = "aws")]
            aws: None,
        }
    }

    /// With AWS beside it.
    #[cfg(feature = "aws")]
    #[must_use]
    pub fn with_aws(self, aws: AwsTarget) -> Self {
        Self { aws: Some(aws), ..self }
    }

    #[cfg(feature = "aws")]
    fn aws(&self) -> Result<&AwsTarget, StageError> {
        self.aws.as_ref().ok_or_else(unavailable)
    }
}

/// An app whose target this process does not reach.
fn unavailable() -> StageError {
    StageError::fail(
        "target-unavailable",
        "This app runs on AWS, and this worker does not reach it",
        "The worker was built or started without the target `aws`.",
    )
    .hint("Ask the operator to start the workers with SLIPFORM_AWS_REGION and a program that was built with the feature `aws`.")
}

/// Hands a call to the target of the environment.
macro_rules! by_target {
    ($self:ident, $env:ident, $call:ident($($argument:expr),*)) => {
        match $env.target {
            TargetKind::Local => $self.local.$call($($argument),*).await,
            #[cfg(feature = "aws")]
            TargetKind::Aws => $self.aws()?.$call($($argument),*).await,
            #[cfg(not(feature = "aws"))]
            TargetKind::Aws => Err(unavailable()),
        }
    };
}

impl Target for Targets {
    type Site = TargetsSite;

    async fn provision(&self, env: &EnvironmentRef, log: &Log) -> Result<TargetsSite, StageError> {
        match env.target {
            TargetKind::Local => self.local.provision(env, log).await.map(TargetsSite::Local),
            #[cfg(feature = "aws")]
            TargetKind::Aws => self.aws()?.provision(env, log).await.map(|site| TargetsSite::Aws(Box::new(site))),
            #[cfg(not(feature = "aws"))]
            TargetKind::Aws => Err(unavailable()),
        }
    }

    async fn stage<S: Stage>(&self, site: &TargetsSite, run: Run, input: &S::Input, log: Log, cancel: CancellationToken) -> Result<S::Output, StageError> {
        match site {
            TargetsSite::Local(workshop) => self.local.stage::<S>(workshop, run, input, log, cancel).await,
            #[cfg(feature = "aws")]
            TargetsSite::Aws(site) => self.aws()?.stage::<S>(site, run, input, log, cancel).await,
        }
    }

    async fn rollout(&self, env: &EnvironmentRef, rollout: &Rollout, log: &Log) -> Result<Address, StageError> {
        by_target!(self, env, rollout(env, rollout, log))
    }

    async fn domains(&self, env: &EnvironmentRef, names: &[DomainName]) -> Result<Domains, StageError> {
        by_target!(self, env, domains(env, names))
    }

    async fn stored(&self, env: &EnvironmentRef) -> Result<Stored, StageError> {
        by_target!(self, env, stored(env))
    }

    async fn discard(&self, env: &EnvironmentRef, what: Discarded) -> Result<(), StageError> {
        by_target!(self, env, discard(env, what))
    }

    async fn differences(&self, env: &EnvironmentRef) -> Result<Option<Vec<Difference>>, StageError> {
        by_target!(self, env, differences(env))
    }

    async fn remove_environment(&self, env: &EnvironmentRef, log: &Log) -> Result<(), StageError> {
        by_target!(self, env, remove_environment(env, log))
    }

    async fn remove_app(&self, app: AppId) -> Result<(), StageError> {
        // Whatever its target, it may have left a folder here; on AWS all goes with the last environment.
        self.local.remove_app(app).await
    }
}
