//! Workers that are killed, frozen or asked to stop, as processes of their own, while they build for a real host.
//! Whatever happens to them: one release a build, no doubled effect, nothing left behind.

use crate::harness::installation::processes_of;
use crate::harness::{TestDatabase, checkout, eventually, example, program, temporary_folder};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use slipform::domain::{AppId, BuildId, BuildKind, DesignVersionId, EnvironmentId, OrganizationId, StepName};
use slipform::queue::{self, NewBuild};
use slipform::store::{Database, TenantTx};
use sqlx::{AssertSqlSafe, PgPool};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// A host, one app, and workers that come and go.
struct Machine {
    database: Database,
    owner: PgPool,
    env: Vec<(String, String)>,
    organization: OrganizationId,
    app: AppId,
    environment: EnvironmentId,
    host: Child,
    folder: tempfile::TempDir,
    _scope: TestDatabase,
}

impl Machine {
    async fn new() -> Self {
        let scope = TestDatabase::create().await;
        let database = scope.prepare().await;
        let owner = PgPool::connect(&scope.url).await.expect("the owner connects");
        let folder = temporary_folder();
        let toolkit = std::env::var("SLIPFORM_TOOLKIT").unwrap_or_else(|_| checkout().join("toolkit").display().to_string());
        let env: Vec<(String, String)> = [
            ("SLIPFORM_HOME", folder.path().join("home").display().to_string()),
            ("SLIPFORM_EDGE_PORT", free_port().to_string()),
            ("SLIPFORM_TOOLKIT", toolkit),
            ("SLIPFORM_KEY", scope.key.clone()),
            ("DATABASE_URL", scope.url.clone()),
            ("SLIPFORM_LOG", std::env::var("SLIPFORM_LOG").unwrap_or_else(|_| "error".into())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let (organization, app, environment) = (OrganizationId::new(), AppId::new(), EnvironmentId::new());
        for sql in [
            "insert into organizations (id, slug, name) select o, 'acme', 'Acme' from ids",
            "insert into apps (id, organization_id, slug, name, host_label, target) select a, o, 'todo', 'Todo', 'todo', 'local' from ids",
            "insert into environments (id, organization_id, app_id, slug, kind) select e, o, a, 'production', 'production' from ids",
        ] {
            let sql = format!("with ids as (select $1::uuid as o, $2::uuid as a, $3::uuid as e) {sql}");
            sqlx::query(AssertSqlSafe(sql)).bind(organization).bind(app).bind(environment).execute(&owner).await.expect("a row");
        }
        let host = start(&env, "host");
        Self { database, owner, env, organization, app, environment, host, folder, _scope: scope }
    }

    fn worker(&self) -> Child {
        start(&self.env, "worker")
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Queues a build of the example with `fields` more fields, which makes a migration each time.
    async fn enqueue(&self, fields: usize) -> BuildId {
        let mut design = example("todo");
        let list = design["entities"][0]["fields"].as_array_mut().expect("fields");
        list.extend((0..fields).map(|n| json!({ "id": format!("extra-{n}"), "name": format!("extra{n}"), "type": "string" })));
        let version = DesignVersionId::new();
        sqlx::query(
            "insert into design_versions (id, organization_id, app_id, number, hash, document)
             select $1, $2, $3, count(*) + 1, $1::text, $4 from design_versions where app_id = $3",
        )
        .bind(version)
        .bind(self.organization)
        .bind(self.app)
        .bind(design.to_string())
        .execute(&self.owner)
        .await
        .expect("a design version");
        let id = BuildId::new();
        let new = NewBuild {
            id,
            organization: self.organization,
            app: self.app,
            environment: self.environment,
            kind: BuildKind::Build,
            design_version: version,
            release: None,
            created_by: None,
            trace_parent: None,
            priority: 0,
        };
        let mut tx = TenantTx::begin(&self.database.application, self.organization).await.expect("begin");
        queue::enqueue(tx.connection(), &new).await.expect("enqueue");
        tx.commit().await.expect("commit");
        queue::wake(&self.database.application).await;
        id
    }

    async fn build(&self, id: BuildId) -> Value {
        sqlx::query_scalar("select to_jsonb(b) from builds b where id = $1").bind(id).fetch_one(&self.owner).await.expect("a build")
    }

    async fn ended(&self, id: BuildId) -> Value {
        eventually("the build ends", 90, || async {
            let build = self.build(id).await;
            (!matches!(build["state"].as_str(), Some("queued" | "running"))).then_some(build)
        })
        .await
    }

    /// Waits, without pauses that would always hit the same moment, until a step has begun.
    async fn begun(&self, id: BuildId, step: StepName) {
        let end = Instant::now() + Duration::from_mins(1);
        loop {
            let begun: bool = sqlx::query_scalar("select attempt > 0 from steps where build_id = $1 and name = $2")
                .bind(id)
                .bind(step.as_str())
                .fetch_one(&self.owner)
                .await
                .expect("a step");
            if begun {
                return;
            }
            assert!(Instant::now() < end, "{step} did not begin: {:#}", self.build(id).await);
        }
    }

    /// As if the lease of a dead worker were over, so that a test need not wait for it.
    async fn expire(&self, id: BuildId) {
        sqlx::query("update builds set lease_until = now() - interval '1 second' where id = $1 and state = 'running'")
            .bind(id)
            .execute(&self.owner)
            .await
            .expect("expire");
    }

    /// What must hold when `builds` have succeeded, of which `last` is the last one.
    async fn assert_clean(&self, last: BuildId, builds: i64, context: &str) {
        let build = self.build(last).await;
        let errors: Vec<Value> =
            sqlx::query_scalar("select data from build_events where build_id = $1 and (type <> 'log' or data->>'level' <> 'info') order by id")
                .bind(last)
                .fetch_all(&self.owner)
                .await
                .expect("events");
        assert_eq!(build["state"], "succeeded", "{context}: {build:#}\n{errors:#?}");
        let releases: (i64, i64, i32) =
            sqlx::query_as("select count(*), count(distinct build_id), max(number) from releases").fetch_one(&self.owner).await.expect("releases");
        assert_eq!((releases.0, releases.1, i64::from(releases.2)), (builds, builds, builds), "{context}: one release a build");
        let live: (Value, Value, Value) = sqlx::query_as(
            "select to_jsonb(e.live_release_id), to_jsonb(r.observed_release_id), to_jsonb(r.desired_release_id)
             from environments e join runtimes r on r.environment_id = e.id",
        )
        .fetch_one(&self.owner)
        .await
        .expect("a runtime");
        let release = build["release_id"].clone();
        assert_eq!(live, (release.clone(), release.clone(), release.clone()), "{context}: it is live");
        let known: Vec<i32> =
            sqlx::query_scalar("select position from environment_migrations order by position").fetch_all(&self.owner).await.expect("migrations");
        let state: i32 = sqlx::query_scalar("select (schema_state->>'position')::int from environments").fetch_one(&self.owner).await.expect("a state");
        assert_eq!((i64::try_from(known.len()), i64::from(state)), (Ok(builds), builds), "{context}: one migration a build, each once: {known:?}");
        let drift: i64 = sqlx::query_scalar("select count(*) from queue_drift").fetch_one(&self.owner).await.expect("a count");
        assert_eq!(drift, 0, "{context}");

        let app = self.home().join("apps").join(self.app.to_string());
        let release = app.join("production/releases").join(release.as_str().expect("a release"));
        let manifest: Value = serde_json::from_slice(&std::fs::read(release.join("manifest.json")).expect("a manifest")).expect("JSON");
        for file in manifest["files"].as_array().expect("files") {
            let bytes = std::fs::read(release.join(file["path"].as_str().expect("a path"))).expect("a file of the release");
            assert_eq!(file["sha256"], hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes)), "{context}: {file}");
        }
        // A compiler outlives its killed worker by some milliseconds; what it still writes is swept after the build.
        eventually(&format!("{context}: one process serves, no compiler and no half is left"), 20, || async {
            (processes_of(self.folder.path()).len() == 1 && halves(&app).is_empty()).then_some(())
        })
        .await;
    }

    async fn end(mut self) {
        signal(&self.host, Signal::SIGTERM);
        let status = tokio::time::timeout(Duration::from_secs(20), self.host.wait()).await.expect("the host ends").expect("a status");
        assert!(status.success(), "{status}");
        // What the target made belongs to the cluster and not to the test's database.
        let name = format!("app_{}", self.environment.0.simple());
        for sql in [format!("drop database if exists {name} with (force)"), format!("drop role if exists {name}")] {
            sqlx::query(AssertSqlSafe(sql)).execute(&self.owner).await.expect("the app's database is dropped");
        }
    }
}

/// A port that nobody listens on now: parts that are started apart must agree on one.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

fn start(env: &[(String, String)], part: &str) -> Child {
    let mut command = Command::new(program());
    command.envs(env.iter().map(|(name, value)| (name, value))).arg(part).kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::null());
    command.spawn().expect("the program starts")
}

