//! CloudWatch log groups with a retention.

use crate::account::Account;
use crate::error::{Absent as _, Kind, Result, failed};

/// Makes sure of a group that keeps its lines for `days`.
pub async fn ensure(account: &Account, name: &str, days: i32, tags: &[(&'static str, String)]) -> Result<()> {
    let found = find(account, name).await?;
    if found.is_none() {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        match account.logs.create_log_group().log_group_name(name).set_tags(Some(tags)).send().await.map_err(failed("logs:CreateLogGroup")) {
            Err(error) if error.kind != Kind::Exists => return Err(error),
            _ => {}
        }
    }
    if found.flatten() != Some(days) {
        account.logs.put_retention_policy().log_group_name(name).retention_in_days(days).send().await.map_err(failed("logs:PutRetentionPolicy"))?;
    }
    Ok(())
}

/// The retention of a group that is there.
async fn find(account: &Account, name: &str) -> Result<Option<Option<i32>>> {
    let mut pages = account.logs.describe_log_groups().log_group_name_prefix(name).into_paginator().items().send();
    while let Some(group) = pages.next().await {
        let group = group.map_err(failed("logs:DescribeLogGroups"))?;
        if group.log_group_name() == Some(name) {
            return Ok(Some(group.retention_in_days()));
        }
    }
    Ok(None)
}

/// Removes it.
pub async fn remove(account: &Account, name: &str) -> Result<()> {
    account.logs.delete_log_group().log_group_name(name).send().await.map_err(failed("logs:DeleteLogGroup")).absent()?;
    Ok(())
}

/// Whether it is left.
pub async fn left(account: &Account, name: &str) -> Result<bool> {
    Ok(find(account, name).await?.is_some())
}
