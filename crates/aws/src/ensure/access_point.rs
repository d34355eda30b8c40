//! The app's access point on the file system: its own root folder, its own user.

use crate::account::{Account, Foundation};
use crate::error::{Absent as _, Error, Kind, Result, failed, incomplete};
use crate::names::Names;
use aws_sdk_efs::types::{AccessPointDescription, CreationInfo, LifeCycleState, PosixUser, RootDirectory, Tag};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An access point that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AccessPoint {
    pub id: String,
    pub arn: String,
}

/// Makes sure of it, and waits until it can be mounted. Found by its root folder, which no other has: the token that a creation
/// carries is forgotten by AWS after a while. So a creation whose answer was lost is not sent again, but looked for.
pub async fn ensure(account: &Account, foundation: &Foundation, names: &Names) -> Result<AccessPoint> {
    let mut failures = 0;
    for _ in 0..120 {
        match find(account, &foundation.file_system, &names.folder()).await? {
            Some(found) if found.life_cycle_state() == Some(&LifeCycleState::Available) => {
                return Ok(AccessPoint { id: found.access_point_id.unwrap_or_default(), arn: found.access_point_arn.unwrap_or_default() });
            }
            Some(_) => tokio::time::sleep(Duration::from_millis(500)).await,
            None => {
                if let Err(error) = create(account, foundation, names).await {
                    let Some(pause) = super::look_again(&error, &mut failures) else { return Err(error) };
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }
    Err(Error::new(Kind::Busy, "elasticfilesystem:DescribeAccessPoints", "not-available", "The access point did not become available within a minute."))
}

async fn create(account: &Account, foundation: &Foundation, names: &Names) -> Result<()> {
    let id = i64::from(names.posix_id());
    let owner = CreationInfo::builder().owner_uid(id).owner_gid(id).permissions("0700").build().map_err(incomplete("elasticfilesystem:CreateAccessPoint"))?;
    let mut create = account
        .efs
        .create_access_point()
        .client_token(names.access_point())
        .file_system_id(&foundation.file_system)
        .posix_user(PosixUser::builder().uid(id).gid(id).build().map_err(incomplete("elasticfilesystem:CreateAccessPoint"))?)
        .root_directory(RootDirectory::builder().path(names.folder()).creation_info(owner).build());
    for (key, value) in names.shared_tags() {
        create = create.tags(Tag::builder().key(key).value(value).build().map_err(incomplete("elasticfilesystem:CreateAccessPoint"))?);
    }
    let once = aws_sdk_efs::Config::builder().retry_config(super::once());
    match create.customize().config_override(once).send().await.map_err(failed("elasticfilesystem:CreateAccessPoint")) {
        Err(error) if error.kind != Kind::Exists => Err(error),
        _ => Ok(()),
    }
}

async fn find(account: &Account, file_system: &str, folder: &str) -> Result<Option<AccessPointDescription>> {
    let mut pages = account.efs.describe_access_points().file_system_id(file_system).into_paginator().items().send();
    while let Some(point) = pages.next().await {
        let point = point.map_err(failed("elasticfilesystem:DescribeAccessPoints"))?;
        let going = matches!(point.life_cycle_state(), Some(LifeCycleState::Deleting | LifeCycleState::Deleted));
        if !going && point.root_directory().and_then(RootDirectory::path) == Some(folder) {
            return Ok(Some(point));
        }
    }
    Ok(None)
}

/// Removes it; its files stay, and are removed by the app's own function before.
pub async fn remove(account: &Account, file_system: &str, folder: &str) -> Result<()> {
    while let Some(found) = find(account, file_system, folder).await? {
        let id = found.access_point_id.unwrap_or_default();
        account.efs.delete_access_point().access_point_id(&id).send().await.map_err(failed("elasticfilesystem:DeleteAccessPoint")).absent()?;
    }
    Ok(())
}

/// Whether it is left.
pub async fn left(account: &Account, file_system: &str, folder: &str) -> Result<bool> {
    Ok(find(account, file_system, folder).await?.is_some())
}
