//! AWS as a target: the things of an environment, which `slipform-aws` makes, driven by the steps of a build. The stages run in the
//! app's own functions; the server runs on ECS, the interface stands in a bucket behind CloudFront.

mod domains;
mod errors;
pub mod function;
mod health;
mod ledger;
mod provision;
mod reading;
mod remove;
mod rollout;
mod stage;
mod watch;
mod web;

use self::errors::step_failed;
use self::ledger::PgLedger;
use super::{Address, Difference, Domains, EnvironmentRef, Rollout, Target};
use crate::config::Secret;
use crate::domain::local::host_label;
use crate::domain::seal::Keyring;
use crate::domain::{AccountId, AppId, DomainName, EnvironmentKind};
use crate::stages::housekeeping::{Discarded, Stored};
use crate::stages::remote::{self, Payload, Task};
use crate::stages::steward::unavailable;
use crate::stages::{Log, Run, Stage, StageError};
use crate::store::accounts;
use slipform_aws::account::AssumedRole;
use slipform_aws::environment::Made;
use slipform_aws::{Account, Connection, Foundation, Ledger as _, Names, Scope};
use sqlx::postgres::PgPool;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// How long what the foundation's stack says is believed. An upgrade of the stage binary reaches builds after that time.
const FRESH: Duration = Duration::from_mins(2);

/// What the target stands on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Connects as a member of `slipform_worker`.
    pub worker: PgPool,
    /// The operator's keys.
    pub keyring: Keyring,
    /// How the installation's own account is reached, and by its means those of organizations.
    pub connection: Connection,
    /// The name of the foundation's stack.
    pub stack: String,
    /// Where an emulator's functions find what AWS would mount.
    pub emulated: Option<Emulated>,
}

/// What an emulator cannot do as AWS does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emulated {
    /// The root of the file system: it mounts nothing.
    pub files: PathBuf,
    /// The toolkit: it unpacks no layer where functions look for it.
    pub toolkit: PathBuf,
}

/// AWS as a target.
#[derive(Debug, Clone)]
pub struct AwsTarget {
    settings: Arc<Settings>,
    known: Arc<Mutex<HashMap<Option<AccountId>, Known>>>,
}

#[derive(Debug, Clone)]
struct Known {
    account: Arc<Account>,
    foundation: Arc<Foundation>,
    since: Instant,
}

/// An environment in its account, ready for the stages of a build.
#[derive(Debug, Clone)]
pub struct Site {
    account: Arc<Account>,
    foundation: Arc<Foundation>,
    names: Names,
    made: Made,
    /// The environment's folder in the app's file system.
    folder: String,
}

impl AwsTarget {
    /// Connects when it is first used.
    pub fn new(settings: Settings) -> Self {
        Self { settings: Arc::new(settings), known: Arc::default() }
    }

    /// The account that an app runs in, and its foundation.
    async fn place(&self, env: &EnvironmentRef) -> Result<(Arc<Account>, Arc<Foundation>), StageError> {
        let mut all = self.known.lock().await;
        let known = all.get(&env.account);
        if let Some(known) = known.filter(|known| known.since.elapsed() < FRESH) {
            return Ok((known.account.clone(), known.foundation.clone()));
        }
        let (connection, stack) = self.way(env).await?;
        let account = match known {
            Some(known) => known.account.clone(),
            None => Arc::new(Box::pin(Account::connect(&connection)).await.map_err(|e| step_failed(&e))?),
        };
        let outputs = slipform_aws::foundation::outputs(&account, &stack).await.map_err(|e| step_failed(&e))?;
        let mut foundation = Foundation::read(&stack, &outputs).map_err(|missing| {
            StageError::fail("foundation-incomplete", "The AWS account is not prepared", format!("The stack {stack}: {missing}."))
                .hint("Ask the operator of the account to run `slipform aws bootstrap`.")
        })?;
        if env.domain.as_ref() != Some(&foundation.apps_domain) {
            let ours = env.domain.as_deref().unwrap_or("nothing");
            let detail = format!("The stack {stack} was made for {}, and the app's address is below {ours}.", foundation.apps_domain);
            return Err(
                StageError::fail("foundation-domain", "The AWS account is prepared for another domain", detail).hint("Ask the operator to make them agree.")
            );
        }
        if let Some(endpoint) = &connection.endpoint {
            foundation.database_host = slipform_aws::foundation::emulated_database_host(endpoint);
        }
        let foundation = Arc::new(foundation);
        all.insert(env.account, Known { account: account.clone(), foundation: foundation.clone(), since: Instant::now() });
        Ok((account, foundation))
    }

