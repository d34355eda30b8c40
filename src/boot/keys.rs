//! `slipform keys`: what an operator does with the keys that sign access tokens.

use super::{keyring, postgres};
use crate::app::keys::{self, Listed, Rotation};
use crate::config::Config;
use anyhow::Context as _;
use chrono::Utc;
use clap::Subcommand;
use serde_json::{Value, json};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Shows the keys that there are and were.
    List,
    /// Makes the next key now instead of after 30 days. It is published and signs in an hour; nobody has to sign in again.
    Rotate {
        /// A key has leaked: a new one signs at once, and all others are retired. What they have signed is refused within a minute; clients
        /// get new access tokens with their refresh tokens.
        #[arg(long)]
        now: bool,
    },
}

impl Keys {
    /// Does it.
    pub async fn run(self, config: Config, as_json: bool) -> anyhow::Result<()> {
        let pool = PgPoolOptions::new().max_connections(1).connect(postgres::owner(&config)?.expose()).await.context("cannot connect to the database")?;
        let (words, value) = self.act(&pool, &config).await?;
        pool.close().await;
        println!("{}", if as_json { value.to_string() } else { words });
        Ok(())
    }

    async fn act(self, pool: &PgPool, config: &Config) -> anyhow::Result<(String, Value)> {
        match self {
            Self::List => {
                let all = keys::list(pool).await?;
                let lines: Vec<String> =
                    all.iter().map(|key| format!("{}  from {}  {}", key.id, key.signs_from.format("%F %T UTC"), state(key, &all))).collect();
                let value = |key: &Listed| json!({ "id": key.id, "signsFrom": key.signs_from, "retiredAt": key.retired_at, "state": state(key, &all) });
                let words = if lines.is_empty() { "There is none yet: the first sign-in makes one.".to_owned() } else { lines.join("\n") };
                Ok((words, all.iter().map(value).collect()))
            }
            Self::Rotate { now } => {
                let made = keys::rotate(pool, &keyring(config)?, if now { Rotation::Now } else { Rotation::InOrder }).await?;
                let words = if now {
                    format!("{} signs, and all other keys are retired. Every `serve` follows within a minute.", made.id)
                } else {
                    format!("{} is published, and signs from {} on.", made.id, made.signs_from.format("%F %T UTC"))
                };
                Ok((words, json!({ "id": made.id, "signsFrom": made.signs_from })))
            }
        }
    }
}

/// `all` are the newest first.
fn state(key: &Listed, all: &[Listed]) -> &'static str {
    let signing = all.iter().find(|key| key.retired_at.is_none() && key.signs_from <= Utc::now());
    match key {
        key if key.retired_at.is_some() => "retired",
        key if key.signs_from > Utc::now() => "next",
        key if signing.is_some_and(|signing| signing.id == key.id) => "signs",
        _ => "verifies",
    }
}
