//! The environment's name in the hosted zone: A and AAAA aliases of its distribution; and the CNAME by which ACM knows that it is ours.

use crate::account::Account;
use crate::error::{Error, Kind, Result, failed, incomplete};
use aws_sdk_route53::types::{AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};

/// The hosted zone of every distribution (Amazon Route 53 API reference, AliasTarget).
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

/// Makes sure that `name` leads to the distribution's own name.
pub async fn ensure(account: &Account, zone: &str, name: &str, target: &str) -> Result<()> {
    let found = find(account, zone, name).await?;
    if !found.iter().all(is_ours) {
        let message = format!("{name} has a record in the hosted zone that leads elsewhere. Remove it there, or give the app another address.");
        return Err(Error::new(Kind::Refused, "route53:ChangeResourceRecordSets", "name-taken", message));
    }
    let right = |kind: &RrType| found.iter().any(|set| set.r#type() == kind && set.alias_target().is_some_and(|alias| same(alias.dns_name(), target)));
    if right(&RrType::A) && right(&RrType::Aaaa) {
        return Ok(());
    }
    let sets = [RrType::A, RrType::Aaaa].into_iter().map(|kind| {
        let alias = AliasTarget::builder()
            .hosted_zone_id(CLOUDFRONT_ZONE)
            .dns_name(target)
            .evaluate_target_health(false)
            .build()
            .map_err(incomplete("route53:ChangeResourceRecordSets"))?;
        ResourceRecordSet::builder().name(name).r#type(kind).alias_target(alias).build().map_err(incomplete("route53:ChangeResourceRecordSets"))
    });
    change(account, zone, ChangeAction::Upsert, sets.collect::<Result<_>>()?).await
}

/// Removes both.
pub async fn remove(account: &Account, zone: &str, name: &str) -> Result<()> {
    let mut found = find(account, zone, name).await?;
    found.retain(is_ours);
    if found.is_empty() { Ok(()) } else { change(account, zone, ChangeAction::Delete, found).await }
}

/// Whether any is left.
pub async fn left(account: &Account, zone: &str, name: &str) -> Result<bool> {
    Ok(find(account, zone, name).await?.iter().any(is_ours))
}

/// How long resolvers keep the record that validates a name: it changes never.
const VALIDATION_TTL: i64 = 300;

/// Makes sure that `name` is another name of `value`.
pub async fn ensure_cname(account: &Account, zone: &str, name: &str, value: &str) -> Result<()> {
    let right = |set: &ResourceRecordSet| set.resource_records().iter().any(|record| same(record.value(), value));
    if find_cname(account, zone, name).await?.as_ref().is_some_and(right) {
        return Ok(());
    }
    let record = ResourceRecord::builder().value(value).build().map_err(incomplete("route53:ChangeResourceRecordSets"))?;
    let set = ResourceRecordSet::builder().name(name).r#type(RrType::Cname).ttl(VALIDATION_TTL).resource_records(record).build();
    change(account, zone, ChangeAction::Upsert, vec![set.map_err(incomplete("route53:ChangeResourceRecordSets"))?]).await
}

/// Removes it.
pub async fn remove_cname(account: &Account, zone: &str, name: &str) -> Result<()> {
    match find_cname(account, zone, name).await? {
        Some(set) => change(account, zone, ChangeAction::Delete, vec![set]).await,
        None => Ok(()),
    }
}

async fn find_cname(account: &Account, zone: &str, name: &str) -> Result<Option<ResourceRecordSet>> {
    let list = account.route53.list_resource_record_sets().hosted_zone_id(zone).start_record_name(name).start_record_type(RrType::Cname);
    let page = list.send().await.map_err(failed("route53:ListResourceRecordSets"))?;
    Ok(page.resource_record_sets().iter().find(|set| same(set.name(), name) && *set.r#type() == RrType::Cname).cloned())
}

/// Every record that is made here leads to a distribution; the foundation's own, and what an operator has made, do not.
fn is_ours(set: &ResourceRecordSet) -> bool {
    set.alias_target().is_some_and(|alias| alias.hosted_zone_id() == CLOUDFRONT_ZONE)
}

/// Lists begin at a name and go on behind it.
async fn find(account: &Account, zone: &str, name: &str) -> Result<Vec<ResourceRecordSet>> {
    let list = account.route53.list_resource_record_sets().hosted_zone_id(zone).start_record_name(name).start_record_type(RrType::A);
    let page = list.send().await.map_err(failed("route53:ListResourceRecordSets"))?;
    let ours = |set: &&ResourceRecordSet| same(set.name(), name) && matches!(set.r#type(), RrType::A | RrType::Aaaa);
    Ok(page.resource_record_sets().iter().filter(ours).cloned().collect())
}

fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

async fn change(account: &Account, zone: &str, action: ChangeAction, sets: Vec<ResourceRecordSet>) -> Result<()> {
    let changes = sets
        .into_iter()
        .map(|set| Change::builder().action(action.clone()).resource_record_set(set).build().map_err(incomplete("route53:ChangeResourceRecordSets")))
        .collect::<Result<Vec<_>>>()?;
    let batch = ChangeBatch::builder().set_changes(Some(changes)).build().map_err(incomplete("route53:ChangeResourceRecordSets"))?;
    let change = account.route53.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch);
    match change.send().await.map_err(failed("route53:ChangeResourceRecordSets")) {
        // Somebody else has just removed them.
        Err(error) if action == ChangeAction::Delete && error.message.contains("not found") => Ok(()),
        answer => answer.map(drop),
    }
}
