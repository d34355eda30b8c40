//! One app with real files and a real database, workers that can be started and stopped, and a stand-in for the place where it runs.

use crate::harness::{TestDatabase, checkout, eventually, temporary_folder};
use serde_json::Value;
use slipform::config::{Config, Secret};
use slipform::deploy::{Address, Difference, DomainStatus, Domains, EnvironmentRef, Rollout, Target};
use slipform::domain::{AppId, BuildId, BuildKind, DesignVersionId, DomainName, DomainState, EnvironmentId, OrganizationId, ReleaseId, StepName};
use slipform::jobs::{self, Deps};
use slipform::queue::{self, NewBuild};
use slipform::stages::housekeeping::{self, Discarded, Stored};
use slipform::stages::{Context, Log, Run, Stage, StageError, Workshop, tree};
use slipform::store::Database;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What the stand-in does at its next rollout; it succeeds when nothing is said.
pub enum Next {
    Fail(StageError),
    Panic,
    /// Until it is cancelled.
    Hang,
}

/// A target with a real database an environment, and nothing that runs.
#[derive(Clone)]
pub struct StandIn {
    pub server: String,
    pub prefix: String,
    pub home: PathBuf,
    pub next: Arc<Mutex<VecDeque<Next>>>,
    pub live: Arc<Mutex<Vec<ReleaseId>>>,
}

impl StandIn {
    pub fn database(&self, env: &EnvironmentRef) -> String {
        format!("{}_{}", self.prefix, env.environment_slug)
    }

    pub fn workspace(&self, env: &EnvironmentRef) -> PathBuf {
        self.home.join("apps").join(env.app.to_string()).join(&env.environment_slug)
    }

    pub fn url(&self, database: &str) -> String {
        let (server, _) = self.server.rsplit_once('/').expect("an address with a database");
        format!("{server}/{database}")
    }

    pub async fn execute(&self, sql: String) -> Result<(), StageError> {
        let failed = |e: sqlx::Error| StageError::fail("test", "SQL failed", e.to_string());
        let mut connection = PgConnection::connect(&self.server).await.map_err(failed)?;
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.map_err(failed)?;
        Ok(())
    }
}

impl Target for StandIn {
    type Site = Workshop;

    async fn provision(&self, env: &EnvironmentRef, log: &Log) -> Result<Workshop, StageError> {
        let database = self.database(env);
        if let Err(error) = self.execute(format!("create database {database}")).await {
            log.info(error.detail);
        }
        Ok(Workshop { workspace: self.workspace(env), toolkit: checkout().join("toolkit"), database_url: Secret::new(self.url(&database)) })
    }

    async fn stage<S: Stage>(&self, site: &Workshop, run: Run, input: &S::Input, log: Log, cancel: CancellationToken) -> Result<S::Output, StageError> {
        S::run(&Context::new(site, run, log, cancel), input).await
    }

    async fn rollout(&self, env: &EnvironmentRef, rollout: &Rollout, log: &Log) -> Result<Address, StageError> {
        let next = self.next.lock().expect("no panic holds it").pop_front();
        log.info(format!("rollout of {}", rollout.release));
        match next {
            None => {}
            Some(Next::Fail(error)) => return Err(error),
            Some(Next::Panic) => panic!("a fault in the target"),
            Some(Next::Hang) => {
                rollout.cancel.cancelled().await;
                return Err(StageError::cancelled());
            }
        }
        let folder = self.workspace(env).join("releases").join(rollout.release.to_string());
        assert!(folder.join("server.mjs").is_file(), "the release is whole");
        self.live.lock().expect("no panic holds it").push(rollout.release);
        Ok(format!("http://{}.localhost", env.host_label))
    }

    /// Their owners never set a record.
    async fn domains(&self, _: &EnvironmentRef, names: &[DomainName]) -> Result<Domains, StageError> {
        if names.iter().any(|name| name.as_str() == "refused.example.com") {
            return Err(StageError::retry("refused", "The place refused something", "It is in a bad mood.").hint("Be kind to it."));
        }
        let pending = |name: &DomainName| DomainStatus {
            name: name.clone(),
            state: DomainState::Pending,
            records: Vec::new(),
            message: Some("It waits for its owner.".into()),
            expires_at: None,
        };
        Ok(Domains { each: names.iter().map(pending).collect(), unsettled: None })
    }