    /// How the app's account is reached, and the name of its foundation's stack.
    async fn way(&self, env: &EnvironmentRef) -> Result<(Connection, String), StageError> {
        let Some(id) = env.account else { return Ok((self.settings.connection.clone(), self.settings.stack.clone())) };
        let mut conn = self.settings.worker.acquire().await.map_err(|e| unavailable(&e))?;
        let found = accounts::of_app(&mut conn, env.organization, id).await.map_err(|e| unavailable(&e))?;
        let found =
            found.ok_or_else(|| StageError::fail("account-gone", "The AWS account is not known", "The account that this app runs in was forgotten."))?;
        let mut connection = self.settings.connection.clone();
        connection.region = found.region;
        connection.assume.push(AssumedRole { arn: found.role_arn, external_id: Some(found.external_id) });
        Ok((connection, found.stack))
    }

    fn ledger(&self, env: &EnvironmentRef, log: &Log) -> PgLedger {
        PgLedger::new(self.settings.worker.clone(), env.owner(), log.clone())
    }

    /// An environment that was provisioned before; `None` where nothing or only a part of it is there.
    async fn site(&self, env: &EnvironmentRef) -> Result<Option<Site>, StageError> {
        let (account, foundation) = self.place(env).await?;
        let names = names(env, &foundation);
        let entries = self.ledger(env, &Log::new().0).entries().await.map_err(|e| step_failed(&e))?;
        let folder = env.environment_slug.clone();
        Ok(Made::read(&names, &account.id, &entries).map(|made| Site { account, foundation, names, made, folder }))
    }
}

impl Target for AwsTarget {
    type Site = Site;

    async fn provision(&self, env: &EnvironmentRef, log: &Log) -> Result<Site, StageError> {
        Box::pin(provision::run(self, env, log)).await
    }

    async fn stage<S: Stage>(&self, site: &Site, run: Run, input: &S::Input, log: Log, cancel: CancellationToken) -> Result<S::Output, StageError> {
        let work = stage::run(site, Task::Stage(S::NAME), Some(run), remote::value(input)?, &log);
        // The function goes on to its end; what it still does is refused by the build's fence, or belongs to no release.
        let output = tokio::select! {
            output = Box::pin(work) => output?,
            () = cancel.cancelled() => return Err(StageError::cancelled()),
        };
        remote::read(output)
    }

    async fn rollout(&self, env: &EnvironmentRef, rollout: &Rollout, log: &Log) -> Result<Address, StageError> {
        Box::pin(rollout::run(self, env, rollout, log)).await
    }

    async fn domains(&self, env: &EnvironmentRef, names: &[DomainName]) -> Result<Domains, StageError> {
        Box::pin(domains::run(self, env, names)).await
    }

    async fn stored(&self, env: &EnvironmentRef) -> Result<Stored, StageError> {
        let Some(site) = self.site(env).await? else { return Ok(Stored::default()) };
        remote::read(stage::run(&site, Task::Stored, None, serde_json::Value::Null, &Log::new().0).await?)
    }

    async fn discard(&self, env: &EnvironmentRef, what: Discarded) -> Result<(), StageError> {
        let Some(site) = self.site(env).await? else { return Ok(()) };
        let what = rollout::keep_what_runs(&site, what).await?;
        stage::run(&site, Task::Discard, None, remote::value(&what)?, &Log::new().0).await.map(drop)
    }

    async fn differences(&self, env: &EnvironmentRef) -> Result<Option<Vec<Difference>>, StageError> {
        Box::pin(watch::run(self, env)).await.map(Some)
    }

    async fn remove_environment(&self, env: &EnvironmentRef, log: &Log) -> Result<(), StageError> {
        Box::pin(remove::run(self, env, log)).await
    }

    async fn remove_app(&self, _: AppId) -> Result<(), StageError> {
        // What an app has beside its environments goes with the last of them.
        Ok(())
    }
}

/// The address of an environment's database, as its role.
fn database_url(target: &AwsTarget, foundation: &Foundation, env: &EnvironmentRef, password: &str) -> Secret {
    let tls = target.settings.emulated.is_none();
    let server = crate::domain::local::DatabaseServer { host: foundation.database_host.clone(), port: foundation.database_port, tls };
    Secret::new(server.url(env.environment, password))
}

/// The names of an environment's things.
fn names(env: &EnvironmentRef, foundation: &Foundation) -> Names {
    Names::new(&Scope {
        installation: foundation.installation.clone(),
        organization: env.organization.to_string(),
        app: env.app.to_string(),
        app_slug: env.app_slug.clone(),
        environment: env.environment.to_string(),
        environment_slug: env.environment_slug.clone(),
        production: env.kind == EnvironmentKind::Production,
    })
}

/// The name at which visitors find an environment.
fn host(env: &EnvironmentRef) -> String {
    format!("{}.{}", host_label(&env.host_label, &env.environment_slug, env.kind), env.domain.as_deref().unwrap_or("invalid"))
}

/// Where an environment answers once something is live.
fn address(env: &EnvironmentRef) -> Address {
    format!("https://{}", host(env))
}
