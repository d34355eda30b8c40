//! The environment's secret. Its value is the control plane's to know; AWS gives it to functions and servers.

use crate::account::Account;
use crate::error::{Absent as _, Kind, Result, failed};
use aws_sdk_secretsmanager::types::Tag;

/// What Secrets Manager says of one that is removed after a time of grace.
const REMOVAL_WAITS: &str = "marked for deletion";

/// Makes sure that it holds `value`, and takes it back from a removal that waits, as one in the console does. Answers with its ARN.
pub async fn ensure(account: &Account, name: &str, value: &str, tags: &[(&'static str, String)]) -> Result<String> {
    let secrets = &account.secrets;
    let get = || async { secrets.get_secret_value().secret_id(name).send().await.map_err(failed("secretsmanager:GetSecretValue")).absent() };
    let found = match get().await {
        Err(error) if error.message.contains(REMOVAL_WAITS) => {
            secrets.restore_secret().secret_id(name).send().await.map_err(failed("secretsmanager:RestoreSecret"))?;
            get().await?
        }
        found => found?,
    };
    let found = if let Some(found) = found {
        found
    } else {
        let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(value).build()).collect();
        match secrets.create_secret().name(name).secret_string(value).set_tags(Some(tags)).send().await.map_err(failed("secretsmanager:CreateSecret")) {
            Ok(made) => return Ok(made.arn.unwrap_or_default()),
            Err(error) if error.kind != Kind::Exists => return Err(error),
            Err(error) => get().await?.ok_or(error)?,
        }
    };
    if found.secret_string() != Some(value) {
        secrets.put_secret_value().secret_id(name).secret_string(value).send().await.map_err(failed("secretsmanager:PutSecretValue"))?;
    }
    Ok(found.arn.unwrap_or_default())
}

/// What it holds.
pub async fn value(account: &Account, name: &str) -> Result<String> {
    let found = account.secrets.get_secret_value().secret_id(name).send().await.map_err(failed("secretsmanager:GetSecretValue"))?;
    Ok(found.secret_string.unwrap_or_default())
}

/// Removes it at once: a name that waits for its removal cannot be used again.
pub async fn remove(account: &Account, name: &str) -> Result<()> {
    account.secrets.delete_secret().secret_id(name).force_delete_without_recovery(true).send().await.map_err(failed("secretsmanager:DeleteSecret")).absent()?;
    Ok(())
}

/// Whether it is left.
pub async fn left(account: &Account, name: &str) -> Result<bool> {
    Ok(account
        .secrets
        .describe_secret()
        .secret_id(name)
        .send()
        .await
        .map_err(failed("secretsmanager:DescribeSecret"))
        .absent()?
        .is_some_and(|found| found.deleted_date().is_none()))
}
