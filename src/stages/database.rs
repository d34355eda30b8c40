//! Lambda 4: changes the live database's schema to what the backend stage wrote code for, or refuses.
//!
//! What exists is recorded beside the data, in `_slipform.schema`, and changes in the same transaction, so a worker
//! that was killed anywhere leaves either all of a migration or nothing, and whoever comes after it can tell.

use super::generation::{Input as Design, Planned, digest};
use super::{Context, Stage, StageError};
use crate::domain::StepName;
use serde::{Deserialize, Serialize};
use slipform_codegen::schema::{BOOKKEEPING, LOCK, Migration, RECORD_MIGRATION, RECORD_STATE, Refusal, SchemaState};
use sqlx::postgres::PgConnectOptions;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, PgConnection};
use std::str::FromStr as _;
use std::time::Duration;

/// How long a migration waits for a table that the live release keeps busy.
const LOCK_TIMEOUT: &str = "5s";
/// How long one statement of a migration may take.
const STATEMENT_TIMEOUT: &str = "10min";
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What it needs.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The design and what the control plane knows of the database.
    #[serde(flatten)]
    pub design: Design,
    /// What the backend stage wrote code for.
    pub planned: Planned,
    /// The build's fencing token. Once it was here, no older one changes anything.
    pub fence: i64,
}

/// What exists now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// False: the database was not what the plan began with, and nothing was changed. The control plane keeps `state` and
    /// `migrations`, and the backend stage plans again from them.
    pub fits: bool,
    /// What exists.
    pub state: SchemaState,
    /// All migrations that were applied, in order.
    pub migrations: Vec<Migration>,
}

/// Changes the schema.
#[derive(Debug, Clone, Copy)]
pub struct Database;

impl Stage for Database {
    const NAME: StepName = StepName::Database;
    type Input = Input;
    type Output = Output;

    async fn run(context: &Context, input: &Input) -> Result<Output, StageError> {
        run(context, input).await
    }
}

/// Applies the plan. Safe to repeat: a plan that was applied already is recognized.
pub async fn run(context: &Context, input: &Input) -> Result<Output, StageError> {
    let mut connection = connect(context.database_url.expose()).await?;
    let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut connection).await.map_err(database_error)?;
    tokio::select! {
        result = migrate(&mut connection, context, input) => result,
        () = context.cancel.cancelled() => {
            // A closed connection alone would let a long statement go on.
            if let Ok(mut other) = connect(context.database_url.expose()).await {
                let _ = sqlx::query("select pg_terminate_backend($1)").bind(backend).execute(&mut other).await;
            }
            Err(StageError::cancelled())
        }
    }
}

async fn connect(url: &str) -> Result<PgConnection, StageError> {
    // A slow migration belongs into the build's log, by its titles: its text holds the tenant's seeds.
    let options = PgConnectOptions::from_str(url).map(ConnectOptions::disable_statement_logging);
    let connecting = async { PgConnection::connect_with(&options?).await };
    match tokio::time::timeout(CONNECT_TIMEOUT, connecting).await {
        Ok(connected) => connected.map_err(database_error),
        Err(_) => Err(unreachable()),
    }
}

async fn migrate(connection: &mut PgConnection, context: &Context, input: &Input) -> Result<Output, StageError> {
    let mut tx = connection.begin().await.map_err(database_error)?;
    sqlx::raw_sql(AssertSqlSafe(format!("set local lock_timeout = '{LOCK_TIMEOUT}'; set local statement_timeout = '{STATEMENT_TIMEOUT}'; {BOOKKEEPING}")))
        .execute(&mut *tx)
        .await
        .map_err(database_error)?;
    let (_, Json(live), fence): (i32, Json<SchemaState>, i64) = sqlx::query_as(LOCK).fetch_one(&mut *tx).await.map_err(database_error)?;
    if fence > input.fence {
        return Err(StageError::fail("lease-lost", "Another worker took over", "A newer run of the pipeline has already changed this database."));
    }
    let mut migrations = history(&mut tx).await?;
    if live.position == input.planned.after && digest(&live) == input.planned.state {
        context.log.info("The database already has the shape that this design needs");
        record(&mut tx, &live, input.fence).await?;
        tx.commit().await.map_err(database_error)?;
        return Ok(Output { fits: true, state: live, migrations });
    }
    let prepared = input.design.prepare_from(&live, migrations.clone())?;
    if prepared.planned(&live) != input.planned {
        context.log.line(super::Level::Warn, "The database is not what the code was written for; the code will be written again");
        record(&mut tx, &live, input.fence).await?;
        tx.commit().await.map_err(database_error)?;
        return Ok(Output { fits: false, state: live, migrations });
    }
    refuse_losses(&mut tx, &prepared.refusals).await?;
    for line in &prepared.plan.summary {
        context.log.info(line.clone());
    }
    if let Some(migration) = prepared.plan.migration {
        sqlx::raw_sql(AssertSqlSafe(migration.sql.clone())).execute(&mut *tx).await.map_err(database_error)?;
        sqlx::query(RECORD_MIGRATION)
            .bind(position(migration.position))
            .bind(&migration.title)
            .bind(&migration.sql)
            .execute(&mut *tx)
            .await
            .map_err(database_error)?;
        context.log.info(format!("Applied migration {:04}_{}", migration.position, migration.title));
        migrations.push(migration);
    }
    record(&mut tx, &prepared.plan.after, input.fence).await?;
    tx.commit().await.map_err(database_error)?;
    Ok(Output { fits: true, state: prepared.plan.after, migrations })
}

