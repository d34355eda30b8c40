//! The steward as a function: the only one that knows the database server's master password.

use super::{misunderstood, secret};
use crate::stages::remote::{Payload, StewardCall};
use crate::stages::{Log, StageError, steward};
use serde::Deserialize;
use serde_json::json;
use slipform_aws::Account;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions as _, PgConnection};
use std::time::Duration;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(15);

/// The database server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Server {
    /// The secret that holds `username` and `password`.
    pub master_secret: String,
    pub host: String,
    pub port: u16,
    /// Whether connections must be encrypted.
    pub tls: bool,
}

#[derive(Deserialize)]
struct Master {
    username: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Environment {
    database_password: String,
}

impl Server {
    /// Does what is asked for. Safe to repeat.
    pub async fn answer(&self, account: &Account, call: StewardCall, log: &Log) -> Result<Payload, StageError> {
        let master: Master = secret(account, &self.master_secret).await?;
        let tls = if self.tls { PgSslMode::Require } else { PgSslMode::Disable };
        let options = PgConnectOptions::new_without_pgpass()
            .host(&self.host)
            .port(self.port)
            .username(&master.username)
            .password(&master.password)
            .database("postgres")
            .ssl_mode(tls)
            .application_name("slipform steward")
            .disable_statement_logging();
        let mut conn = connect(&options).await?;
        match call {
            StewardCall::Ensure { environment, secret: name } => {
                let found: Environment = secret(account, &name).await?;
                let changed = steward::ensure(&mut conn, &options, environment, &found.database_password, log).await?;
                if changed {
                    log.info("The database and its role are ready.");
                }
            }
            StewardCall::Remove { environment } => steward::remove(conn, environment).await?,
        }
        Ok(Payload::Inline(json!(null)))
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StageError> {
    match tokio::time::timeout(CONNECT, options.connect()).await {
        Ok(connected) => connected.map_err(|e| steward::refused(&e)),
        Err(_) => Err(misunderstood("the database server does not answer")),
    }
}
