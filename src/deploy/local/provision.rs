//! Makes sure that an environment's folders, role and database exist.

use super::{LocalTarget, database_failed, folder_failed};
use crate::config::Secret;
use crate::deploy::{EnvironmentRef, secrets};
use crate::domain::local::database_name;
use crate::stages::{Log, StageError, Workshop, steward};
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
    let secrets = secrets::of(&target.worker, &target.keyring, env.environment).await?;

    make_folder(&target.places.apps())?;
    make_folder(&target.places.app(env.app))?;
    make_folder(&workspace)?;
    let mut server = target.owner.acquire().await.map_err(|e| steward::refused(&e))?;
    let changed = steward::ensure(&mut server, &target.owner_options, env.environment, &secrets.database_password, log).await?;
    drop(server);

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