async fn history(connection: &mut PgConnection) -> Result<Vec<Migration>, StageError> {
    let rows: Vec<(i32, String, String)> = sqlx::query_as(r#"select "position", "title", "sql" from "_slipform"."migrations" order by "position""#)
        .fetch_all(connection)
        .await
        .map_err(database_error)?;
    Ok(rows.into_iter().map(|(position, title, sql)| Migration { position: position.unsigned_abs(), title, sql }).collect())
}

async fn record(connection: &mut PgConnection, state: &SchemaState, fence: i64) -> Result<(), StageError> {
    sqlx::query(RECORD_STATE).bind(position(state.position)).bind(Json(state)).bind(fence).execute(connection).await.map_err(database_error)?;
    Ok(())
}

/// Counts what each refusal is about, before anything changes; those that concern no row are void.
async fn refuse_losses(connection: &mut PgConnection, refusals: &[Refusal]) -> Result<(), StageError> {
    let mut lines = Vec::new();
    let mut elements = Vec::new();
    for refusal in refusals {
        let affected: Option<i64> = match &refusal.count_sql {
            Some(sql) => Some(sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_one(&mut *connection).await.map_err(database_error)?),
            None => None,
        };
        let line = match affected {
            Some(0) => continue,
            Some(1) => format!("{} (1 record)", refusal.detail),
            Some(count) => format!("{} ({count} records)", refusal.detail),
            None => refusal.detail.clone(),
        };
        lines.push(line);
        elements.push(refusal.element.clone());
    }
    if lines.is_empty() {
        return Ok(());
    }
    let hint = format!(
        "To lose it on purpose, add the ids to `migration.confirmLoss` of the design ({}); to fill in missing values, add them to `migration.backfill`. Nothing was changed.",
        elements.join(", ")
    );
    let mut error = StageError::fail("data-would-be-lost", "The change would lose data", lines.join("\n")).hint(hint);
    error.elements = elements;
    Err(error)
}

fn position(position: u32) -> i32 {
    i32::try_from(position).unwrap_or(i32::MAX)
}

fn unreachable() -> StageError {
    StageError::retry("database-unreachable", "The app's database does not answer", "Slipform could not reach it; nothing was changed.")
}

/// What went wrong, by SQLSTATE. The transaction is rolled back whatever it was.
fn database_error(error: sqlx::Error) -> StageError {
    let sqlx::Error::Database(db) = &error else {
        return match error {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => unreachable(),
            other => {
                tracing::error!(error = %other, "the database stage failed");
                StageError::fail(
                    "schema-change-failed",
                    "The database could not be changed",
                    "Slipform and the database did not understand each other; nothing was changed.",
                )
                .hint("The operator finds the cause in the worker's log.")
            }
        };
    };
    let code = db.code().unwrap_or_default().into_owned();
    let message = db.message();
    match code.as_str() {
        "53100" => StageError::fail("disk-full", "The disk is full", "The database server has no space left on its disk; nothing was changed.")
            .hint("Ask the operator to free space on the disk of the database server, then build again."),
        "55P03" | "40P01" | "40001" => StageError::retry(
            "database-busy",
            "The app's database is busy",
            format!("The live app kept a table locked for more than {LOCK_TIMEOUT}; nothing was changed."),
        ),
        "57014" => StageError::fail(
            "schema-change-too-slow",
            "The change takes too long",
            format!("A statement of the migration ran for more than {STATEMENT_TIMEOUT} and was stopped; nothing was changed."),
        ),
        code if code.starts_with("08") || code.starts_with("57P") || code.starts_with("53") => unreachable(),
        code if code.starts_with("23") => StageError::fail(
            "data-breaks-rule",
            "Existing records break a new rule",
            format!("The database refused a rule of the design, because records that exist do not fit it: {message}. Nothing was changed."),
        )
        .hint("Correct these records in the live app, or relax the rule in the design, then build again."),
        _ => StageError::fail(
            "schema-change-failed",
            "The database could not be changed",
            format!("Postgres answered: {message} ({code}). Nothing was changed."),
        ),
    }
}
