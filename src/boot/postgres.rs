//! A private Postgres cluster in the home folder, for everybody who has no `DATABASE_URL`.
//!
//! The machine's own Postgres binaries are run, as a child of ours, on loopback only and with a password. The crate
//! `postgresql_embedded` does most of this but cannot run under root, where Postgres refuses to start: there the
//! server runs as an unprivileged user.

use crate::config::{Config, Secret};
use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid, User, chown};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The oldest major version that Slipform is tested with.
const OLDEST: u32 = 15;

/// A running private cluster. A server that ends without being asked (killed, out of memory) is started again on the same
/// port, so that pools find it. One that is dropped without [`Cluster::stop`] ends with us (`PR_SET_PDEATHSIG`).
#[derive(Debug)]
pub struct Cluster {
    url: Secret,
    stop: CancellationToken,
    keeper: JoinHandle<()>,
}

/// How the server is started.
struct Server {
    launcher: PathBuf,
    bin: PathBuf,
    user: Option<User>,
    folder: PathBuf,
    port: u16,
    url: String,
    more: &'static [&'static str],
}

impl Cluster {
    /// Makes the cluster at the first start, and starts it. Repairs what a crash has left: a stale lock file,
    /// a server that outlived us. `more` are settings beside those that it always has.
    pub async fn start(folder: &Path, bin: Option<&Path>, launcher: &Path, more: &'static [&'static str]) -> anyhow::Result<Self> {
        let data = folder.join("data");
        let made = fs::read_to_string(data.join("PG_VERSION")).ok().and_then(|version| version.trim().parse().ok());
        let bin = find_binaries(bin, made)?;
        let user = unprivileged_user()?;
        prepare_folder(folder, user.as_ref())?;
        let password = password(folder)?;
        if !data.join("PG_VERSION").exists() {
            initialize(launcher, &bin, folder, &data, user.as_ref(), &password).await?;
        }
        check_version(&bin, &data)?;
        end_leftover(&data).await;

        let port = free_port()?;
        let url = format!("postgres://slipform:{password}@127.0.0.1:{port}/postgres");
        let server = Server { launcher: launcher.to_owned(), bin, user, folder: folder.to_owned(), port, url, more };
        let child = server.start().await?;
        ensure_database(&server.url).await?;
        let stop = CancellationToken::new();
        let keeper = tokio::spawn(server.keep(child, stop.clone()));
        Ok(Self { url: Secret::new(format!("postgres://slipform:{password}@127.0.0.1:{port}/slipform")), stop, keeper })
    }

    /// Connects to the control plane's database as the owner role.
    pub fn url(&self) -> &Secret {
        &self.url
    }

    /// Ends the server: open connections are closed, what was committed is kept.
    pub async fn stop(self) {
        self.stop.cancel();
        let _ = self.keeper.await;
    }
}

/// How an operator's command reaches the database of an installation, as its owner: the one that is named, or the private one that `up` runs.
pub fn owner(config: &Config) -> anyhow::Result<Secret> {
    config.postgres.url.clone().map_or_else(|| running(&config.home.join("postgres")), Ok)
}

/// How the owner reaches the cluster that another process runs in this folder.
pub fn running(folder: &Path) -> anyhow::Result<Secret> {
    let none = || format!("no Slipform runs on {}; start it, or name its database in DATABASE_URL", folder.parent().unwrap_or(folder).display());
    // Its fourth line is the port (see "Locking" in Postgres' miscinit.c).
    let lock = fs::read_to_string(folder.join("data/postmaster.pid")).with_context(none)?;
    let port: u16 = lock.lines().nth(3).and_then(|line| line.trim().parse().ok()).with_context(none)?;
    let password = fs::read_to_string(folder.join("password")).with_context(none)?;
    Ok(Secret::new(format!("postgres://slipform:{password}@127.0.0.1:{port}/slipform")))
}

