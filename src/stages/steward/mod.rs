//! The steward of a database server makes, corrects and removes the role and the database of each environment: it reads, creates
//! what is absent, corrects what differs, adopts what is there. A role reaches its own database and no other.
//!
//! It alone connects as a role that may make others; a worker calls it in process, and on AWS it is a function of its own.

mod scram;

pub use scram::verifier;

use super::{Level, Log, StageError};
use crate::domain::EnvironmentId;
use crate::domain::local::database_name;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

/// One provision or removal at a time changes the cluster's roles and databases.
const LOCK: i64 = 0x511b_f0db;
/// The most connections of an app's role: two processes during a switch, each with a pool of 10, and the database stage.
const CONNECTIONS: i32 = 30;

/// What is there.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    /// The role exists and has exactly the attributes it shall have.
    role: Option<bool>,
    /// The database exists and belongs to the role.
    database: Option<bool>,
    /// Databases that any role may connect to, or make temporary tables in.
    open: Vec<String>,
}

/// Makes sure of both, on a connection that was made with `server`. True when something had to be changed.
pub async fn ensure(conn: &mut PgConnection, server: &PgConnectOptions, environment: EnvironmentId, password: &str, log: &Log) -> Result<bool, StageError> {
    let name = database_name(environment);
    let found = look(conn, &name).await.map_err(|e| refused(&e))?;
    let control = server.get_database().unwrap_or("postgres").to_owned();
    let ours = [name.as_str(), &control, "postgres", "template1"];
    let closed = !found.open.iter().any(|open| ours.contains(&open.as_str()));
    if found.role == Some(true) && found.database == Some(true) && closed && login_works(server, &name, password).await {
        return Ok(false);
    }

    let mut attempt = 0;
    loop {
        let result = correct(conn, &name, &control, password).await;
        match result {
            Ok(()) => break,
            // Another installation in the same cluster changed the same row of a catalog, or made the same thing, at the same moment.
            Err(sqlx::Error::Database(e)) if attempt < 5 && matches!(e.code().as_deref(), Some("XX000" | "23505" | "42710" | "42P04")) => attempt += 1,
            Err(e) => return Err(refused(&e)),
        }
    }

    let found = look(conn, &name).await.map_err(|e| refused(&e))?;
    let mut foreign = 0;
    for open in &found.open {
        if *open == name || *open == control {
            return Err(StageError::fail(
                "database-open",
                "The database cannot be closed to other apps",
                format!("Every role may still connect to {open}, because it belongs to somebody else than the role of DATABASE_URL."),
            )
            .hint(format!("As its owner, run: REVOKE CONNECT, TEMPORARY ON DATABASE \"{open}\" FROM PUBLIC")));
        }
        // The names of other people's databases are for the operator, not for whoever reads a build's log.
        tracing::warn!(database = %open, "every role of this Postgres, so also an app's, may connect to a database that is not Slipform's; its owner can revoke CONNECT from PUBLIC");
        foreign += 1;
    }
    if foreign > 0 {
        log.line(Level::Warn, format!("The app's role may connect to {foreign} more of this Postgres' databases; Slipform's own log names them."));
    }
    if found.role != Some(true) || found.database != Some(true) || !login_works(server, &name, password).await {
        return Err(StageError::retry("database-not-ready", "The app's database is not as it must be", "It was changed from outside while it was being made."));
    }
    Ok(true)
}

async fn look(conn: &mut PgConnection, name: &str) -> sqlx::Result<Found> {
    let role = sqlx::query_scalar(
        "select rolcanlogin and not rolsuper and not rolcreatedb and not rolcreaterole and not rolreplication and not rolbypassrls and rolconnlimit = $2
         from pg_roles where rolname = $1",
    )
    .bind(name)
    .bind(CONNECTIONS)
    .fetch_optional(&mut *conn)
    .await?;
    let database = sqlx::query_scalar("select datallowconn and datdba = (select oid from pg_roles where rolname = $1) from pg_database where datname = $1")
        .bind(name)
        .fetch_optional(&mut *conn)
        .await?
        .map(|fine: Option<bool>| fine.unwrap_or(false));
    let open = sqlx::query_scalar(
        "select datname::text from pg_database d
         where datallowconn and exists (
             select from aclexplode(coalesce(datacl, acldefault('d', datdba))) a where a.grantee = 0 and a.privilege_type in ('CONNECT', 'TEMPORARY'))
         order by datname",
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(Found { role, database, open })
}

async fn correct(conn: &mut PgConnection, name: &str, control: &str, password: &str) -> sqlx::Result<()> {
    // CREATE DATABASE cannot stand in a transaction, so the lock is the session's; released even when a statement fails.
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut *conn).await?;
    let result = correct_locked(conn, name, control, password).await;
    sqlx::query("select pg_advisory_unlock($1)").bind(LOCK).execute(&mut *conn).await?;
    result
}

