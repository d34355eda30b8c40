//! Wires everything together: the folder, the key, Postgres, the pools, and the roles of the program.

#[cfg(feature = "aws")]
pub mod aws;
pub mod database;
pub mod files;
pub mod first_start;
pub mod keys;
pub mod launch;
pub mod operator;
pub mod parts;
pub mod postgres;
pub mod quotas;
pub mod up;
pub mod with_postgres;

use crate::config::{Config, Secret};
use crate::domain::seal::Keyring;
use crate::store::Database;
use anyhow::Context as _;
use nix::fcntl::{Flock, FlockArg};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// What every role of the program stands on.
#[derive(Debug)]
pub struct Base {
    /// The settings.
    pub config: Config,
    /// The key that seals secrets.
    pub keyring: Keyring,
    /// The private cluster, when there is no `DATABASE_URL`.
    pub cluster: Option<postgres::Cluster>,
    /// Connects as the owner role: migrates, and makes databases for apps.
    pub owner_url: Secret,
    /// The pools of the narrow roles.
    pub database: Database,
    /// Held as long as the private cluster runs, so that no second process takes it for a leftover and ends it.
    lock: Option<Flock<fs::File>>,
}

/// Whether this process may start a private Postgres: only `up` and `migrate` do, since the parts of an installation
/// share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PrivatePostgres {
    Start,
    Refuse,
}

impl Base {
    /// Prepares the folder and the key, starts or finds Postgres, migrates, connects.
    pub async fn prepare(config: Config, private: PrivatePostgres) -> anyhow::Result<Self> {
        prepare_home(&config.home)?;
        let keyring = keyring(&config)?;
        let (lock, cluster, owner_url) = match &config.postgres.url {
            Some(url) => (None, None, url.clone()),
            None if private == PrivatePostgres::Refuse => anyhow::bail!(
                "DATABASE_URL is not set. `serve`, `worker` and `host` are parts of one installation and share its Postgres; `slipform up` runs all of them with a private one"
            ),
            None => {
                let lock = lock(&config.home)?;
                let launcher = std::env::current_exe().context("cannot find my own program")?;
                let folder = config.home.join("postgres");
                let cluster = postgres::Cluster::start(&folder, config.postgres.bin.as_deref(), &launcher, &[]).await?;
                let url = cluster.url().clone();
                (Some(lock), Some(cluster), url)
            }
        };
        let prepared = async {
            let database = database::prepare(&owner_url, &keyring).await?;
            database::set_usual(&owner_url, &config.quotas).await?;
            Ok(database)
        };
        let database = match prepared.await {
            Ok(database) => database,
            Err(error) => {
                if let Some(cluster) = cluster {
                    cluster.stop().await;
                }
                return Err(error);
            }
        };
        Ok(Self { config, keyring, cluster, owner_url, database, lock })
    }

    /// Closes the connections and ends the private cluster.
    pub async fn stop(self) {
        for pool in [self.database.application, self.database.worker, self.database.host] {
            pool.close().await;
        }
        if let Some(cluster) = self.cluster {
            cluster.stop().await;
        }
        drop(self.lock);
    }
}

/// One process a home folder runs its private Postgres. The kernel gives the lock back however that process ends.
fn lock(home: &Path) -> anyhow::Result<Flock<fs::File>> {
    let file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(home.join("lock")).context("cannot open the lock file")?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| match error {
        nix::errno::Errno::EWOULDBLOCK => anyhow::anyhow!("another Slipform runs on {}; stop it first, or choose another SLIPFORM_HOME", home.display()),
        error => anyhow::anyhow!("cannot lock {}: {error}", home.display()),
    })
}

/// Apps run as users of their own and must be able to pass through to their folders; every folder inside protects itself.
fn prepare_home(home: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(home).with_context(|| format!("cannot create SLIPFORM_HOME {}", home.display()))?;
    fs::set_permissions(home, fs::Permissions::from_mode(0o711)).with_context(|| format!("{} belongs to another user", home.display()))
}

/// `SLIPFORM_KEY`, else the file `key`, made at the first start.
fn keyring(config: &Config) -> anyhow::Result<Keyring> {
    if let Some(keyring) = &config.key {
        return Ok(keyring.clone());
    }
    let file = config.home.join("key");
    if !file.exists() {
        // Two processes may start together: the one that links first wins, and both read what it wrote.
        let mine = config.home.join(format!("key.{}", uuid::Uuid::new_v4().simple()));
        files::write_private(&mine, Keyring::generate().as_bytes())?;
        let linked = fs::hard_link(&mine, &file);
        fs::remove_file(&mine)?;
        if let Err(error) = linked
            && error.kind() != std::io::ErrorKind::AlreadyExists
        {
            return Err(error).context("cannot write the key");
        }
        // Without it, what Postgres keeps sealed could not be read after a loss of power.
        fs::File::open(&config.home)?.sync_all()?;
    }
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    text.trim().parse().with_context(|| format!("{} is damaged", file.display()))
}
