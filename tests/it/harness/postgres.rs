//! A real Postgres. `make test` starts one for the whole run; a single test that is run by hand starts its own.

use super::program;
use slipform::boot;
use slipform::config::Secret;
use slipform::domain::seal::Keyring;
use slipform::store::Database;
use sqlx::{Connection as _, PgConnection};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The address of the server, as a superuser.
pub fn server_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| std::env::var("SLIPFORM_TEST_POSTGRES_URL").unwrap_or_else(|_| start_own_server()))
}

/// The server lives until its standard input is closed: as long as this process.
#[allow(clippy::zombie_processes)]
fn start_own_server() -> String {
    let mut child = Command::new(program())
        .args(["with-postgres", "--", "sh", "-c", "echo \"$SLIPFORM_TEST_POSTGRES_URL\"; read _ || true"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program under test starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("an address");
    std::mem::forget(child.stdin.take());
    assert!(line.starts_with("postgres://"), "no private Postgres: {line:?}");
    line.trim().to_owned()
}

/// A database of the test's own, dropped with everything that the test made beside it.
pub struct TestDatabase {
    /// Connects as the owner role.
    pub url: String,
    /// The name.
    pub name: String,
    /// The key of the installation under test, as in `SLIPFORM_KEY`.
    pub key: String,
}

impl TestDatabase {
    /// An empty database.
    pub async fn create() -> Self {
        let name = format!("test_{}", &uuid::Uuid::new_v4().simple().to_string()[..12]);
        let mut connection = PgConnection::connect(server_url()).await.expect("the server answers");
        sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await.expect("a database");
        let (prefix, _) = server_url().rsplit_once('/').expect("an address with a database");
        Self { url: format!("{prefix}/{name}"), name, key: Keyring::generate() }
    }

    /// Migrates, and connects as the program does.
    pub async fn prepare(&self) -> Database {
        let keyring = self.key.parse().expect("a key");
        boot::database::prepare(&Secret::new(self.url.clone()), &keyring).await.expect("the migrations run")
    }

    /// A connection as the owner role, to look behind the scenes.
    pub async fn owner(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.expect("the owner connects")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = self.name.clone();
        let drop = async move {
            let mut connection = PgConnection::connect(server_url()).await?;
            sqlx::query(sqlx::AssertSqlSafe(format!("drop database if exists {name} with (force)"))).execute(&mut connection).await?;
            for group in ["application", "worker", "host"] {
                sqlx::query(sqlx::AssertSqlSafe(format!("drop role if exists {name}_{group}_login"))).execute(&mut connection).await?;
            }
            Ok::<_, sqlx::Error>(())
        };
        // A runtime of its own: the test's may be ending.
        let dropped = std::thread::spawn(|| tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(drop));
        if let Err(error) = dropped.join().expect("no panic") {
            eprintln!("the test's database {} stays behind: {error}", self.name);
        }
    }
}