impl Server {
    /// Starts, and waits until it answers.
    async fn start(&self) -> anyhow::Result<Child> {
        let log = self.folder.join("postgres.log");
        rotate(&log);
        let output = fs::OpenOptions::new().create(true).append(true).open(&log).context("cannot write the log of Postgres")?;
        let mut command = as_user(&self.launcher, &self.bin.join("postgres"), self.user.as_ref());
        command.arg("-D").arg(self.folder.join("data")).args(["-p", &self.port.to_string()]);
        let always = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "password_encryption=scram-sha-256"];
        for setting in always.iter().chain(self.more) {
            command.args(["-c", setting]);
        }
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let mut child = command.spawn().context("cannot start Postgres")?;
        match wait_until_ready(&mut child, &self.url, &log).await {
            Ok(()) => Ok(child),
            Err(error) => {
                // One that is still recovering would hold the data against the next attempt.
                end(child).await;
                Err(error)
            }
        }
    }

    /// Starts it again whenever it ends, until `stop`.
    async fn keep(self, mut child: Child, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return end(child).await,
                status = child.wait() => tracing::error!(?status, "Postgres ended; it is started again"),
            }
            let mut pause = Duration::from_millis(200);
            child = loop {
                match self.start().await {
                    Ok(child) => break child,
                    Err(error) => tracing::error!("{error:#}"),
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(10)),
                }
            };
        }
    }
}

/// A fast shutdown, then an immediate one, then the end.
async fn end(mut child: Child) {
    for (signal, patience) in [(Signal::SIGINT, 15), (Signal::SIGQUIT, 5)] {
        if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
        if tokio::time::timeout(Duration::from_secs(patience), child.wait()).await.is_ok() {
            return;
        }
    }
    let _ = child.kill().await;
}

/// The folder of `initdb` and `postgres`: of the version that `made` the data if it is there, else the newest of the usual places.
fn find_binaries(given: Option<&Path>, made: Option<u32>) -> anyhow::Result<PathBuf> {
    let complete = |dir: &Path| dir.join("initdb").exists() && dir.join("postgres").exists();
    if let Some(dir) = given {
        if complete(dir) {
            return Ok(dir.to_owned());
        }
        bail!("SLIPFORM_POSTGRES_BIN: {} does not contain initdb and postgres", dir.display());
    }
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for parent in
        ["/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"]
    {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let dir = entry.path().join("bin");
            if let Some(version) = name.trim_start_matches("postgresql@").parse().ok().filter(|_| complete(&dir)) {
                found.push((version, dir));
            }
        }
    }
    let folders = ["/usr/pgsql-18/bin", "/usr/pgsql-17/bin", "/usr/pgsql-16/bin", "/usr/pgsql-15/bin", "/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"];
    // Where `scripts/setup` puts one that comes from npm: for root, and for everybody else in the checkout.
    let path: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    let folders = folders.into_iter().chain(["/usr/local/lib/slipform/postgres/bin", ".tools/postgres/bin"]).map(PathBuf::from);
    for dir in folders.chain(path) {
        let Ok(dir) = fs::canonicalize(dir) else { continue };
        if let Some(version) = complete(&dir).then(|| binary_version(&dir)).flatten() {
            found.push((version, dir));
        }
    }
    found.retain(|(version, _)| *version >= OLDEST);
    found.sort_by_key(|(version, _)| (Some(*version) == made, *version));
    found.pop().map(|(_, dir)| dir).with_context(|| {
        format!("no Postgres server (version {OLDEST} or newer) was found. Run `scripts/setup`, or install it (Debian, Ubuntu: `apt-get install postgresql`), or name the folder of its programs in SLIPFORM_POSTGRES_BIN, or your own server in DATABASE_URL")
    })
}

fn binary_version(bin: &Path) -> Option<u32> {
    let output = std::process::Command::new(bin.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok())
}

/// Postgres refuses to run as root. `None` when we are not root.
fn unprivileged_user() -> anyhow::Result<Option<User>> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        if let Some(user) = User::from_name(name)? {
            return Ok(Some(user));
        }
    }
    bail!("Postgres does not run as root, and this machine has neither a user `postgres` nor `nobody`; create one, or start Slipform as another user")
}

fn prepare_folder(folder: &Path, user: Option<&User>) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    if let Some(user) = user {
        chown(folder, Some(user.uid), Some(user.gid))?;
        for dir in folder.ancestors().skip(1).filter(|dir| !dir.as_os_str().is_empty()) {
            if fs::metadata(dir)?.permissions().mode() & 0o001 == 0 {
                bail!(
                    "the user `{}`, as whom Postgres runs because root may not, cannot reach {}: {} is closed to it. Choose another SLIPFORM_HOME, or `chmod o+x` it",
                    user.name,
                    folder.display(),
                    dir.display()
                );
            }
        }
    }
    Ok(())
}

fn password(folder: &Path) -> anyhow::Result<String> {
    let file = folder.join("password");
    if let Ok(password) = fs::read_to_string(&file)
        && password.len() == 64
    {
        return Ok(password);
    }
    let mut bytes = [0u8; 32];
    rand::Rng::fill_bytes(&mut rand::rng(), &mut bytes);
    let password = hex::encode(bytes);
    super::files::write_private(&file, password.as_bytes())?;
    Ok(password)
}

