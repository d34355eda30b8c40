//! Builds through all steps, on real files and databases. Only the place where apps run is a stand-in, so that a test can
//! make it fail, wait or panic; the stories test the real one.

use crate::harness::{TestDatabase, checkout, eventually, example, temporary_folder};
use serde_json::{Value, json};
use slipform::config::Config;
use slipform::deploy::{Address, EnvironmentRef, Provisioned, Rollout, Target};
use slipform::domain::{AppId, BuildId, BuildKind, DesignVersionId, EnvironmentId, OrganizationId, ReleaseId, StepName};
use slipform::jobs::{self, Deps};
use slipform::queue::{self, NewBuild};
use slipform::stages::{Log, StageError};
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
struct StandIn {
    server: String,
    prefix: String,
    home: PathBuf,
    next: Arc<Mutex<VecDeque<Next>>>,
    live: Arc<Mutex<Vec<ReleaseId>>>,
}

impl StandIn {
    fn database(&self, env: &EnvironmentRef) -> String {
        format!("{}_{}", self.prefix, env.environment_slug)
    }

    fn url(&self, database: &str) -> String {
        let (server, _) = self.server.rsplit_once('/').expect("an address with a database");
        format!("{server}/{database}")
    }

    async fn execute(&self, sql: String) -> Result<(), StageError> {
        let failed = |e: sqlx::Error| StageError::fail("test", "SQL failed", e.to_string());
        let mut connection = PgConnection::connect(&self.server).await.map_err(failed)?;
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.map_err(failed)?;
        Ok(())
    }
}

impl Target for StandIn {
    async fn provision(&self, env: &EnvironmentRef, log: &Log) -> Result<Provisioned, StageError> {
        let database = self.database(env);
        if let Err(error) = self.execute(format!("create database {database}")).await {
            log.info(error.detail);
        }
        Ok(Provisioned { database_url: self.url(&database), workspace: self.home.join("apps").join(env.app.to_string()).join(&env.environment_slug) })
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
        let folder = self.home.join("apps").join(env.app.to_string()).join(&env.environment_slug).join("releases").join(rollout.release.to_string());
        assert!(folder.join("server.mjs").is_file(), "the release is whole");
        self.live.lock().expect("no panic holds it").push(rollout.release);
        Ok(self.address(env))
    }

    async fn remove_environment(&self, env: &EnvironmentRef, _: &Log) -> Result<(), StageError> {
        self.execute(format!("drop database if exists {} with (force)", self.database(env))).await
    }

    fn address(&self, env: &EnvironmentRef) -> Address {
        format!("http://{}.localhost", env.host_label)
    }
}

/// One app with its production, and workers that can be started and stopped.
struct Site {
    config: Arc<Config>,
    database: Database,
    owner: PgPool,
    target: StandIn,
    organization: OrganizationId,
    app: AppId,
    environment: EnvironmentId,
    worker: Option<(CancellationToken, JoinHandle<()>)>,
    _scope: TestDatabase,
    _folder: tempfile::TempDir,
}

impl Site {
    async fn new() -> Self {
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
        let mut site = Self { config: Arc::new(config), database, owner, target, organization, app, environment, worker: None, _scope: scope, _folder: folder };
        site.start_worker();
        site
    }

    fn start_worker(&mut self) {
        let deps = Deps { config: self.config.clone(), database: self.database.clone(), target: self.target.clone() };
        let shutdown = CancellationToken::new();
        self.worker = Some((shutdown.clone(), tokio::spawn(jobs::run(deps, shutdown))));
    }

    async fn stop_worker(&mut self) {
        let (shutdown, worker) = self.worker.take().expect("it runs");
        shutdown.cancel();
        worker.await.expect("the worker does not panic");
    }

    /// Ends; nothing of the app's databases stays behind.
    async fn end(mut self) {
        self.stop_worker().await;
        let sql = format!("drop database if exists {}_production with (force)", self.target.prefix);
        self.target.execute(sql).await.expect("the app's database is dropped");
    }

