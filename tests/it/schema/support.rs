//! A database that is migrated design by design, as the database stage does it.

use crate::harness::TestDatabase;
use serde_json::{Value, json};
use slipform_codegen::design;
use slipform_codegen::model::Model;
use slipform_codegen::schema::{BOOKKEEPING, LOCK, PlanOptions, RECORD_MIGRATION, RECORD_STATE, SchemaState, plan};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

/// An app's database and what the planner knows of it.
pub struct App {
    pub connection: PgConnection,
    pub state: SchemaState,
    /// The smallest position that can be rolled back to.
    pub oldest: Option<u32>,
    /// Keeps the database.
    _database: TestDatabase,
}

/// What a deployment of a design came to.
pub struct Deployed {
    pub summary: Vec<String>,
    pub sql: Option<String>,
}

impl App {
    pub async fn new() -> Self {
        let database = TestDatabase::create().await;
        let connection = database.owner().await;
        Self { connection, state: SchemaState::default(), oldest: None, _database: database }
    }

    /// Deploys a design; gives the refusals that stand, if any, and then nothing has changed.
    pub async fn try_deploy(&mut self, design: &Value) -> Result<Deployed, Vec<String>> {
        self.try_deploy_model(&model(design)).await
    }

    pub async fn try_deploy_model(&mut self, model: &Model) -> Result<Deployed, Vec<String>> {
        let options = PlanOptions { oldest_release: self.oldest, production: false };
        let mut tx = self.connection.begin().await.unwrap();
        sqlx::raw_sql(BOOKKEEPING).execute(&mut *tx).await.unwrap();
        let (position, Json(state)): (i32, Json<SchemaState>) =
            sqlx::query(LOCK).fetch_one(&mut *tx).await.map(|row| (row.get("position"), row.get("state"))).unwrap();
        assert_eq!(i64::from(position), i64::from(self.state.position));
        assert_eq!(state, self.state, "the state survives its way through JSON");
        let (planned, refusals) = plan(&state, model, options);
        assert_eq!(plan(&state, model, options).0, planned, "deterministic");
        let mut standing = Vec::new();
        for refusal in refusals {
            let count: i64 = match &refusal.count_sql {
                Some(sql) => sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_one(&mut *tx).await.unwrap_or_else(|e| panic!("{e}\n{sql}")),
                None => 1,
            };
            if count > 0 {
                standing.push(format!("{}: {}", refusal.element, refusal.counted(count)));
            }
        }
        if !standing.is_empty() {
            return Err(standing);
        }
        let sql = planned.migration.as_ref().map(|migration| migration.sql.clone());
        if let Some(migration) = &planned.migration {
            sqlx::raw_sql(AssertSqlSafe(migration.sql.clone())).execute(&mut *tx).await.unwrap_or_else(|e| panic!("{e}\n{}", migration.sql));
            let position = i32::try_from(migration.position).unwrap();
            sqlx::query(RECORD_MIGRATION).bind(position).bind(&migration.title).bind(&migration.sql).execute(&mut *tx).await.unwrap();
            let recorded = sqlx::query(RECORD_STATE).bind(position).bind(Json(&planned.after)).bind(1i64).execute(&mut *tx).await.unwrap();
            assert_eq!(recorded.rows_affected(), 1);
        } else {
            assert_eq!(planned.after, state);
        }
        tx.commit().await.unwrap();
        let (again, refusals) = plan(&planned.after, model, options);
        assert_eq!(again.migration.map(|migration| migration.sql), None, "a second plan is empty, after\n{sql:?}");
        assert!(refusals.is_empty(), "{refusals:?}");
        self.state = planned.after;
        Ok(Deployed { summary: planned.summary, sql })
    }

    /// Deploys a design that must not be refused; a release of it can be rolled back to from then on.
    pub async fn deploy(&mut self, design: &Value) -> Deployed {
        match self.try_deploy(design).await {
            Ok(deployed) => {
                self.oldest.get_or_insert(self.state.position);
                deployed
            }
            Err(refusals) => panic!("refused: {refusals:#?}"),
        }
    }

    /// Runs statements.
    pub async fn run(&mut self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await.unwrap_or_else(|e| panic!("{e}\n{sql}"));
    }

    /// The name of the constraint or the SQLSTATE that refuses a statement.
    pub async fn fails(&mut self, sql: &str) -> String {
        match sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await {
            Ok(_) => panic!("accepted: {sql}"),
            Err(sqlx::Error::Database(error)) => error.constraint().map_or_else(|| error.code().unwrap_or_default().into_owned(), str::to_owned),
            Err(error) => panic!("{error}"),
        }
    }

    /// Rows as JSON.
    pub async fn rows(&mut self, sql: &str) -> Value {
        let sql = format!("SELECT coalesce(json_agg(t), '[]')::jsonb FROM ({sql}) t");
        let Json(value): Json<Value> =
            sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_one(&mut self.connection).await.unwrap_or_else(|e| panic!("{e}\n{sql}"));
        value
    }

    /// The only column of the only row, as text.
    pub async fn one(&mut self, sql: &str) -> String {
        let value = self.rows(sql).await;
        let rows = value.as_array().unwrap();
        assert_eq!(rows.len(), 1, "{sql}: {value}");
        let value = rows[0].as_object().unwrap().values().next().unwrap().clone();
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }
}

/// A checked design.
pub fn model(design: &Value) -> Model {
    let parsed = design::parse(design.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    Model::check(parsed).unwrap_or_else(|problems| panic!("{problems:#?}\n{design:#}"))
}

/// A design of entities and enums.
pub fn design(enums: &Value, entities: &Value) -> Value {
    json!({ "formatVersion": 1, "app": { "name": "Test" }, "enums": enums, "entities": entities })
}

/// A design of the one entity `Car` with id `car` and these fields.
pub fn cars(fields: &Value) -> Value {
    design(&json!([]), &json!([{ "id": "car", "name": "Car", "fields": fields }]))
}

/// With migration hints.
pub fn hinted(mut design: Value, confirm_loss: &[&str], backfill: &Value) -> Value {
    design["migration"] = json!({ "confirmLoss": confirm_loss, "backfill": backfill });
    design
}
