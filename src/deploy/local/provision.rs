//! Makes sure that an environment's folders, role and database exist.

use super::{LocalTarget, database, database_failed, folder_failed};
use crate::config::Secret;
use crate::deploy::EnvironmentRef;
use crate::domain::local::{EnvironmentSecrets, database_name, secrets_context};
use crate::stages::{Log, StageError, Workshop};
use crate::store::resources;
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

pub(super) async fn run(target: &LocalTarget, env: &EnvironmentRef, log: &Log) -> Result<Workshop, StageError> {
    let name = database_name(env.environment);
    let workspace = target.places.workspace(env.app, &env.environment_slug);
    let folder_name = workspace.display().to_string();
    let made = {
        let mut conn = target.worker.acquire().await.map_err(|e| database_failed(&e))?;
        let mut known = true;
        for (kind, name) in [("folder", folder_name.as_str()), ("role", &name), ("database", &name)] {
            known &= resources::intend(&mut conn, env.owner(), kind, name, &json!({})).await.map_err(|e| database_failed(&e))?;
        }
        known
    };
    let secrets = secrets(target, env).await?;

    make_folder(&target.places.apps())?;
    make_folder(&target.places.app(env.app))?;
    make_folder(&workspace)?;
    let changed = database::ensure(target, env.environment, &secrets.database_password, log).await?;

    if !made {
        let mut conn = target.worker.acquire().await.map_err(|e| database_failed(&e))?;
        for (kind, name) in [("folder", folder_name.as_str()), ("role", &name), ("database", &name)] {
            resources::present(&mut conn, env.environment, kind, name, &json!({})).await.map_err(|e| database_failed(&e))?;
        }
    }
    log.info(if changed { format!("The database {name} and its role are ready.") } else { "Everything is there already.".to_owned() });
    let database_url = Secret::new(target.database_server.url(env.environment, &secrets.database_password));
    Ok(Workshop { workspace, toolkit: target.toolkit.clone(), database_url })
}

/// Only Slipform looks into the file systems of apps: what a process runs from, the host copies.
fn make_folder(path: &Path) -> Result<(), StageError> {
    std::fs::create_dir_all(path).and_then(|()| std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))).map_err(|e| folder_failed(path, &e))
}

/// The environment's secrets; made at the first call. Two workers that make them at once agree on what was stored first.
async fn secrets(target: &LocalTarget, env: &EnvironmentRef) -> Result<EnvironmentSecrets, StageError> {
    let context = secrets_context(env.environment);
    let fresh = EnvironmentSecrets { database_password: password(32), admin_password: password(12) };
    let sealed = target.keyring.seal(&context, &serde_json::to_vec(&fresh).expect("secrets are JSON"));
    let stored = sqlx::query_scalar!(
        r#"with wrote as (
               update environments set sealed_secrets = $2, updated_at = now() where id = $1 and sealed_secrets is null returning sealed_secrets
           )
           select coalesce((select sealed_secrets from wrote), (select sealed_secrets from environments where id = $1))"#,
        env.environment.0,
        sealed,
    )
    .fetch_one(&target.worker)
    .await
    .map_err(|e| database_failed(&e))?;
    // Nothing at all: either the environment is gone, or another worker stored its secrets while this statement ran.
    let Some(stored) = stored else {
        return Err(StageError::retry("environment-gone", "The environment is not ready", "It was deleted, or it is being made right now."));
    };
    let unreadable = |why: String| {
        StageError::fail("secrets-unreadable", "The environment's passwords cannot be read", why)
            .hint("Start Slipform with the SLIPFORM_KEY that was used when the environment was made.")
    };
    let clear = target.keyring.open(&context, &stored).map_err(|e| unreadable(e.to_string()))?;
    serde_json::from_slice(&clear).map_err(|e| unreadable(e.to_string()))
}

/// Random letters and digits, twice `bytes` of them.
fn password(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    rand::Rng::fill_bytes(&mut rand::rng(), &mut random);
    hex::encode(random)
}