    async fn push(&self, document: &Value) -> DesignVersionId {
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

    async fn enqueue(&self, design_version: DesignVersionId, rollback: Option<ReleaseId>) -> BuildId {
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
    async fn build(&self, document: &Value) -> (BuildId, Value) {
        let design = self.push(document).await;
        let build = self.enqueue(design, None).await;
        (build, self.ended(build).await)
    }

    /// The build's row, once it has ended.
    async fn ended(&self, build: BuildId) -> Value {
        eventually("the build ends", 60, || async {
            let row = self.row("select to_jsonb(b) from builds b where id = $1", build).await;
            (!matches!(row["state"].as_str(), Some("queued" | "running"))).then_some(row)
        })
        .await
    }

    async fn row(&self, sql: &'static str, build: BuildId) -> Value {
        sqlx::query_scalar(sql).bind(build).fetch_one(&self.owner).await.expect("a row")
    }

    async fn step(&self, build: BuildId, name: StepName) -> Value {
        sqlx::query_scalar("select to_jsonb(s) from steps s where build_id = $1 and name = $2")
            .bind(build)
            .bind(name.as_str())
            .fetch_one(&self.owner)
            .await
            .expect("a step")
    }

    /// Waits until a step is in a state.
    async fn step_is(&self, build: BuildId, name: StepName, state: &str) {
        eventually(&format!("{name} is {state}"), 60, || async { (self.step(build, name).await["state"] == state).then_some(()) }).await;
    }

    async fn cancel(&self, build: BuildId) {
        let mut tx = slipform::store::TenantTx::begin(&self.database.application, self.organization).await.expect("begin");
        queue::cancel(tx.connection(), self.organization, build).await.expect("cancel").expect("it exists");
        tx.commit().await.expect("commit");
    }

    async fn live(&self) -> Option<ReleaseId> {
        sqlx::query_scalar("select live_release_id from environments where id = $1").bind(self.environment).fetch_one(&self.owner).await.expect("a row")
    }

    async fn log(&self, build: BuildId) -> String {
        let lines: Vec<String> =
            sqlx::query_scalar("select step || ': ' || (data->>'line') from build_events where build_id = $1 and type = 'log' order by id")
                .bind(build)
                .fetch_all(&self.owner)
                .await
                .expect("events");
        lines.join("\n")
    }

    /// A connection to the app's database.
    async fn app_database(&self) -> PgConnection {
        PgConnection::connect(&self.target.url(&format!("{}_production", self.target.prefix))).await.expect("the app's database answers")
    }

    fn app_folder(&self) -> PathBuf {
        self.config.home.join("apps").join(self.app.to_string())
    }
}

/// An element of a list by its id.
fn by_id<'a>(list: &'a mut Value, id: &str) -> &'a mut Value {
    list.as_array_mut().expect("a list").iter_mut().find(|element| element["id"] == id).expect("an element")
}