fn signal(child: &Child, signal: Signal) {
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).expect("it runs");
    kill(Pid::from_raw(pid), signal).expect("the signal is delivered");
}

/// Files and folders under construction that nobody builds any more.
fn halves(root: &Path) -> Vec<PathBuf> {
    walkdir::WalkDir::new(root)
        .max_depth(3)
        .into_iter()
        .flatten()
        .filter(|entry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.'))
        .filter(|entry| !entry.path().components().any(|part| part.as_os_str() == "code") || entry.depth() == 3)
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// The steps that a seeded kill falls into; frontend and backend run together.
const STEPS: [StepName; 7] =
    [StepName::Provision, StepName::Frontend, StepName::Backend, StepName::Bundle, StepName::Database, StepName::Publish, StepName::Rollout];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_killed_anywhere_leaves_one_release_and_no_halves() {
    let base: u64 = std::env::var("SLIPFORM_TEST_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(|| rand::rng().random());
    println!("SLIPFORM_TEST_SEED={base}");
    let mut rng = StdRng::seed_from_u64(base);
    let machine = Machine::new().await;
    let mut worker = machine.worker();
    let mut builds = 0;
    for round in 0..2 {
        for step in STEPS {
            let build = machine.enqueue(builds).await;
            machine.begun(build, step).await;
            let pause = rng.random_range(0..40);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            signal(&worker, Signal::SIGKILL);
            worker.wait().await.expect("it is dead");
            machine.expire(build).await;
            worker = machine.worker();
            machine.ended(build).await;
            builds += 1;
            let context = format!("SLIPFORM_TEST_SEED={base}, round {round}, {pause} ms into {step}");
            machine.assert_clean(build, i64::try_from(builds).expect("few"), &context).await;
        }
    }
    signal(&worker, Signal::SIGTERM);
    assert!(worker.wait().await.expect("it ends").success());
    machine.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_build_of_a_dead_worker_goes_on_within_two_leases() {
    let machine = Machine::new().await;
    let mut first = machine.worker();
    let build = machine.enqueue(0).await;
    machine.begun(build, StepName::Bundle).await;
    signal(&first, Signal::SIGKILL);
    first.wait().await.expect("it is dead");
    let died = Instant::now();
    let _second = machine.worker();
    eventually("another worker takes it", 2 * slipform::jobs::LEASE.as_secs(), || async { (machine.build(build).await["attempt"] == 2).then_some(()) }).await;
    assert!(died.elapsed() < 2 * slipform::jobs::LEASE);
    machine.ended(build).await;
    machine.assert_clean(build, 1, "a dead worker").await;
    machine.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_worker_that_wakes_up_changes_nothing_any_more() {
    let machine = Machine::new().await;
    let frozen = machine.worker();
    for (n, step) in [StepName::Backend, StepName::Database, StepName::Rollout].into_iter().enumerate() {
        let build = machine.enqueue(n).await;
        // Whichever worker takes it is the one that freezes.
        machine.begun(build, step).await;
        signal(&frozen, Signal::SIGSTOP);
        machine.expire(build).await;
        let mut heir = machine.worker();
        machine.ended(build).await;
        signal(&heir, Signal::SIGTERM);
        assert!(heir.wait().await.expect("it ends").success());
        let events = "select count(*) from build_events where build_id = $1";
        let before: i64 = sqlx::query_scalar(events).bind(build).fetch_one(&machine.owner).await.expect("a count");
        signal(&frozen, Signal::SIGCONT);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let after: i64 = sqlx::query_scalar(events).bind(build).fetch_one(&machine.owner).await.expect("a count");
        assert_eq!(before, after, "{step}: the zombie wrote nothing");
        machine.assert_clean(build, i64::try_from(n + 1).expect("few"), &format!("frozen in {step}")).await;
    }
    machine.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_asked_to_stop_gives_back_what_it_has() {
    let machine = Machine::new().await;
    for (n, step) in [StepName::Provision, StepName::Bundle, StepName::Rollout].into_iter().enumerate() {
        let mut worker = machine.worker();
        let build = machine.enqueue(n).await;
        machine.begun(build, step).await;
        signal(&worker, Signal::SIGTERM);
        let status = tokio::time::timeout(Duration::from_secs(15), worker.wait()).await.expect("it ends within its grace").expect("a status");
        assert!(status.success(), "{status}");
        let row = machine.build(build).await;
        // A step that was nearly done may have ended the build.
        assert!(row["state"] == "succeeded" || row["state"] == "queued" && row["attempt"] == 0, "{row:#}");
        let mut heir = machine.worker();
        machine.ended(build).await;
        machine.assert_clean(build, i64::try_from(n + 1).expect("few"), &format!("stopped in {step}")).await;
        signal(&heir, Signal::SIGTERM);
        heir.wait().await.expect("it ends");
    }
    machine.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_an_app_goes_on_however_often_its_worker_is_killed() {
    let base: u64 = rand::rng().random();
    println!("seed {base}");
    let mut rng = StdRng::seed_from_u64(base);
    let machine = Machine::new().await;
    let mut worker = machine.worker();
    let build = machine.enqueue(0).await;
    machine.ended(build).await;
    machine.assert_clean(build, 1, "before").await;

    let mut tx = machine.database.worker.begin().await.expect("begin");
    let job = queue::jobs::enqueue(&mut tx, Some(machine.organization), "delete_app", &json!({ "app": machine.app })).await.expect("queued");
    tx.commit().await.expect("commit");
    for _ in 0..8 {
        let state = eventually("the job runs", 30, || async {
            let state: String = sqlx::query_scalar("select state from jobs where id = $1").bind(job).fetch_one(&machine.owner).await.expect("a job");
            (state != "queued").then_some(state)
        })
        .await;
        if state == "succeeded" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..80))).await;
        signal(&worker, Signal::SIGKILL);
        worker.wait().await.expect("it is dead");
        sqlx::query("update jobs set lease_until = now() - interval '1 second' where state = 'running'").execute(&machine.owner).await.expect("expire");
        worker = machine.worker();
    }
    eventually("the job ends", 60, || async {
        let state: String = sqlx::query_scalar("select state from jobs where id = $1").bind(job).fetch_one(&machine.owner).await.expect("a job");
        (state == "succeeded").then_some(())
    })
    .await;
    let name = format!("app_{}", machine.environment.0.simple());
    let left: (i64, i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from apps) + (select count(*) from builds), (select count(*) from resources), (select count(*) from runtimes),
             (select count(*) from pg_database where datname = $1), (select count(*) from pg_roles where rolname = $1)",
    )
    .bind(name)
    .fetch_one(&machine.owner)
    .await
    .expect("counts");
    assert_eq!(left, (0, 0, 0, 0, 0), "rows, ledger, runtimes, database, role");
    let told: Vec<(String, String)> = sqlx::query_as("select operation, actor_kind from audit_log where operation like '%.deleted' order by at")
        .fetch_all(&machine.owner)
        .await
        .expect("lines");
    let worker_did = |what: &str| (what.to_owned(), "worker".to_owned());
    assert_eq!(told, [worker_did("environment.deleted"), worker_did("app.deleted")], "once each, however often the job was begun");
    assert!(!machine.home().join("apps").join(machine.app.to_string()).exists());
    assert!(!machine.home().join("host").join(machine.environment.to_string()).exists());
    assert!(processes_of(machine.folder.path()).is_empty());
    signal(&worker, Signal::SIGTERM);
    worker.wait().await.expect("it ends");
    machine.end().await;
}