    async fn stored(&self, env: &EnvironmentRef) -> Result<Stored, StageError> {
        housekeeping::stored(self.workspace(env)).await
    }

    async fn discard(&self, env: &EnvironmentRef, what: Discarded) -> Result<(), StageError> {
        housekeeping::discard(self.workspace(env), what).await
    }

    async fn differences(&self, _: &EnvironmentRef) -> Result<Option<Vec<Difference>>, StageError> {
        Ok(None)
    }

    async fn remove_environment(&self, env: &EnvironmentRef, _: &Log) -> Result<(), StageError> {
        self.execute(format!("drop database if exists {} with (force)", self.database(env))).await
    }

    async fn remove_app(&self, app: AppId) -> Result<(), StageError> {
        tree::remove(&self.home.join("apps").join(app.to_string()))
    }
}

/// One app with its production, and workers that can be started and stopped.
pub struct Site {
    pub config: Arc<Config>,
    pub database: Database,
    pub owner: PgPool,
    pub target: StandIn,
    pub organization: OrganizationId,
    pub app: AppId,
    pub environment: EnvironmentId,
    pub worker: Option<(CancellationToken, JoinHandle<()>)>,
    pub scope: TestDatabase,
    pub _folder: tempfile::TempDir,
}

impl Site {
    pub async fn new() -> Self {
        let scope = TestDatabase::create().await;
        let database = scope.prepare().await;
        let owner = PgPool::connect(&scope.url).await.expect("the owner connects");
        let folder = temporary_folder();
        let toolkit = std::env::var_os("SLIPFORM_TOOLKIT").map_or_else(|| checkout().join("toolkit"), PathBuf::from);
        let mut config = Config::for_testing(folder.path(), &scope.url, &toolkit);
        config.workers.releases_kept = 2;
        let target = StandIn {
            server: scope.url.clone(),
            prefix: format!("{}_app", scope.name),
            home: folder.path().to_owned(),
            next: Arc::default(),
            live: Arc::default(),
        };
        let (organization, app, environment) = (OrganizationId::new(), AppId::new(), EnvironmentId::new());
        for sql in [
            "insert into organizations (id, slug, name) values ($1, 'acme', 'Acme')",
            "insert into apps (id, organization_id, slug, name, host_label, target) values ($2, $1, 'rental', 'Rental', 'rental', 'local')",
            "insert into environments (id, organization_id, app_id, slug, kind) values ($3, $1, $2, 'production', 'production')",
        ] {
            let ids = format!("with ids as (select $1::uuid, $2::uuid, $3::uuid) {sql}");
            sqlx::query(AssertSqlSafe(ids)).bind(organization).bind(app).bind(environment).execute(&owner).await.expect("a row");
        }
        let mut site = Self { config: Arc::new(config), database, owner, target, organization, app, environment, worker: None, scope, _folder: folder };
        site.start_worker();
        site
    }

    pub fn start_worker(&mut self) {
        let keyring = self.scope.key.parse().expect("a key");
        let deps = Deps { config: self.config.clone(), database: self.database.clone(), keyring, target: self.target.clone() };
        let shutdown = CancellationToken::new();
        self.worker = Some((shutdown.clone(), tokio::spawn(jobs::run(deps, shutdown))));
    }

    pub async fn stop_worker(&mut self) {
        self.drain().await.expect("the worker does not panic");
    }

    /// The worker ends as after a SIGTERM; the answer comes when it has.
    pub fn drain(&mut self) -> JoinHandle<()> {
        let (shutdown, worker) = self.worker.take().expect("it runs");
        shutdown.cancel();
        worker
    }

