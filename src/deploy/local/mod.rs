//! This machine as a target: a folder an app, a database and a role an environment in the same Postgres, and a
//! process that the host keeps. The worker asks the host through Postgres, and never touches a process itself.

mod provision;
mod remove;
mod rollout;

use super::{Address, Difference, DomainStatus, Domains, EnvironmentRef, Rollout, Target};
use crate::domain::domain_name::DnsRecord;
use crate::domain::local::{Addresses, DatabaseServer, Places, host_label};
use crate::domain::seal::Keyring;
use crate::domain::{AppId, DomainName, DomainState, RecordPurpose};
use crate::stages::housekeeping::{self, Discarded, Stored};
use crate::stages::steward::unavailable as database_failed;
use crate::stages::{Context, Log, Run, Stage, StageError, Workshop, tree};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use std::path::PathBuf;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the host may take to bring a release live; its own limit for the health check is shorter.
const ROLLOUT_LIMIT: Duration = Duration::from_secs(90);
/// How long no host may be seen before a worker gives up.
const HOST_LIMIT: Duration = Duration::from_secs(10);

/// What the local target stands on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Connects as a member of `slipform_worker`.
    pub worker: PgPool,
    /// Connects to the control plane's database as a role that may create roles and databases.
    pub owner: PgConnectOptions,
    /// The operator's keys.
    pub keyring: Keyring,
    /// `SLIPFORM_HOME`.
    pub home: PathBuf,
    /// `SLIPFORM_TOOLKIT`.
    pub toolkit: PathBuf,
    /// How live apps are reached.
    pub addresses: Addresses,
}

/// This machine as a target.
#[derive(Debug, Clone)]
pub struct LocalTarget {
    worker: PgPool,
    owner: PgPool,
    owner_options: PgConnectOptions,
    keyring: Keyring,
    places: Places,
    toolkit: PathBuf,
    addresses: Addresses,
    database_server: DatabaseServer,
}

/// The Postgres server of `options`, as apps reach it.
pub fn database_server(options: &PgConnectOptions) -> DatabaseServer {
    let tls = matches!(options.get_ssl_mode(), PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull);
    DatabaseServer { host: options.get_host().to_owned(), port: options.get_port(), tls }
}

impl LocalTarget {
    /// Connects when it is first used.
    pub fn new(settings: Settings) -> Self {
        let owner = PgPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(10))
            .idle_timeout(Duration::from_secs(30))
            .connect_lazy_with(settings.owner.clone());
        Self {
            worker: settings.worker,
            owner,
            database_server: database_server(&settings.owner),
            owner_options: settings.owner,
            keyring: settings.keyring,
            places: Places::new(settings.home),
            toolkit: settings.toolkit,
            addresses: settings.addresses,
        }
    }

    /// Where the environment answers once something is live.
    pub fn address(&self, env: &EnvironmentRef) -> Address {
        self.addresses.origin(&Self::label(env))
    }

    fn label(env: &EnvironmentRef) -> String {
        host_label(&env.host_label, &env.environment_slug, env.kind)
    }
}

impl Target for LocalTarget {
    type Site = Workshop;

    async fn provision(&self, env: &EnvironmentRef, log: &Log) -> Result<Workshop, StageError> {
        provision::run(self, env, log).await
    }

    async fn stage<S: Stage>(&self, site: &Workshop, run: Run, input: &S::Input, log: Log, cancel: CancellationToken) -> Result<S::Output, StageError> {
        S::run(&Context::new(site, run, log, cancel), input).await
    }

    async fn rollout(&self, env: &EnvironmentRef, rollout: &Rollout, log: &Log) -> Result<Address, StageError> {
        rollout::run(self, env, rollout, log).await
    }

    async fn domains(&self, env: &EnvironmentRef, names: &[DomainName]) -> Result<Domains, StageError> {
        // The host serves what the books call active, with the certificate that was given. Whether the owner has set the record
        // is for the owner to see: it may lead here through proxies that nobody knows here.
        let own = format!("{}.{}", Self::label(env), self.addresses.domain);
        let active = |name: &DomainName| DomainStatus {
            name: name.clone(),
            state: DomainState::Active,
            records: vec![DnsRecord::cname(name.as_str(), &own, RecordPurpose::Address)],
            message: None,
            expires_at: None,
        };
        Ok(Domains { each: names.iter().map(active).collect(), unsettled: None })
    }

    async fn stored(&self, env: &EnvironmentRef) -> Result<Stored, StageError> {
        housekeeping::stored(self.places.workspace(env.app, &env.environment_slug)).await
    }

    async fn discard(&self, env: &EnvironmentRef, what: Discarded) -> Result<(), StageError> {
        housekeeping::discard(self.places.workspace(env.app, &env.environment_slug), what).await
    }

    async fn differences(&self, _: &EnvironmentRef) -> Result<Option<Vec<Difference>>, StageError> {
        // The host looks at what runs every few seconds, and each build at the rest.
        Ok(None)
    }

    async fn remove_environment(&self, env: &EnvironmentRef, log: &Log) -> Result<(), StageError> {
        remove::run(self, env, log).await
    }

    async fn remove_app(&self, app: AppId) -> Result<(), StageError> {
        let folder = self.places.app(app);
        tree::blocking(move || tree::remove(&folder)).await
    }
}

/// A folder could not be made or removed.
fn folder_failed(path: &std::path::Path, error: &std::io::Error) -> StageError {
    tracing::warn!(path = %path.display(), %error, "a folder could not be changed");
    let full = matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded);
    let (code, title) = if full { ("disk-full", "The disk is full") } else { ("folder-failed", "A folder could not be changed") };
    StageError::retry(code, title, format!("A folder of the app could not be made or removed: {error}."))
        .hint("The operator finds its place in the worker's log.")
}
