//! Looks whether an environment is still as it was made, and brings its functions to this Slipform's code.

use super::{AwsTarget, names, provision, step_failed, unavailable, web};
use crate::deploy::{Difference, EnvironmentRef};
use crate::stages::{Log, StageError};
use crate::store::releases;
use slipform_aws::drift::look_only;
use slipform_aws::{Account, Environment, Ledger as _, server};

/// The calls that follow from a newer Slipform, and from nobody's hand.
const UPGRADES: [&str; 2] = ["lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"];

pub(super) async fn run(target: &AwsTarget, env: &EnvironmentRef) -> Result<Vec<Difference>, StageError> {
    let found = Box::pin(look(target, env)).await?;
    if !found.iter().any(|difference| UPGRADES.iter().any(|call| difference.detail.contains(call))) {
        return Ok(found);
    }
    // Builds go on meanwhile: an alias moves to the new version when that is ready. Few jobs run at once, so apps follow one by one.
    let (log, _) = Log::new();
    Box::pin(provision::run(target, env, &log)).await?;
    Box::pin(look(target, env)).await
}

async fn look(target: &AwsTarget, env: &EnvironmentRef) -> Result<Vec<Difference>, StageError> {
    // What never came into being has nothing to differ from.
    let Some(site) = target.site(env).await? else { return Ok(Vec::new()) };
    let (mut connection, _) = target.way(env).await?;
    connection.interceptors.push(look_only());
    let eyes = Box::pin(Account::connect(&connection)).await.map_err(|e| step_failed(&e))?;
    let (wanted, _) = provision::wanted(target, env, &site.foundation).await?;
    let ledger = target.ledger(env, &Log::new().0);
    let made = Environment::differences(&eyes, &site.foundation, names(env, &site.foundation), &ledger, &wanted);
    let mut found: Vec<Difference> =
        Box::pin(made).await.map_err(|e| step_failed(&e))?.into_iter().map(|d| Difference { kind: d.kind, name: d.name, detail: d.detail }).collect();

    let mut conn = target.settings.worker.acquire().await.map_err(|e| unavailable(&e))?;
    let live = releases::live(&mut conn, env.organization, env.environment).await.map_err(|e| unavailable(&e))?;
    drop(conn);
    let Some(live) = live else { return Ok(found) };
    let difference = |kind: &str, name: String, detail: &str| Difference { kind: kind.to_owned(), name, detail: detail.to_owned() };
    let running = server::running(&eyes, &site.foundation, &site.names).await.map_err(|e| step_failed(&e))?;
    match running {
        None => found.push(difference("service", site.names.service(), "It is missing.")),
        Some(running) if running.desired == 0 => found.push(difference("service", site.names.service(), "It was told to run no server.")),
        Some(running) if running.fingerprint.is_empty() => {
            found.push(difference("service", site.names.service(), "It runs a task definition that Slipform has not made."));
        }
        Some(running) => {
            // A release that changes the interface alone lets the server of an earlier one go on.
            let entries = ledger.entries().await.map_err(|e| step_failed(&e))?;
            let service = entries.iter().find(|entry| entry.kind == "service").and_then(|entry| entry.observed.as_ref());
            if service.and_then(|seen| seen["server"].as_str()).is_some_and(|server| server != running.release) {
                found.push(difference("service", site.names.service(), "It runs the server of a release that is not live."));
            }
        }
    }
    if !web::shows(&site, live).await? {
        found.push(difference("bucket", site.made.bucket.clone(), "The interface is not the one of the live release."));
    }
    Ok(found)
}