    /// Ends; nothing of the app's databases stays behind.
    pub async fn end(mut self) {
        self.stop_worker().await;
        let sql = format!("drop database if exists {}_production with (force)", self.target.prefix);
        self.target.execute(sql).await.expect("the app's database is dropped");
    }

    pub async fn push(&self, document: &Value) -> DesignVersionId {
        let id = DesignVersionId::new();
        sqlx::query(
            "insert into design_versions (id, organization_id, app_id, number, hash, document)
             select $1, $2, $3, count(*) + 1, $1::text, $4 from design_versions where app_id = $3",
        )
        .bind(id)
        .bind(self.organization)
        .bind(self.app)
        .bind(document.to_string())
        .execute(&self.owner)
        .await
        .expect("a design version");
        id
    }

    pub async fn enqueue(&self, design_version: DesignVersionId, rollback: Option<ReleaseId>) -> BuildId {
        let id = BuildId::new();
        let kind = if rollback.is_some() { BuildKind::Rollback } else { BuildKind::Build };
        let new = NewBuild {
            id,
            organization: self.organization,
            app: self.app,
            environment: self.environment,
            kind,
            design_version,
            release: rollback,
            created_by: None,
            trace_parent: None,
            priority: 0,
        };
        let mut tx = slipform::store::TenantTx::begin(&self.database.application, self.organization).await.expect("begin");
        let enqueued = queue::enqueue(tx.connection(), &new).await.expect("enqueue");
        tx.commit().await.expect("commit");
        if enqueued.wake {
            queue::wake(&self.database.application).await;
        }
        id
    }

    /// Builds and waits for the end.
    pub async fn build(&self, document: &Value) -> (BuildId, Value) {
        let design = self.push(document).await;
        let build = self.enqueue(design, None).await;
        (build, self.ended(build).await)
    }

    /// The build's row, once it has ended.
    pub async fn ended(&self, build: BuildId) -> Value {
        eventually("the build ends", 60, || async {
            let row = self.row("select to_jsonb(b) from builds b where id = $1", build).await;
            (!matches!(row["state"].as_str(), Some("queued" | "running"))).then_some(row)
        })
        .await
    }

    pub async fn row(&self, sql: &'static str, build: BuildId) -> Value {
        sqlx::query_scalar(sql).bind(build).fetch_one(&self.owner).await.expect("a row")
    }

    pub async fn step(&self, build: BuildId, name: StepName) -> Value {
        sqlx::query_scalar("select to_jsonb(s) from steps s where build_id = $1 and name = $2")
            .bind(build)
            .bind(name.as_str())
            .fetch_one(&self.owner)
            .await
            .expect("a step")
    }

    /// Waits until a step is in a state.
    pub async fn step_is(&self, build: BuildId, name: StepName, state: &str) {
        eventually(&format!("{name} is {state}"), 60, || async { (self.step(build, name).await["state"] == state).then_some(()) }).await;
    }

    pub async fn cancel(&self, build: BuildId) {
        let mut tx = slipform::store::TenantTx::begin(&self.database.application, self.organization).await.expect("begin");
        queue::cancel(tx.connection(), self.organization, build).await.expect("cancel").expect("it exists");
        tx.commit().await.expect("commit");
    }

    pub async fn live(&self) -> Option<ReleaseId> {
        sqlx::query_scalar("select live_release_id from environments where id = $1").bind(self.environment).fetch_one(&self.owner).await.expect("a row")
    }

    pub async fn log(&self, build: BuildId) -> String {
        let lines: Vec<String> =
            sqlx::query_scalar("select step || ': ' || (data->>'line') from build_events where build_id = $1 and type = 'log' order by id")
                .bind(build)
                .fetch_all(&self.owner)
                .await
                .expect("events");
        lines.join("\n")
    }

    /// A connection to the app's database.
    pub async fn app_database(&self) -> PgConnection {
        PgConnection::connect(&self.target.url(&format!("{}_production", self.target.prefix))).await.expect("the app's database answers")
    }

    pub fn app_folder(&self) -> PathBuf {
        self.config.home.join("apps").join(self.app.to_string())
    }
}
