//! A host without the rest: the local target as a worker calls it, a host as a task, and releases made by hand.

use crate::harness::{Client, TestDatabase, program, temporary_folder};
use slipform::deploy::local::{LocalTarget, Settings, database_server};
use slipform::deploy::{EnvironmentRef, Rollout, Target as _};
use slipform::domain::local::{Addresses, Places};
use slipform::domain::{AppId, BuildId, DesignVersionId, EnvironmentId, EnvironmentKind, OrganizationId, ReleaseId, TargetKind};
use slipform::stages::{Log, StageError};
use slipform::store::Database;
use slipform::{edge, host};
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// One machine.
pub struct Machine {
    pub database: TestDatabase,
    pub pools: Database,
    pub target: LocalTarget,
    pub addresses: Addresses,
    /// The edge's certificate.
    pub tls: Option<slipform::config::Tls>,
    folder: tempfile::TempDir,
    fences: AtomicI64,
    host: Option<(JoinHandle<anyhow::Result<()>>, CancellationToken)>,
}

/// What a hand-made release does.
pub struct Release<'a> {
    pub version: &'a str,
    /// The status of its health check; 0: it ends at once.
    pub health: u16,
}

impl Machine {
    /// With a host.
    pub async fn start() -> Self {
        let mut machine = Self::without_host().await;
        machine.start_host(256);
        machine
    }

    /// Without one.
    pub async fn without_host() -> Self {
        let _ = tracing_subscriber::fmt().with_env_filter(std::env::var("SLIPFORM_LOG").unwrap_or_else(|_| "warn".into())).with_test_writer().try_init();
        let database = TestDatabase::create().await;
        let pools = database.prepare().await;
        let folder = temporary_folder();
        let addresses = Addresses { domain: "localhost".into(), port: free_port(), tls: false };
        let target = LocalTarget::new(Settings {
            worker: pools.worker.clone(),
            owner: PgConnectOptions::from_str(&database.url).unwrap(),
            keyring: database.key.parse().unwrap(),
            home: folder.path().join("home"),
            toolkit: crate::harness::checkout().join("toolkit"),
            addresses: addresses.clone(),
        });
        let machine = Self { database, pools, target, addresses, tls: None, folder, fences: AtomicI64::new(1), host: None };
        host_folder(&machine.home());
        machine
    }

    /// Starts the host as a task.
    pub fn start_host(&mut self, memory_mb: u64) {
        self.start_host_that_probes(memory_mb, host::PROBE);
    }

    /// The same, asking live processes more often whether they answer.
    pub fn start_host_that_probes(&mut self, memory_mb: u64, probe: std::time::Duration) {
        let deps = host::Deps {
            pool: self.pools.host.clone(),
            keyring: self.database.key.parse().unwrap(),
            home: self.home(),
            node: "node".into(),
            launcher: program(),
            memory_mb,
            probe,
            database_server: database_server(&PgConnectOptions::from_str(&self.database.url).unwrap()),
            edge: edge::Settings {
                listener: TcpListener::bind(("127.0.0.1", self.addresses.port)).unwrap(),
                addresses: self.addresses.clone(),
                tls: self.tls.clone(),
                trusted_proxies: slipform::domain::proxies::TrustedProxies::default(),
            },
        };
        let shutdown = CancellationToken::new();
        self.host = Some((tokio::spawn(host::run(deps, shutdown.clone())), shutdown));
    }

    /// Ends the host in order.
    pub async fn stop_host(&mut self) {
        let (task, shutdown) = self.host.take().expect("it runs");
        shutdown.cancel();
        task.await.expect("no panic").expect("it ends in order");
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub fn places(&self) -> Places {
        Places::new(self.home())
    }

    pub async fn owner(&self) -> PgConnection {
        self.database.owner().await
    }

    /// A new app with its production, provisioned.
    pub async fn app(&self, slug: &str) -> EnvironmentRef {
        let env = self.record(slug).await;
        self.target.provision(&env, &Log::new().0).await.expect("it is provisioned");
        env
    }

    /// A new app in the books alone.
    pub async fn record(&self, slug: &str) -> EnvironmentRef {
        let env = EnvironmentRef {
            target: TargetKind::Local,
            domain: None,
            account: None,
            organization: OrganizationId::new(),
            app: AppId::new(),
            environment: EnvironmentId::new(),
            app_slug: slug.into(),
            environment_slug: "production".into(),
            host_label: slug.into(),
            kind: EnvironmentKind::Production,
        };
        let mut conn = self.owner().await;
        let run = async |conn: &mut PgConnection, sql: &'static str| {
            sqlx::query(sql).bind(env.organization.0).bind(env.app.0).bind(slug).bind(env.environment.0).execute(conn).await.unwrap();
        };
        run(&mut conn, "with _ as (select $2::uuid, $4::uuid) insert into organizations (id, slug, name) values ($1, $3, $3)").await;
        run(
            &mut conn,
            "with _ as (select $4::uuid) insert into apps (id, organization_id, slug, name, host_label, target) values ($2, $1, $3, $3, $3, 'local')",
        )
        .await;
        run(
            &mut conn,
            "insert into environments (id, organization_id, app_id, slug, kind, admin_email) values ($4, $1, $2, 'production', 'production', $3 || '@example.com')",
        )
        .await;
        env
    }

