//! The host of one machine: it alone owns the processes of apps and the folders they run from. It reads what is
//! desired from Postgres, brings it about, and says what it observes.

mod census;
mod cgroup;
pub mod confine;
mod domains;
mod folders;
mod health;
mod keeper;
mod log;
mod pauses;
mod process;
mod start;

use crate::domain::EnvironmentId;
use crate::domain::local::{Addresses, DatabaseServer, Places};
use crate::domain::seal::Keyring;
use crate::edge::{self, Domains, Routes};
use crate::store::Pool;
use crate::store::runtimes::{self, Desired, Ear};
use anyhow::Context as _;
use keeper::{Before, Keeper, Wanted};
use process::{Keeping, Spawner};
use start::Identity;
use std::collections::HashMap;
use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Behind the notifications, which can be lost.
const POLL: Duration = Duration::from_secs(1);

/// How often a live process is asked whether it still answers.
pub const PROBE: Duration = Duration::from_secs(5);

/// What the host stands on.
#[derive(Debug)]
pub struct Deps {
    /// Connects as a member of `slipform_host`.
    pub pool: Pool,
    /// The operator's keys.
    pub keyring: Keyring,
    /// `SLIPFORM_HOME`.
    pub home: PathBuf,
    /// The Node binary.
    pub node: PathBuf,
    /// The program that knows `confine`: our own.
    pub launcher: PathBuf,
    /// The most memory of one app's server, in megabytes.
    pub memory_mb: u64,
    /// How often a live process is asked whether it still answers: [`PROBE`]. One that does not is started again.
    pub probe: Duration,
    /// The Postgres server, as apps reach it.
    pub database_server: DatabaseServer,
    /// The router: its listener is bound already, and its addresses name the real port.
    pub edge: edge::Settings,
}

/// What all keepers share.
struct World {
    pool: Pool,
    keyring: Keyring,
    places: Places,
    addresses: Addresses,
    database_server: DatabaseServer,
    node: PathBuf,
    launcher: PathBuf,
    memory_mb: u64,
    probe: Duration,
    /// Whether we can give each app a user of its own.
    root: bool,
    socket_root: PathBuf,
    keeping: Keeping,
    routes: Routes,
    domains: Domains,
    starts: Semaphore,
    counter: AtomicUsize,
}

/// Runs until `shutdown`; then lets requests finish and ends every process.
pub async fn run(deps: Deps, shutdown: CancellationToken) -> anyhow::Result<()> {
    let places = Places::new(&deps.home);
    let _lock = lock(&deps.home)?;
    let (socket_root, records) = tidy(&places)?;
    let root = nix::unistd::Uid::effective().is_root();
    confine::report(root);
    let (routes, domains) = (Routes::default(), Domains::default());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let world = Arc::new(World {
        pool: deps.pool,
        keyring: deps.keyring,
        places,
        addresses: deps.edge.addresses.clone(),
        database_server: deps.database_server,
        node: real_node(&deps.node).await?,
        launcher: deps.launcher,
        memory_mb: deps.memory_mb,
        probe: deps.probe,
        root,
        socket_root,
        keeping: Keeping { spawner: Spawner::start()?, census: census::Census::start(), cgroups: cgroup::Delegated::find(), records },
        routes: routes.clone(),
        domains: domains.clone(),
        starts: Semaphore::new((cores * 4).max(8)),
        counter: AtomicUsize::new(0),
    });
    // If either part fails, the other has no use.
    let both = shutdown.child_token();
    let edge = async {
        let result = edge::serve(deps.edge, routes, domains, both.clone()).await.context("the edge ended");
        both.cancel();
        result
    };
    let reconcile = async {
        reconcile(world, both.clone()).await;
        both.cancel();
    };
    tokio::join!(edge, reconcile).0
}

/// One host a home folder.
fn lock(home: &Path) -> anyhow::Result<File> {
    fs::create_dir_all(home).with_context(|| format!("cannot create {}", home.display()))?;
    let path = home.join("host.lock");
    // Readable for us alone: whoever can open it can lock it.
    let file = File::options().create(true).truncate(false).write(true).mode(0o600).open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => anyhow::bail!("another host already runs the apps of {}", home.display()),
        Err(fs::TryLockError::Error(error)) => Err(error).context("cannot lock the home folder"),
    }
}

