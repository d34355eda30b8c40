//! Removes everything of an environment: its files by its own function, its database by the steward, the rest by the control plane.

use super::provision::steward;
use super::{AwsTarget, stage, step_failed, unavailable};
use crate::deploy::{EnvironmentRef, secrets};
use crate::domain::EnvironmentKind;
use crate::stages::remote::{StewardCall, Task};
use crate::stages::{Log, StageError};
use crate::store::locks::AppLock;
use crate::store::resources;
use slipform_aws::environment::Front;
use slipform_aws::{Environment, Ledger as _};

pub(super) async fn run(target: &AwsTarget, env: &EnvironmentRef, log: &Log) -> Result<(), StageError> {
    let worker = &target.settings.worker;
    let mut conn = worker.acquire().await.map_err(|e| unavailable(&e))?;
    if resources::seen(&mut conn, env.environment).await.map_err(|e| unavailable(&e))?.is_empty() {
        log.info("Nothing was made for it.");
        return Ok(());
    }
    resources::delete_begins(&mut conn, env.environment).await.map_err(|e| unavailable(&e))?;
    drop(conn);

    // What is just being made of it, such as the way of a custom domain, is made before.
    drop(AppLock::shared(worker, env.app).await.map_err(|e| unavailable(&e))?);
    let (account, foundation) = target.place(env).await?;
    // Files go while the function that reaches them is there. An environment that never came into being has left none.
    if let Some(site) = target.site(env).await? {
        match stage::run(&site, Task::Clear, None, serde_json::Value::Null, log).await {
            Ok(_) => log.info("Its files are gone."),
            // An earlier attempt got as far as the function, and no farther.
            Err(error) if error.code == "aws-missing" => {}
            Err(error) => return Err(error),
        }
    }
    steward(&account, &foundation, &StewardCall::Remove { environment: env.environment }, log).await?;
    let ledger = target.ledger(env, log);
    let database = crate::domain::local::database_name(env.environment);
    for kind in ["database", "databaseRole"] {
        ledger.gone(kind, &database).await.map_err(|e| step_failed(&e))?;
    }
    log.info("Its database and role are gone. CloudFront takes a few minutes to let a distribution go.");

    let origin_secret = secrets::of(worker, &target.settings.keyring, env.environment).await?.origin_secret;
    let front = Front { host: super::host(env), origin_secret };
    let environment = Environment::new(&account, &foundation, super::names(env, &foundation), &ledger);
    environment.remove(&front, false, false).await.map_err(|e| step_failed(&e))?;

    // What previews share goes with the last of them. None is made meanwhile, and of two that go at once the second is the last.
    let _alone = AppLock::alone(worker, env.app).await.map_err(|e| unavailable(&e))?;
    let mut conn = worker.acquire().await.map_err(|e| unavailable(&e))?;
    let others = resources::others(&mut conn, env.owner()).await.map_err(|e| unavailable(&e))?;
    drop(conn);
    let (last, app) = (env.kind == EnvironmentKind::Production || !others.previews, !others.any);
    if last {
        environment.remove(&front, last, app).await.map_err(|e| step_failed(&e))?;
    }
    let left = environment.left(&front, last, app).await.map_err(|e| step_failed(&e))?;
    if !left.is_empty() {
        return Err(StageError::retry("resources-left", "Something is still there", format!("Still in the account: {}.", left.join(", "))));
    }
    for entry in ledger.entries().await.map_err(|e| step_failed(&e))? {
        ledger.gone(&entry.kind, &entry.name).await.map_err(|e| step_failed(&e))?;
    }
    log.info("Nothing is left.");
    Ok(())
}