    /// A release as publish leaves it, with a build that made it.
    pub async fn release(&self, env: &EnvironmentRef, what: Release<'_>) -> (ReleaseId, BuildId) {
        let (release, build, design) = (ReleaseId::new(), BuildId::new(), DesignVersionId::new());
        let folder = self.places().release(env.app, &env.environment_slug, release);
        std::fs::create_dir_all(folder.join("web/assets")).unwrap();
        let server = include_str!("app.mjs").replace("%VERSION%", what.version).replace("%HEALTH%", &what.health.to_string());
        std::fs::write(folder.join("server.mjs"), server).unwrap();
        std::fs::write(folder.join("web/index.html"), format!("<!doctype html><title>{}</title>{}", what.version, " ".repeat(2000))).unwrap();
        let script = format!("console.log({:?});{}", what.version, "/* filler */".repeat(500));
        std::fs::write(folder.join(format!("web/main-{:0>8}.js", what.version.to_uppercase())), script).unwrap();
        std::fs::write(folder.join("web/assets/logo.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();

        let mut conn = self.owner().await;
        let number: i32 = i32::try_from(self.fences.fetch_add(1, Ordering::Relaxed)).unwrap();
        sqlx::query("insert into design_versions (id, organization_id, app_id, number, hash, document) values ($1, $2, $3, $4, $5, '{}')")
            .bind(design.0)
            .bind(env.organization.0)
            .bind(env.app.0)
            .bind(number)
            .bind(release.to_string())
            .execute(&mut conn)
            .await
            .unwrap();
        sqlx::query("insert into builds (id, organization_id, app_id, environment_id, number, design_version_id) values ($1, $2, $3, $4, $5, $6)")
            .bind(build.0)
            .bind(env.organization.0)
            .bind(env.app.0)
            .bind(env.environment.0)
            .bind(number)
            .bind(design.0)
            .execute(&mut conn)
            .await
            .unwrap();
        sqlx::query(
            "insert into releases (id, organization_id, app_id, environment_id, number, build_id, design_version_id, design_hash, schema_position, manifest, size_bytes)
             values ($1, $2, $3, $4, $5, $6, $7, '', 1, '{}', 1)")
            .bind(release.0).bind(env.organization.0).bind(env.app.0).bind(env.environment.0).bind(number).bind(build.0).bind(design.0)
            .execute(&mut conn).await.unwrap();
        (release, build)
    }

    /// Rolls a release out as a worker does, and records that it is live.
    pub async fn rollout(&self, env: &EnvironmentRef, (release, build): (ReleaseId, BuildId)) -> Result<String, StageError> {
        let fence = self.fences.fetch_add(1, Ordering::Relaxed);
        let rollout = Rollout { release, build, fence, cancel: CancellationToken::new() };
        let address = self.target.rollout(env, &rollout, &Log::new().0).await?;
        sqlx::query("update environments set live_release_id = $2 where id = $1")
            .bind(env.environment.0)
            .bind(release.0)
            .execute(&mut self.owner().await)
            .await
            .unwrap();
        Ok(address)
    }

    /// A new app that runs `version`, and a client of it.
    pub async fn live(&self, slug: &str, version: &str) -> (EnvironmentRef, Client) {
        let env = self.app(slug).await;
        let release = self.release(&env, Release { version, health: 200 }).await;
        let address = self.rollout(&env, release).await.expect("it goes live");
        (env, Client::of_app(&address))
    }

    /// Processes of an environment: ids.
    pub fn processes(&self, env: &EnvironmentRef) -> Vec<i32> {
        processes_below(&self.places().environment(env.environment))
    }
}

/// A port on which nobody listens.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// As boot makes it.
fn host_folder(home: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(home).unwrap();
    std::fs::set_permissions(home, std::fs::Permissions::from_mode(0o711)).unwrap();
}

/// Ids of the processes whose command line names `folder`.
pub fn processes_below(folder: &Path) -> Vec<i32> {
    let name = folder.display().to_string();
    let pids = std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| String::from_utf8_lossy(&line).contains(&name))).collect()
}