/// Removes what a killed host has left, and makes the folders. The folder of sockets, and that of records.
fn tidy(places: &Places) -> anyhow::Result<(PathBuf, PathBuf)> {
    let records = places.hosted().join("processes");
    let sockets = folders::socket_root(places.home())?;
    folders::make_passage(&places.hosted())?;
    folders::make_private(&records)?;
    process::end_leftovers(&records).context("cannot end the processes that an earlier host has left")?;
    // Not the folder itself, which may be ours alone to make.
    if sockets.exists() {
        for entry in fs::read_dir(&sockets)? {
            folders::remove(&entry?.path())?;
        }
    }
    folders::make_passage(&sockets)?;
    Ok((sockets, records))
}

/// The binary itself: `node` may be a script or a link that an app could not read.
async fn real_node(node: &Path) -> anyhow::Result<PathBuf> {
    let output = tokio::process::Command::new(node).args(["-p", "process.execPath"]).output().await;
    let output = output.with_context(|| format!("cannot run Node ({}); install it, or name it in SLIPFORM_NODE", node.display()))?;
    let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    anyhow::ensure!(output.status.success() && path.is_file(), "{} does not answer as Node", node.display());
    Ok(path)
}

async fn reconcile(world: Arc<World>, shutdown: CancellationToken) {
    let mut keepers: HashMap<EnvironmentId, watch::Sender<Wanted>> = HashMap::new();
    let mut tasks: JoinSet<EnvironmentId> = JoinSet::new();
    let mut ear: Option<Ear> = None;
    let mut told = domains::Told::default();
    while !shutdown.is_cancelled() {
        if ear.is_none() {
            match Ear::of_desired(&world.pool).await {
                Ok(opened) => ear = Some(opened),
                Err(error) => tracing::warn!(%error, "the host cannot listen to Postgres; it looks every second"),
            }
        }
        match runtimes::list(&world.pool).await {
            Ok(all) => {
                keepers.retain(|id, keeper| !keeper.is_closed() && all.iter().any(|desired| desired.environment == *id));
                for desired in all {
                    tell(&world, &mut keepers, &mut tasks, desired, &shutdown);
                }
            }
            Err(error) => tracing::warn!(%error, "the host cannot read what shall run; everything stays as it is"),
        }
        if let Err(error) = told.update(&world.pool, &world.keyring, world.addresses.tls, &world.domains).await {
            tracing::warn!(%error, "the host cannot read the custom domains; they stay as they are");
        }
        tokio::select! {
            () = hear(&mut ear) => {}
            () = tokio::time::sleep(POLL) => {}
            Some(_) = tasks.join_next() => {}
            () = shutdown.cancelled() => {}
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// Waits for a message; an ear that fails is dropped, and opened anew after the poll.
async fn hear(ear: &mut Option<Ear>) {
    let heard = match ear {
        Some(open) => open.next().await,
        None => std::future::pending().await,
    };
    if !matches!(heard, Ok(Some(_))) {
        // The connection was lost, and with it what shows that a host runs.
        *ear = None;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn tell(
    world: &Arc<World>,
    keepers: &mut HashMap<EnvironmentId, watch::Sender<Wanted>>,
    tasks: &mut JoinSet<EnvironmentId>,
    desired: Desired,
    shutdown: &CancellationToken,
) {
    let environment = desired.environment;
    let wanted = Wanted { label: desired.host_label, release: desired.release, generation: desired.generation };
    if let Some(keeper) = keepers.get(&environment) {
        keeper.send_if_modified(|now| {
            let changed = *now != wanted;
            if changed {
                *now = wanted;
            }
            changed
        });
        return;
    }
    // Nothing is desired and nothing is there: the worker's to forget.
    if wanted.release.is_none() && desired.observed_generation >= wanted.generation && !world.places.environment(environment).exists() {
        return;
    }
    let who = Identity { organization: desired.organization, app: desired.app, environment };
    let before = Before { generation: desired.observed_generation, release: desired.observed_release, restarts: desired.restarts };
    let (sender, receiver) = watch::channel(wanted);
    match Keeper::new(world.clone(), who, receiver, before) {
        Ok(keeper) => {
            let shutdown = shutdown.clone();
            tasks.spawn(async move {
                keeper.keep(shutdown).await;
                environment
            });
            keepers.insert(environment, sender);
        }
        Err(error) => tracing::error!(%environment, %error, "an app's folders cannot be made; tried again"),
    }
}
