//! The secrets of an environment: made once, kept sealed in the control plane's database.

use crate::domain::EnvironmentId;
use crate::domain::local::{EnvironmentSecrets, secrets_context};
use crate::domain::seal::Keyring;
use crate::stages::StageError;
use crate::stages::steward::unavailable;
use sqlx::postgres::PgPool;

/// Makes them at the first call. Two workers that do so at once agree on what was stored first.
pub async fn of(worker: &PgPool, keyring: &Keyring, environment: EnvironmentId) -> Result<EnvironmentSecrets, StageError> {
    let context = secrets_context(environment);
    let fresh = EnvironmentSecrets { database_password: password(32), admin_password: password(12), origin_secret: password(32) };
    let sealed = keyring.seal(&context, &serde_json::to_vec(&fresh).expect("secrets are JSON"));
    let stored = sqlx::query_scalar!(
        r#"with wrote as (
               update environments set sealed_secrets = $2, updated_at = now() where id = $1 and sealed_secrets is null returning sealed_secrets
           )
           select coalesce((select sealed_secrets from wrote), (select sealed_secrets from environments where id = $1))"#,
        environment.0,
        sealed,
    )
    .fetch_one(worker)
    .await
    .map_err(|e| unavailable(&e))?;
    // Nothing at all: either the environment is gone, or another worker stored its secrets while this statement ran.
    let Some(stored) = stored else {
        return Err(StageError::retry("environment-gone", "The environment is not ready", "It was deleted, or it is being made right now."));
    };
    let unreadable = |why: String| {
        StageError::fail("secrets-unreadable", "The environment's passwords cannot be read", why)
            .hint("Start Slipform with the SLIPFORM_KEY that was used when the environment was made.")
    };
    let clear = keyring.open(&context, &stored).map_err(|e| unreadable(e.to_string()))?;
    serde_json::from_slice(&clear).map_err(|e| unreadable(e.to_string()))
}

/// Random letters and digits, twice `bytes` of them.
fn password(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    rand::Rng::fill_bytes(&mut rand::rng(), &mut random);
    hex::encode(random)
}
