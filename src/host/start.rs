//! Brings one release of one environment up: its folders, its process, its health.

use super::confine::Confine;
use super::health::{self, healthy};
use super::log::AppLog;
use super::process::{Process, Spec};
use super::{World, folders};
use crate::domain::local::{EnvironmentSecrets, secrets_context};
use crate::domain::{AppId, EnvironmentId, OrganizationId, ReleaseId};
use crate::edge::{Assets, Upstream};
use crate::store::resources::{self, Owner};
use crate::store::runtimes;
use sha2::{Digest as _, Sha256};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How long a release has to become healthy.
const HEALTH: Duration = Duration::from_secs(15);
/// Users of the machine for apps. Far from those that people and services have.
const USERS: std::ops::Range<u32> = 200_000..600_000;

/// Whose process it is.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Identity {
    pub organization: OrganizationId,
    pub app: AppId,
    pub environment: EnvironmentId,
}

/// A healthy process.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Running {
    pub release: ReleaseId,
    pub process: Process,
    pub upstream: Arc<Upstream>,
    pub assets: Arc<Assets>,
    pub since: Instant,
    _watch: health::Watch,
}

/// Why a release does not come up.
#[derive(Debug)]
pub struct Failure {
    /// For people.
    pub message: String,
    /// The last lines of the process.
    pub tail: Option<String>,
}

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), tail: None }
    }

    /// What stands behind it is for the operator's log alone: the message is shown to the app's makers.
    pub fn because(message: &str, cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = cause, "{message}");
        Self::new(format!("{message} The operator finds the cause in the host's log."))
    }
}

/// Brings it up, unless it is given up: then nothing of it runs when this returns.
pub async fn start(world: &Arc<World>, who: Identity, label: &str, release: ReleaseId, log: &AppLog, given_up: &CancellationToken) -> Result<Running, Failure> {
    let abandoned = || Failure::new("It is no longer wanted.");
    // Many apps that start at once on a small machine would all be too slow.
    let turn = given_up.run_until_cancelled(world.starts.acquire()).await.ok_or_else(abandoned)?;
    let _turn = turn.expect("the semaphore is never closed");
    let found = runtimes::start(&world.pool, who.environment)
        .await
        .map_err(|e| Failure::because("Slipform's database does not answer.", &e))?
        .ok_or_else(|| Failure::new("The environment was deleted."))?;
    let user = user(world, who).await?;
    let sockets = folders::sockets(&world.socket_root, who.environment);
    let socket = sockets.join(format!("{}.sock", world.counter.fetch_add(1, Ordering::Relaxed)));
    let run = world.places.run(who.environment, release);
    let prepared = {
        let (world, sockets, run, slug) = (world.clone(), sockets.clone(), run.clone(), found.environment_slug.clone());
        tokio::task::spawn_blocking(move || {
            folders::prepare(&world.places, &sockets, who.app, (who.environment, &slug), release, user)?;
            Assets::read(&run.join("web"))
        })
    };
    let assets = prepared.await.map_err(|e| Failure::because("Its files cannot be prepared.", &e))?.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new("The files of the release are not there."),
        std::io::ErrorKind::StorageFull => Failure::new("The disk is full."),
        _ => Failure::because("The files of the release cannot be copied.", &error),
    })?;

    let spec = spec(world, who, label, release, found, user, run, &sockets, socket.clone())?;
    if given_up.is_cancelled() {
        return Err(abandoned());
    }
    let process = Process::start(&world.keeping, spec, log).await.map_err(|e| Failure::because("Its process cannot be started.", &e))?;
    log.event("info", &format!("process {} started for release {release}", process.pid));
    let begin = Instant::now();
    tokio::select! {
        biased;
        () = healthy(&socket, label) => {}
        ended = process.ended() => {
            return Err(Failure { message: format!("Its server ended before it answered. {}", ended.why), tail: Some(process.tail.text()) });
        }
        () = given_up.cancelled() => {
            process.stop_now().await;
            return Err(abandoned());
        }
        () = tokio::time::sleep(HEALTH) => {
            process.stop_now().await;
            let message = format!("Its server did not answer GET /api/health with 200 within {} seconds.", HEALTH.as_secs());
            return Err(Failure { message, tail: Some(process.tail.text()) });
        }
    }
    tracing::info!(environment = %who.environment, %release, pid = process.pid, ms = begin.elapsed().as_millis(), "an app is healthy");
    let watch = health::Watch::start(&process, &socket, label, world.probe);
    Ok(Running { release, process, upstream: Upstream::new(socket), assets: Arc::new(assets), since: Instant::now(), _watch: watch })
}

#[allow(clippy::too_many_arguments)]
fn spec(
    world: &World,
    who: Identity,
    label: &str,
    release: ReleaseId,
    found: runtimes::Start,
    user: Option<u32>,
    run: PathBuf,
    sockets: &std::path::Path,
    socket: PathBuf,
) -> Result<Spec, Failure> {
    let sealed = found.sealed_secrets.ok_or_else(|| Failure::new("The environment has no database yet; build the app once more."))?;
    let clear =
        world.keyring.open(&secrets_context(who.environment), &sealed).map_err(|e| Failure::because("The environment's passwords cannot be read.", &e))?;
    let secrets: EnvironmentSecrets = serde_json::from_slice(&clear).map_err(|_| Failure::new("The environment's passwords are damaged."))?;

    let data = world.places.data(who.environment);
    let mut environment: Vec<(&'static str, OsString)> = vec![
        ("SOCKET_PATH", socket.into()),
        ("DATABASE_URL", world.database_server.url(who.environment, &secrets.database_password).into()),
        ("APP_URL", world.addresses.origin(label).into()),
        ("NODE_ENV", "production".into()),
        ("RELEASE", release.to_string().into()),
        ("PATH", "/usr/bin:/bin".into()),
        ("HOME", data.clone().into()),
        ("TZ", "UTC".into()),
    ];
    if let Some(email) = found.admin_email {
        environment.push(("ADMIN_EMAIL", email.into()));
        environment.push(("ADMIN_PASSWORD", secrets.admin_password.into()));
    }
    // The heap is smaller than the limit, so that V8 collects before the process is ended from outside.
    let heap = (world.memory_mb * 11 / 16).max(32);
    let command = [world.node.clone().into(), format!("--max-old-space-size={heap}").into(), run.join("server.mjs").into()];
    Ok(Spec {
        program: world.launcher.clone(),
        arguments: Confine::arguments(user, &[&run], &[&data, sockets], command),
        environment,
        folder: run,
        memory: world.memory_mb << 20,
        user,
    })
}

/// The user that the app's processes have for its lifetime; none when we are not root.
async fn user(world: &World, who: Identity) -> Result<Option<u32>, Failure> {
    if !world.root {
        return Ok(None);
    }
    let hash = Sha256::digest(who.environment.0.as_bytes());
    let offset = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) % (USERS.end - USERS.start);
    let owner = Owner { organization: who.organization, app: who.app, environment: who.environment };
    resources::allocate_uid(&world.pool, owner, USERS, USERS.start + offset)
        .await
        .map(Some)
        .map_err(|e| Failure::because("Slipform's database does not answer.", &e))
}
