//! Where apps run. A target makes what an environment needs, brings a release live, and removes everything again.
//! All of it converges: each call reads what is there, changes what differs, and may be repeated after a kill anywhere.

pub mod local;

use crate::domain::{AppId, BuildId, EnvironmentId, EnvironmentKind, OrganizationId, ReleaseId};
use crate::stages::{Log, StageError};
use crate::store::resources::Owner;
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

/// An environment, as a target sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentRef {
    /// Whose it is.
    pub organization: OrganizationId,
    /// The app.
    pub app: AppId,
    /// The environment.
    pub environment: EnvironmentId,
    /// The app's slug in its organization.
    pub app_slug: String,
    /// `production`, or the preview's.
    pub environment_slug: String,
    /// The first label of the app's address; the environment's own is made of it.
    pub host_label: String,
    /// Whether it is the app's production.
    pub kind: EnvironmentKind,
}

impl EnvironmentRef {
    fn owner(&self) -> Owner {
        Owner { organization: self.organization, app: self.app, environment: self.environment }
    }
}

/// What provision made sure of.
#[derive(Clone)]
pub struct Provisioned {
    /// Connects to the environment's database as its own role. A secret.
    pub database_url: String,
    /// The environment's part of the app's file system.
    pub workspace: PathBuf,
}

impl std::fmt::Debug for Provisioned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provisioned").field("workspace", &self.workspace).finish_non_exhaustive()
    }
}

/// A release that shall become live.
#[derive(Debug, Clone)]
pub struct Rollout {
    /// The release, whole in the app's file system.
    pub release: ReleaseId,
    /// The build that brings it.
    pub build: BuildId,
    /// The build's fence: whoever has an older one is refused from now on.
    pub fence: i64,
    /// Fires when the build was cancelled or its lease was lost.
    pub cancel: CancellationToken,
}

/// The origin at which an environment answers.
pub type Address = String;

/// A place where apps run.
pub trait Target {
    /// Makes sure that everything the environment needs exists and is as it must be.
    fn provision(&self, env: &EnvironmentRef, log: &Log) -> impl Future<Output = Result<Provisioned, StageError>> + Send;

    /// Starts the release, waits until it is healthy, switches traffic to it. On failure what was live stays or comes back.
    fn rollout(&self, env: &EnvironmentRef, rollout: &Rollout, log: &Log) -> impl Future<Output = Result<Address, StageError>> + Send;

    /// Removes everything of the environment, and proves that nothing is left.
    fn remove_environment(&self, env: &EnvironmentRef, log: &Log) -> impl Future<Output = Result<(), StageError>> + Send;

    /// Where the environment answers once something is live.
    fn address(&self, env: &EnvironmentRef) -> Address;
}

/// The targets of this installation; an app's record says which is its own.
#[derive(Debug, Clone)]
pub struct Targets {
    local: local::LocalTarget,
}

impl Targets {
    /// With the local target.
    pub fn new(local: local::LocalTarget) -> Self {
        Self { local }
    }
}

impl Target for Targets {
    async fn provision(&self, env: &EnvironmentRef, log: &Log) -> Result<Provisioned, StageError> {
        self.local.provision(env, log).await
    }

    async fn rollout(&self, env: &EnvironmentRef, rollout: &Rollout, log: &Log) -> Result<Address, StageError> {
        self.local.rollout(env, rollout, log).await
    }

    async fn remove_environment(&self, env: &EnvironmentRef, log: &Log) -> Result<(), StageError> {
        self.local.remove_environment(env, log).await
    }

    fn address(&self, env: &EnvironmentRef) -> Address {
        self.local.address(env)
    }
}