async fn correct_locked(conn: &mut PgConnection, name: &str, control: &str, password: &str) -> sqlx::Result<()> {
    let superuser: bool = sqlx::query("select rolsuper from pg_roles where rolname = current_user").fetch_one(&mut *conn).await?.try_get(0)?;
    let found = look(conn, name).await?;
    if found.role.is_none() {
        run(conn, format!("create role {name} nologin")).await?;
    }
    // Only a superuser may name the attributes that only a superuser can have given.
    let attributes = if superuser { "nosuperuser noreplication nobypassrls" } else { "" };
    run(conn, format!("alter role {name} login nocreatedb nocreaterole {attributes} connection limit {CONNECTIONS} password '{}'", scram::verifier(password)))
        .await?;
    if !superuser {
        run(conn, format!("grant {name} to current_user")).await?;
    }
    match found.database {
        // template0 is never connected to, so that any number of databases can be made at once.
        None => run(conn, format!("create database {name} owner {name} template template0 encoding 'UTF8'")).await?,
        Some(false) => run(conn, format!("alter database {name} owner to {name}")).await?,
        Some(true) => {}
    }
    let control_quoted = format!("\"{}\"", control.replace('"', "\"\""));
    if found.open.iter().any(|open| open == control) {
        // Our own logins were granted it by name when they were made.
        run(conn, format!("revoke connect, temporary on database {control_quoted} from public")).await?;
    }
    for standard in ["postgres", "template1"] {
        if standard != control && found.open.iter().any(|open| open == standard) {
            // Only their owner may; if that is not us, what stays open is reported.
            if let Err(error) = run(conn, format!("revoke connect, temporary on database {standard} from public")).await {
                tracing::debug!(%error, standard, "a standard database cannot be closed");
            }
        }
    }
    run(conn, format!("revoke connect, temporary on database {name} from public")).await
}

/// Every text here is made of an id, of hexadecimal digits, or quoted.
async fn run(conn: &mut PgConnection, sql: String) -> sqlx::Result<()> {
    sqlx::query(AssertSqlSafe(sql)).execute(conn).await.map(|_| ())
}

/// Proves more than the catalog can say: the password is right and the server lets the role in.
async fn login_works(server: &PgConnectOptions, name: &str, password: &str) -> bool {
    let options = server.clone().username(name).password(password).database(name).application_name("slipform provision");
    match PgConnection::connect_with(&options).await {
        Ok(conn) => conn.close().await.is_ok(),
        Err(_) => false,
    }
}

/// Drops both; what is absent already is no failure. Takes a connection that ends with it: a removal that is broken off would
/// leave the session's lock to whoever uses the connection next, and nobody could go on.
pub async fn remove(mut conn: PgConnection, environment: EnvironmentId) -> Result<(), StageError> {
    let name = database_name(environment);
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut conn).await.map_err(|e| refused(&e))?;
    let dropped = async {
        run(&mut conn, format!("drop database if exists {name} with (force)")).await?;
        run(&mut conn, format!("drop role if exists {name}")).await
    }
    .await;
    sqlx::query("select pg_advisory_unlock($1)").bind(LOCK).execute(&mut conn).await.map_err(|e| refused(&e))?;
    dropped.map_err(|e| refused(&e))?;
    let found = look(&mut conn, &name).await.map_err(|e| refused(&e))?;
    if found.role.is_some() || found.database.is_some() {
        return Err(StageError::retry("database-left", "The app's database is still there", format!("{name} was dropped and made again by somebody.")));
    }
    Ok(())
}

/// What the server refused, or why it could not be reached.
pub fn refused(error: &sqlx::Error) -> StageError {
    match error {
        sqlx::Error::Database(e) if e.code().as_deref() == Some("42501") => {
            StageError::fail("database-forbidden", "Slipform may not make databases here", format!("Postgres said: {}", e.message()))
                .hint("The role of DATABASE_URL needs CREATEDB and CREATEROLE.")
        }
        _ => unavailable(error),
    }
}

/// Postgres failed under us: worth another try. What it said is for the operator's log alone: a build's log is its tenant's.
pub fn unavailable(error: &sqlx::Error) -> StageError {
    tracing::warn!(%error, "a query failed");
    StageError::retry("database-unavailable", "The database did not answer", "Slipform could not reach its database, or was refused by it.")
        .hint("The operator finds the cause in the worker's log.")
}