/// `initdb` into a temporary folder that is renamed when complete, so that an interrupted start leaves nothing half made.
async fn initialize(launcher: &Path, bin: &Path, folder: &Path, data: &Path, user: Option<&User>, password: &str) -> anyhow::Result<()> {
    let fresh = folder.join("data.new");
    let password_file = folder.join("password.initdb");
    let _ = fs::remove_dir_all(&fresh);
    super::files::write_private(&password_file, password.as_bytes())?;
    if let Some(user) = user {
        chown(&password_file, Some(user.uid), Some(user.gid))?;
    }
    let mut command = as_user(launcher, &bin.join("initdb"), user);
    command.arg("-D").arg(&fresh).arg("--pwfile").arg(&password_file).current_dir(folder);
    command.args(["-U", "slipform", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"]);
    let output = command.output().await.context("cannot run initdb")?;
    fs::remove_file(&password_file)?;
    if !output.status.success() {
        bail!("initdb failed:\n{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    fs::rename(&fresh, data)?;
    Ok(())
}

fn check_version(bin: &Path, data: &Path) -> anyhow::Result<()> {
    let made: u32 = fs::read_to_string(data.join("PG_VERSION"))?.trim().parse().context("PG_VERSION is damaged")?;
    match binary_version(bin) {
        Some(version) if version == made => Ok(()),
        Some(version) => bail!(
            "the data in {} were made by Postgres {made}, and the newest one here is {version}. Install Postgres {made}, or name its programs in SLIPFORM_POSTGRES_BIN, or move the data with pg_upgrade",
            data.display()
        ),
        None => bail!("`{}/postgres --version` does not answer", bin.display()),
    }
}

/// A server that outlived us holds the data: it is ended, and waited for.
async fn end_leftover(data: &Path) {
    let lock = data.join("postmaster.pid");
    let Some(pid) = fs::read_to_string(&lock).ok().and_then(|text| text.lines().next()?.trim().parse::<i32>().ok()) else { return };
    // Another Postgres of this machine may have the pid by now; a server's working directory is that of its data.
    let serves_data = || fs::canonicalize(data).is_ok_and(|data| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == data));
    let is_postgres = || fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres") && serves_data();
    if is_postgres() {
        let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
        for _ in 0..200 {
            if !is_postgres() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    // Postgres itself removes a lock file whose process is gone, when it has seen that no child of that process is left.
    // Only when another program has taken the pid since, it would refuse.
    if !is_postgres() && Path::new(&format!("/proc/{pid}")).exists() {
        let _ = fs::remove_file(&lock);
    }
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn rotate(log: &Path) {
    if fs::metadata(log).is_ok_and(|m| m.len() > 10_000_000) {
        let _ = fs::rename(log, log.with_extension("log.1"));
    }
}

/// A command of our own launcher, which drops to `user` and asks the kernel to end the program with us.
fn as_user(launcher: &Path, program: &Path, user: Option<&User>) -> Command {
    let mut command = Command::new(launcher);
    command.arg("launch");
    if let Some(user) = user {
        command.args(["--uid", &user.uid.to_string(), "--gid", &user.gid.to_string()]);
    }
    command.arg("--").arg(program);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8").env("TZ", "UTC");
    // Its own process group: Ctrl-C on the terminal reaches us alone, and we end the children in order.
    command.process_group(0);
    command
}

async fn wait_until_ready(child: &mut Child, url: &str, log: &Path) -> anyhow::Result<()> {
    use sqlx::Connection as _;
    let tail = || fs::read_to_string(log).unwrap_or_default().lines().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n");
    for _ in 0..600 {
        if let Some(status) = child.try_wait()? {
            bail!("Postgres ended while starting ({status}). Its last words:\n{}", tail());
        }
        if let Ok(connection) = sqlx::PgConnection::connect(url).await {
            let _ = connection.close().await;
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("Postgres did not answer within 30 seconds. Its last words:\n{}", tail())
}

async fn ensure_database(url: &str) -> anyhow::Result<()> {
    use sqlx::Connection as _;
    let mut connection = sqlx::PgConnection::connect(url).await?;
    let exists: Option<i32> = sqlx::query_scalar("select 1 from pg_database where datname = 'slipform'").fetch_optional(&mut connection).await?;
    if exists.is_none() {
        sqlx::query("create database slipform").execute(&mut connection).await?;
    }
    Ok(connection.close().await?)
}
