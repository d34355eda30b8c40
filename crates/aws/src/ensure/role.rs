//! IAM roles with one inline policy each, below the foundation's permissions boundary.

use crate::account::Account;
use crate::error::{Absent as _, Kind, Result, failed, incomplete};
use crate::policies;
use aws_sdk_iam::types::Tag;
use serde_json::Value;

/// The name of the only policy of each role.
const POLICY: &str = "slipform";

/// A role that is wanted.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Wanted<'a> {
    pub name: String,
    pub trust: Value,
    pub policy: Value,
    pub boundary_arn: &'a str,
    pub tags: &'a [(&'static str, String)],
}

/// Answers with its ARN.
pub async fn ensure(account: &Account, wanted: &Wanted<'_>) -> Result<String> {
    let iam = &account.iam;
    let get = || async { iam.get_role().role_name(&wanted.name).send().await.map_err(failed("iam:GetRole")) };
    let arn = match get().await.absent()?.and_then(|found| found.role) {
        Some(role) => {
            if !role.assume_role_policy_document().is_some_and(|stored| policies::same(stored, &wanted.trust)) {
                let update = iam.update_assume_role_policy().role_name(&wanted.name).policy_document(wanted.trust.to_string());
                update.send().await.map_err(failed("iam:UpdateAssumeRolePolicy"))?;
            }
            if role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn()) != Some(wanted.boundary_arn) {
                let put = iam.put_role_permissions_boundary().role_name(&wanted.name).permissions_boundary(wanted.boundary_arn);
                put.send().await.map_err(failed("iam:PutRolePermissionsBoundary"))?;
            }
            role.arn
        }
        None => create(account, wanted).await?,
    };
    let stored = iam.get_role_policy().role_name(&wanted.name).policy_name(POLICY).send().await.map_err(failed("iam:GetRolePolicy")).absent()?;
    if !stored.is_some_and(|stored| policies::same(stored.policy_document(), &wanted.policy)) {
        let put = iam.put_role_policy().role_name(&wanted.name).policy_name(POLICY).policy_document(wanted.policy.to_string());
        put.send().await.map_err(failed("iam:PutRolePolicy"))?;
    }
    Ok(arn)
}

async fn create(account: &Account, wanted: &Wanted<'_>) -> Result<String> {
    let mut create = account.iam.create_role().role_name(&wanted.name).assume_role_policy_document(wanted.trust.to_string());
    create = create.permissions_boundary(wanted.boundary_arn);
    for (key, value) in wanted.tags {
        create = create.tags(Tag::builder().key(*key).value(value).build().map_err(incomplete("iam:CreateRole"))?);
    }
    match create.send().await.map_err(failed("iam:CreateRole")) {
        Ok(made) => Ok(made.role.map(|role| role.arn).unwrap_or_default()),
        // Its answer was lost, or another worker was faster.
        Err(error) if error.kind == Kind::Exists => {
            let found = account.iam.get_role().role_name(&wanted.name).send().await.map_err(failed("iam:GetRole"))?;
            Ok(found.role.map(|role| role.arn).unwrap_or_default())
        }
        Err(error) => Err(error),
    }
}

/// Removes it with its policies.
pub async fn remove(account: &Account, name: &str) -> Result<()> {
    let iam = &account.iam;
    let Some(policies) = iam.list_role_policies().role_name(name).send().await.map_err(failed("iam:ListRolePolicies")).absent()? else { return Ok(()) };
    for policy in policies.policy_names() {
        iam.delete_role_policy().role_name(name).policy_name(policy).send().await.map_err(failed("iam:DeleteRolePolicy")).absent()?;
    }
    // What somebody has attached by hand would keep it.
    let attached = iam.list_attached_role_policies().role_name(name).send().await.map_err(failed("iam:ListAttachedRolePolicies")).absent()?;
    for policy in attached.into_iter().flat_map(|found| found.attached_policies.unwrap_or_default()) {
        let detach = iam.detach_role_policy().role_name(name).policy_arn(policy.policy_arn().unwrap_or_default());
        detach.send().await.map_err(failed("iam:DetachRolePolicy")).absent()?;
    }
    super::patiently(|| async { iam.delete_role().role_name(name).send().await.map_err(failed("iam:DeleteRole")).absent().map(drop) }).await
}

/// Names of the roles that are left of these.
pub async fn left(account: &Account, names: &[String]) -> Result<Vec<String>> {
    let mut left = Vec::new();
    let mut pages = account.iam.list_roles().into_paginator().items().send();
    while let Some(role) = pages.next().await {
        let role = role.map_err(failed("iam:ListRoles"))?;
        left.extend(names.contains(&role.role_name).then_some(role.role_name));
    }
    Ok(left)
}
