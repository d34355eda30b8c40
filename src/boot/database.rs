//! Roles, migrations and pools.

use crate::config::Secret;
use crate::domain::quotas::Quotas;
use crate::domain::seal::Keyring;
use crate::stages::steward::verifier;
use crate::store::Database;
use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};
use std::str::FromStr as _;
use std::time::Duration;

/// The group roles that the migrations grant to; they belong to the cluster.
const GROUPS: [&str; 3] = ["slipform_application", "slipform_worker", "slipform_host"];

/// How long a connection may have been idle and still not be asked whether it lives.
const FRESH: Duration = Duration::from_secs(1);

/// One at a time per database: several processes start together.
const START_LOCK: i64 = 0x511b_f03a;

/// Brings the database of `url` to this program's schema and connects as the three narrow roles.
pub async fn prepare(url: &Secret, keyring: &Keyring) -> anyhow::Result<Database> {
    let owner = PgConnectOptions::from_str(url.expose()).context("DATABASE_URL cannot be read")?.application_name("slipform");
    let mut connection = PgConnection::connect_with(&owner).await.context("cannot connect to DATABASE_URL")?;
    let version: i32 = sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&mut connection).await?;
    anyhow::ensure!(version >= 150_000, "Postgres 15 or newer is needed, and DATABASE_URL answers as {}", version / 10_000);

    sqlx::query("select pg_advisory_lock($1)").bind(START_LOCK).execute(&mut connection).await?;
    for group in GROUPS {
        create_role(&mut connection, &format!("create role {group} nologin")).await?;
    }
    sqlx::migrate!().run(&mut connection).await.context("the migrations failed")?;
    let database: String = sqlx::query_scalar("select current_database()::text").fetch_one(&mut connection).await?;
    let mut pools = Vec::with_capacity(GROUPS.len());
    for (group, size) in GROUPS.into_iter().zip([20, 10, 5]) {
        pools.push(login(&mut connection, &owner, keyring, &database, group, size).await?);
    }
    sqlx::query("select pg_advisory_unlock($1)").bind(START_LOCK).execute(&mut connection).await?;
    connection.close().await?;

    let [application, worker, host] = <[PgPool; 3]>::try_from(pools).expect("one pool a group");
    Ok(Database { application, worker, host })
}

/// Tells the queue how many builds run at once of an organization for which nothing was set: it cannot ask the settings.
pub async fn set_usual(url: &Secret, quotas: &Quotas) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(url.expose()).await?;
    let mut tx = connection.begin().await?;
    crate::store::quotas::set_usual_running_builds(&mut tx, quotas.running_builds).await?;
    tx.commit().await?;
    Ok(connection.close().await?)
}

/// The login role of this database in one group, and a pool that connects as it. Its password is derived from the
/// key, so that every process of an installation knows it and none has to keep it.
async fn login(connection: &mut PgConnection, owner: &PgConnectOptions, keyring: &Keyring, database: &str, group: &str, size: u32) -> anyhow::Result<PgPool> {
    let role = format!("{}_{}_login", short(database), group.trim_start_matches("slipform_"));
    let (quoted, quoted_database) = (quote(&role), quote(database));
    let password = keyring.derive_password(&role);
    // A verifier, so that the password stands in no log of statements.
    let verifier = verifier(&password);
    create_role(connection, &format!("create role {quoted} login")).await?;
    let set = format!("alter role {quoted} login nosuperuser nocreatedb nocreaterole nobypassrls password '{verifier}'");
    // A role that may only create roles cannot name `nosuperuser` or `nobypassrls`; new roles are neither anyway.
    if sqlx::query(sqlx::AssertSqlSafe(set)).execute(&mut *connection).await.is_err() {
        sqlx::query(sqlx::AssertSqlSafe(format!("alter role {quoted} login password '{verifier}'"))).execute(&mut *connection).await?;
    }
    // The groups belong to the whole server, so this login alone may come in here, and not those of another installation.
    for grant in [format!("grant {group} to {quoted}"), format!("grant connect on database {quoted_database} to {quoted}")] {
        sqlx::query(sqlx::AssertSqlSafe(grant)).execute(&mut *connection).await?;
    }
    let options = owner.clone().username(&role).password(&password).application_name(group);
    let pool = PgPoolOptions::new().max_connections(size).acquire_timeout(Duration::from_secs(5)).idle_timeout(Duration::from_mins(1));
    // A connection that was used a moment ago is good as a rule, and asking it each time is a fifth of what a short request costs.
    let pool = pool
        .test_before_acquire(false)
        .before_acquire(|connection, about| Box::pin(async move { Ok(about.idle_for < FRESH || connection.ping().await.is_ok()) }));
    Ok(pool.connect_lazy_with(options))
}

fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

/// The name of a database, so short that a role's name can begin with it (63 bytes at most) and still be no other's.
fn short(database: &str) -> String {
    if database.len() <= 40 {
        return database.to_owned();
    }
    let end = (0..=30).rev().find(|end| database.is_char_boundary(*end)).unwrap_or(0);
    format!("{}_{}", &database[..end], &hex::encode(Sha256::digest(database))[..8])
}

/// Creates a role unless it is there; another process may be doing the same in another database of the cluster.
async fn create_role(connection: &mut PgConnection, sql: &str) -> anyhow::Result<()> {
    match sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(connection).await {
        Ok(_) => Ok(()),
        // duplicate_object, unique_violation (two at once)
        Err(sqlx::Error::Database(e)) if matches!(e.code().as_deref(), Some("42710" | "23505")) => Ok(()),
        Err(e) => Err(e).with_context(|| format!("`{sql}` failed: the role in DATABASE_URL must be allowed to create roles")),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn long_names_of_databases_stay_apart_and_fit() {
        assert_eq!(short("slipform"), "slipform");
        let (a, b) = (short(&format!("{}a", "ä".repeat(31))), short(&format!("{}b", "ä".repeat(31))));
        assert!(a != b && a.len() <= 40, "{a} {b}");
    }
}
