//! Where apps run. A target makes what an environment needs, brings a release live, and removes everything again.
//! All of it converges: each call reads what is there, changes what differs, and may be repeated after a kill anywhere.

#[cfg(feature = "aws")]
pub mod aws;
pub mod local;
mod secrets;
mod targets;

pub use targets::{Targets, TargetsSite};

use crate::domain::domain_name::DnsRecord;
use crate::domain::{AccountId, AppId, BuildId, DomainName, DomainState, EnvironmentId, EnvironmentKind, OrganizationId, ReleaseId, TargetKind};
use crate::stages::housekeeping::{Discarded, Stored};
use crate::stages::{Log, Run, Stage, StageError};
use crate::store::resources::Owner;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
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
    /// Where the app runs.
    pub target: TargetKind,
    /// The domain of its address, where that is not the machine's.
    pub domain: Option<String>,
    /// The organization's account that it runs in, where that is not the installation's own.
    pub account: Option<AccountId>,
}

impl EnvironmentRef {
    fn owner(&self) -> Owner {
        Owner { organization: self.organization, app: self.app, environment: self.environment }
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

/// Something that is not as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Kind of thing, as in the ledger.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub detail: String,
}

/// The origin at which an environment answers.
pub type Address = String;

/// What became of the custom domains of an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Domains {
    /// Each of those that were asked for.
    pub each: Vec<DomainStatus>,
    /// Why the same must be asked again although nothing is pending: something that is no longer needed cannot be removed yet.
    pub unsettled: Option<&'static str>,
}

/// What became of one custom domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainStatus {
    /// Its name.
    pub name: DomainName,
    /// Whether it leads to the environment.
    pub state: DomainState,
    /// What its owner has to set.
    pub records: Vec<DnsRecord>,
    /// What it waits for, for people.
    pub message: Option<String>,
    /// When the certificate that the target got for it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A place where apps run.
pub trait Target {
    /// An environment that was provisioned, ready for the stages of a build.
    type Site: Send + Sync;

    /// Makes sure that everything the environment needs exists and is as it must be.
    fn provision(&self, env: &EnvironmentRef, log: &Log) -> impl Future<Output = Result<Self::Site, StageError>> + Send;

    /// Runs one stage where the app's file system is.
    fn stage<S: Stage>(
        &self,
        site: &Self::Site,
        run: Run,
        input: &S::Input,
        log: Log,
        cancel: CancellationToken,
    ) -> impl Future<Output = Result<S::Output, StageError>> + Send;

    /// Starts the release, waits until it is healthy, switches traffic to it. On failure what was live stays or comes back.
    fn rollout(&self, env: &EnvironmentRef, rollout: &Rollout, log: &Log) -> impl Future<Output = Result<Address, StageError>> + Send;

    /// Makes these custom domains lead to the environment, and no others. What needs its owner or takes long is pending: it is
    /// asked for again.
    fn domains(&self, env: &EnvironmentRef, names: &[DomainName]) -> impl Future<Output = Result<Domains, StageError>> + Send;

    /// The builds that have files in the environment's part of the app's file system.
    fn stored(&self, env: &EnvironmentRef) -> impl Future<Output = Result<Stored, StageError>> + Send;

    /// Removes files of builds and releases.
    fn discard(&self, env: &EnvironmentRef, what: Discarded) -> impl Future<Output = Result<(), StageError>> + Send;

    /// What is not as it was made, and cannot mend itself; what follows from a newer Slipform is brought up to date meanwhile. `None`
    /// where nobody but Slipform can change anything.
    fn differences(&self, env: &EnvironmentRef) -> impl Future<Output = Result<Option<Vec<Difference>>, StageError>> + Send;

    /// Removes everything of the environment, and proves that nothing is left.
    fn remove_environment(&self, env: &EnvironmentRef, log: &Log) -> impl Future<Output = Result<(), StageError>> + Send;

    /// Removes what an app has beside its environments, which are gone.
    fn remove_app(&self, app: AppId) -> impl Future<Output = Result<(), StageError>> + Send;
}
