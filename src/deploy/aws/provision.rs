//! Makes sure of everything that an environment consists of in its account, its database included.

use super::stage::invoked;
use super::{AwsTarget, Site, database_url, step_failed, unavailable};
use crate::deploy::{EnvironmentRef, secrets};
use crate::domain::local::EnvironmentSecrets;
use crate::stages::remote::{Outcome, Reply, StewardCall, misunderstood};
use crate::stages::{Log, StageError};
use crate::store::locks::AppLock;
use serde_json::json;
use slipform_aws::environment::Wanted;
use slipform_aws::{Account, Environment, Foundation, Ledger as _, invoke};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long the steward may take; its function's own limit is a minute.
const STEWARD: Duration = Duration::from_secs(75);

pub(super) async fn run(target: &AwsTarget, env: &EnvironmentRef, log: &Log) -> Result<Site, StageError> {
    // Nobody removes what the environments of the app share meanwhile.
    let _stays = AppLock::shared(&target.settings.worker, env.app).await.map_err(|e| unavailable(&e))?;
    let (account, foundation) = target.place(env).await?;
    let names = super::names(env, &foundation);
    let (wanted, _) = wanted(target, env, &foundation).await?;
    let ledger = target.ledger(env, log);
    let environment = Environment::new(&account, &foundation, names.clone(), &ledger);
    let made = Box::pin(environment.ensure(&wanted)).await.map_err(|e| step_failed(&e))?;

    let database = crate::domain::local::database_name(env.environment);
    for kind in ["database", "databaseRole"] {
        ledger.intend(kind, &database, json!({})).await.map_err(|e| step_failed(&e))?;
    }
    steward(&account, &foundation, &StewardCall::Ensure { environment: env.environment, secret: names.secret() }, log).await?;
    for kind in ["database", "databaseRole"] {
        ledger.present(kind, &database, json!({ "host": foundation.database_host })).await.map_err(|e| step_failed(&e))?;
    }
    if !ledger.made_something() {
        log.info("Everything is there already.");
    }
    Ok(Site { account, foundation, names, made, folder: env.environment_slug.clone() })
}

/// What is wanted of an environment, and its secrets.
pub(super) async fn wanted(target: &AwsTarget, env: &EnvironmentRef, foundation: &Foundation) -> Result<(Wanted, EnvironmentSecrets), StageError> {
    let secrets = secrets::of(&target.settings.worker, &target.settings.keyring, env.environment).await?;
    let names = super::names(env, foundation);
    let database_url = database_url(target, foundation, env, &secrets.database_password);
    let secret = json!({
        "databaseUrl": database_url.expose(),
        "databasePassword": secrets.database_password,
        "adminPassword": secrets.admin_password,
    });
    let mut variables = BTreeMap::new();
    if let Some(emulated) = &target.settings.emulated {
        variables.insert("SLIPFORM_FILES".to_owned(), format!("{}{}", emulated.files.display(), names.folder()));
        variables.insert("SLIPFORM_TOOLKIT".to_owned(), emulated.toolkit.display().to_string());
    }
    let wanted = Wanted { secret: secret.to_string(), origin_secret: secrets.origin_secret.clone(), host: super::host(env), variables };
    Ok((wanted, secrets))
}

/// Asks the steward of the database server.
pub(super) async fn steward(account: &Account, foundation: &Foundation, call: &StewardCall, log: &Log) -> Result<(), StageError> {
    let payload = serde_json::to_vec(call).map_err(|e| misunderstood(&e.to_string()))?;
    let answer = invoke::invoke(account, &foundation.steward_function, payload, STEWARD).await.map_err(|e| step_failed(&e))?;
    let reply: Reply = invoked("steward", answer, 0, log)?;
    reply.said.retell(0, log);
    match reply.outcome {
        Outcome::Output(_) => Ok(()),
        Outcome::Failed(error) => Err(error),
    }
}