fn with_new_field(mut design: Value, name: &str) -> Value {
    let fields = by_id(&mut design["entities"], "car")["fields"].as_array_mut().expect("fields");
    fields.push(json!({ "id": format!("car-{}", name.to_lowercase()), "name": name, "type": "string" }));
    design
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_goes_through_all_steps_and_the_next_one_updates_in_place() {
    let site = Site::new().await;
    let design = example("car-rental");
    let (first, row) = site.build(&design).await;
    assert_eq!(row["state"], "succeeded", "{row:#}\n{}", site.log(first).await);
    for name in StepName::ALL {
        let step = site.step(first, *name).await;
        assert!(step["state"] == "succeeded" && step["attempt"] == 1 && !step["finished_at"].is_null(), "{step:#}");
    }
    let release: ReleaseId = row["release_id"].as_str().and_then(|id| id.parse().ok()).expect("it made a release");
    assert_eq!(site.live().await, Some(release));
    let folder = site.app_folder().join("production/releases").join(release.to_string());
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).expect("a manifest")).expect("JSON");
    for file in manifest["files"].as_array().expect("files") {
        let content = std::fs::read(folder.join(file["path"].as_str().expect("a path"))).expect("the file is there");
        let hash = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&content));
        assert_eq!((file["size"].as_u64(), file["sha256"].as_str()), (Some(content.len() as u64), Some(hash.as_str())), "{file}");
    }
    let states: Vec<String> = sqlx::query_scalar("select data->>'state' from build_events where build_id = $1 and type = 'build' order by id")
        .bind(first)
        .fetch_all(&site.owner)
        .await
        .expect("events");
    assert_eq!(states, ["queued", "running", "succeeded"]);

    let (second, row) = site.build(&with_new_field(design, "color2")).await;
    assert_eq!(row["state"], "succeeded", "{row:#}\n{}", site.log(second).await);
    let positions: Vec<i32> = sqlx::query_scalar("select schema_position from releases order by number").fetch_all(&site.owner).await.expect("releases");
    assert_eq!(positions, [1, 2]);
    let known: i64 = sqlx::query_scalar("select count(*) from environment_migrations").fetch_one(&site.owner).await.expect("migrations");
    assert_eq!(known, 2, "the control plane knows what was applied");

    let design_version = row["design_version_id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let back = site.enqueue(design_version, Some(release)).await;
    assert_eq!(site.ended(back).await["state"], "succeeded");
    assert_eq!(site.step(back, StepName::Backend).await["state"], "skipped");
    assert_eq!(site.live().await, Some(release), "the first release is live again");
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_step_leaves_what_is_live_and_says_why() {
    let site = Site::new().await;
    let design = example("todo");
    let (_, row) = site.build(&design).await;
    assert_eq!(row["state"], "succeeded", "{row:#}");
    let live = site.live().await;

    let passing = || Next::Fail(StageError::retry("busy", "Busy", "It is busy."));
    site.target.next.lock().expect("free").extend([passing(), passing()]);
    let (build, row) = site.build(&design).await;
    assert_eq!(row["state"], "succeeded", "what may pass is tried again");
    assert_eq!(site.step(build, StepName::Rollout).await["attempt"], 3);
    assert_ne!(site.live().await, live);
    let live = site.live().await;

    site.target
        .next
        .lock()
        .expect("free")
        .push_back(Next::Fail(StageError::fail("not-healthy", "It did not start", "No answer\0 in time.").hint("Look at its log.")));
    let (build, row) = site.build(&design).await;
    assert_eq!((row["state"].as_str(), row["error"]["code"].as_str(), row["error"]["step"].as_str()), (Some("failed"), Some("not-healthy"), Some("rollout")));
    assert_eq!(site.step(build, StepName::Rollout).await["error"]["hint"], "Look at its log.");
    assert_eq!(site.live().await, live);

    site.target.next.lock().expect("free").push_back(Next::Panic);
    let (build, row) = site.build(&design).await;
    assert_eq!((row["state"].as_str(), row["error"]["code"].as_str()), (Some("failed"), Some("internal-error")));
    assert!(site.log(build).await.contains("panic: a fault in the target"));
    assert_eq!(site.live().await, live);

    let (_, row) = site.build(&json!({ "formatVersion": 1, "app": { "name": "" } })).await;
    assert_eq!((row["state"].as_str(), row["error"]["code"].as_str()), (Some("failed"), Some("invalid-design")), "{row:#}");
    assert_eq!(site.live().await, live);
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_inside_a_long_step_is_seen_at_once_and_the_next_build_begins() {
    let site = Site::new().await;
    let design = site.push(&example("todo")).await;
    site.target.next.lock().expect("free").push_back(Next::Hang);
    let build = site.enqueue(design, None).await;
    site.step_is(build, StepName::Rollout, "running").await;
    let next = site.enqueue(design, None).await;
    let asked = std::time::Instant::now();
    site.cancel(build).await;
    let row = site.ended(build).await;
    assert_eq!(row["state"], "cancelled");
    assert_eq!(site.step(build, StepName::Rollout).await["state"], "cancelled");
    assert!(asked.elapsed().as_millis() < 1_500, "{:?}", asked.elapsed());
    assert_eq!(site.ended(next).await["state"], "succeeded");
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drained_worker_gives_its_build_back_and_another_goes_on_where_it_was() {
    let mut site = Site::new().await;
    let design = site.push(&example("todo")).await;
    site.target.next.lock().expect("free").push_back(Next::Hang);
    let build = site.enqueue(design, None).await;
    site.step_is(build, StepName::Rollout, "running").await;
    let asked = std::time::Instant::now();
    site.stop_worker().await;
    assert!(asked.elapsed() < jobs::GRACE + std::time::Duration::from_secs(3), "{:?}", asked.elapsed());
    let row = site.row("select to_jsonb(b) from builds b where id = $1", build).await;
    assert_eq!((row["state"].as_str(), row["attempt"].as_i64()), (Some("queued"), Some(0)));

    site.start_worker();
    assert_eq!(site.ended(build).await["state"], "succeeded");
    for (name, attempts) in [(StepName::Backend, 1), (StepName::Bundle, 1), (StepName::Database, 1), (StepName::Publish, 1), (StepName::Rollout, 2)] {
        assert_eq!(site.step(build, name).await["attempt"], attempts, "{name}");
    }
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_would_lose_data_is_refused_until_it_is_confirmed() {
    let site = Site::new().await;
    let design = with_new_field(example("car-rental"), "nickname");
    assert_eq!(site.build(&design).await.1["state"], "succeeded");
    let mut app = site.app_database().await;
    let changed = sqlx::query("update cars set nickname = 'Bluebird'").execute(&mut app).await.expect("seeds are there").rows_affected();
    assert!(changed > 0, "the example has seeds");
    drop(app);

    let mut without = example("car-rental");
    let (build, row) = site.build(&without).await;
    assert_eq!((row["state"].as_str(), row["error"]["code"].as_str()), (Some("failed"), Some("data-would-be-lost")), "{row:#}\n{}", site.log(build).await);
    assert_eq!(row["error"]["elements"], json!(["car-nickname"]));
    let mut app = site.app_database().await;
    let kept: i64 = sqlx::query_scalar("select count(*) from cars where nickname = 'Bluebird'").fetch_one(&mut app).await.expect("nothing was changed");
    assert_eq!(u64::try_from(kept), Ok(changed));

    without["migration"] = json!({ "confirmLoss": ["car-nickname"] });
    let (build, row) = site.build(&without).await;
    assert_eq!(row["state"], "succeeded", "{row:#}\n{}", site.log(build).await);
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_ahead_of_the_control_plane_is_learned_from() {
    let site = Site::new().await;
    let design = example("car-rental");
    assert_eq!(site.build(&design).await.1["state"], "succeeded");
    assert_eq!(site.build(&with_new_field(design.clone(), "motto")).await.1["state"], "succeeded");
    // As if a worker had been killed between the app's database and the control plane's copy of it.
    sqlx::query("delete from environment_migrations where position = 2").execute(&site.owner).await.expect("forgotten");
    sqlx::query("update environments set schema_state = '{}'").execute(&site.owner).await.expect("forgotten");
    let (build, row) = site.build(&with_new_field(with_new_field(design, "motto"), "slogan")).await;
    assert_eq!(row["state"], "succeeded", "{row:#}\n{}", site.log(build).await);
    assert_eq!(site.step(build, StepName::Backend).await["attempt"], 2, "the code was written again for what is there");
    let known: Vec<i32> = sqlx::query_scalar("select position from environment_migrations order by position").fetch_all(&site.owner).await.expect("rows");
    assert_eq!(known, [1, 2, 3]);
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_releases_are_swept_and_a_deleted_app_leaves_nothing() {
    let site = Site::new().await;
    let design = example("todo");
    let mut builds = Vec::new();
    for _ in 0..4 {
        builds.push(site.build(&design).await.0);
    }
    let folders = |name: &str| std::fs::read_dir(site.app_folder().join(name)).map_or(0, Iterator::count);
    eventually("old files are swept", 20, || async {
        (folders("production/releases") == 2 && folders("production/code") == 2 && folders("production/artifacts") == 0).then_some(())
    })
    .await;
    let ready: Vec<i32> = sqlx::query_scalar("select number from releases where state = 'ready' order by number").fetch_all(&site.owner).await.expect("rows");
    assert_eq!(ready, [3, 4]);

    site.target.next.lock().expect("free").push_back(Next::Hang);
    let version = site.push(&design).await;
    let running = site.enqueue(version, None).await;
    site.step_is(running, StepName::Rollout, "running").await;
    let waiting = site.enqueue(version, None).await;
    let mut tx = site.database.worker.begin().await.expect("begin");
    queue::jobs::enqueue(&mut tx, Some(site.organization), "delete_app", &json!({ "app": site.app })).await.expect("queued");
    tx.commit().await.expect("commit");
    eventually("the app is gone", 30, || async {
        let left: i64 = sqlx::query_scalar("select (select count(*) from apps) + (select count(*) from builds where id in ($1, $2))")
            .bind(running)
            .bind(waiting)
            .fetch_one(&site.owner)
            .await
            .expect("a count");
        (left == 0).then_some(())
    })
    .await;
    assert!(!site.app_folder().exists());
    let databases: i64 = sqlx::query_scalar("select count(*) from pg_database where datname = $1")
        .bind(format!("{}_production", site.target.prefix))
        .fetch_one(&site.owner)
        .await
        .expect("a count");
    let drift: i64 = sqlx::query_scalar("select count(*) from queue_drift").fetch_one(&site.owner).await.expect("a count");
    assert_eq!((databases, drift), (0, 0));
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_for_an_app_that_is_going_away_is_cancelled() {
    let mut site = Site::new().await;
    site.stop_worker().await;
    let design = site.push(&example("todo")).await;
    let build = site.enqueue(design, None).await;
    sqlx::query("update apps set state = 'deleting'").execute(&site.owner).await.expect("marked");
    site.start_worker();
    let row = site.ended(build).await;
    assert_eq!((row["state"].as_str(), row["reason"].as_str()), (Some("cancelled"), Some("The app or its environment is being deleted.")));
    assert!(!site.app_folder().exists(), "nothing was made for it");
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owners_files_win_and_are_never_touched() {
    let site = Site::new().await;
    let design = example("todo");
    let (first, row) = site.build(&design).await;
    assert_eq!(row["state"], "succeeded", "{}", site.log(first).await);
    let custom = site.app_folder().join("production/custom");
    let hooks = custom.join("server/custom/hooks.ts");
    let mut text = std::fs::read_to_string(&hooks).expect("it became the owner's at the first build");
    text.push_str("\n// mine\n");
    std::fs::write(&hooks, &text).expect("the owner edits it");
    std::fs::write(custom.join("server/custom/extra.ts"), "export const answer = 42;\n").expect("and adds one");
    std::fs::create_dir_all(custom.join("server/src/gen")).expect("a folder");
    std::fs::write(custom.join("server/src/gen/app.ts"), "broken").expect("what is not the owner's");
    let (second, row) = site.build(&design).await;
    assert_eq!(row["state"], "succeeded", "{row:#}\n{}", site.log(second).await);
    let code = site.app_folder().join("production/code").join(second.to_string());
    assert_eq!(std::fs::read_to_string(code.join("server/custom/hooks.ts")).expect("it is there"), text);
    assert!(code.join("server/custom/extra.ts").is_file());
    assert_ne!(std::fs::read_to_string(code.join("server/src/gen/app.ts")).expect("it is there"), "broken");
    assert_eq!(std::fs::read_to_string(&hooks).expect("it is there"), text);
    assert_eq!(site.step(second, StepName::Bundle).await["output"]["typeChecked"], true, "changed files are type-checked");
    assert!(site.log(second).await.contains("outside a folder `custom`"));

    std::fs::write(&hooks, "export const broken: number = 'text';\n").expect("a mistake");
    let (third, row) = site.build(&design).await;
    assert_eq!((row["state"].as_str(), row["error"]["step"].as_str()), (Some("failed"), Some("bundle")), "{}", site.log(third).await);
    site.end().await;
}
