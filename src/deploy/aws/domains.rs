//! Custom domains: a certificate of ACM for all of an environment, and its distribution answering to them.

use super::{AwsTarget, step_failed};
use crate::deploy::{DomainStatus, Domains, EnvironmentRef, secrets};
use crate::domain::domain_name::DnsRecord;
use crate::domain::{DomainName, DomainState, RecordPurpose};
use crate::stages::{Log, StageError};
use chrono::DateTime;
use slipform_aws::Environment;
use slipform_aws::ensure::certificate::ValidationState;
use slipform_aws::environment::{self, Front};

pub(super) async fn run(target: &AwsTarget, env: &EnvironmentRef, names: &[DomainName]) -> Result<Domains, StageError> {
    let Some(site) = target.site(env).await? else {
        let message = "There is nothing yet to which it could lead: build the app for this environment.";
        return Ok(Domains { each: names.iter().map(|name| pending(name, Vec::new(), message)).collect(), unsettled: None });
    };
    let origin_secret = secrets::of(&target.settings.worker, &target.settings.keyring, env.environment).await?.origin_secret;
    let ledger = target.ledger(env, &Log::new().0);
    let environment = Environment::new(&site.account, &site.foundation, site.names.clone(), &ledger);
    let wanted: Vec<String> = names.iter().map(ToString::to_string).collect();
    let made = environment.domains(&Front { host: super::host(env), origin_secret }, &wanted).await.map_err(|e| step_failed(&e))?;
    let each: Vec<_> = names.iter().map(|name| status(name, &made)).collect();
    let failed = each.iter().any(|status| status.state == DomainState::Failed);
    let unsettled = if failed {
        Some("goes on without the domains that have failed")
    } else {
        made.unsettled.then_some("waits until CloudFront has let go of a certificate")
    };
    Ok(Domains { each, unsettled })
}

fn status(name: &DomainName, made: &environment::Domains) -> DomainStatus {
    let validation = made.validation(name.as_str());
    let mut records = vec![DnsRecord::cname(name.as_str(), &made.target, RecordPurpose::Address)];
    let record = validation.and_then(|validation| validation.record.as_ref());
    records.extend(record.map(|(from, to)| DnsRecord::cname(from, to, RecordPurpose::Validation)));
    if made.attached.iter().any(|attached| attached == name.as_str()) {
        let expires = made.certificate.as_ref().and_then(|certificate| certificate.expires);
        let expires_at = expires.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        return DomainStatus { name: name.clone(), state: DomainState::Active, records, message: None, expires_at };
    }
    if let Some(why) = made.failure(name.as_str()) {
        let message = format!("AWS does not issue a certificate for it: {why}. Mend the cause, remove the domain, and add it once more.");
        return DomainStatus { state: DomainState::Failed, ..pending(name, records, &message) };
    }
    let message = match validation.map(|validation| (validation.state, &validation.record)) {
        None | Some((_, None)) => "Its certificate is being requested; the record that validates it comes in a moment.",
        Some((ValidationState::Done, _)) => "It is validated. It waits for the other domains of the environment, or for the certificate.",
        Some(_) => "It waits for its owner to set the record that validates it. The record stays for good: by it the certificate is renewed.",
    };
    pending(name, records, message)
}

fn pending(name: &DomainName, records: Vec<DnsRecord>, message: &str) -> DomainStatus {
    DomainStatus { name: name.clone(), state: DomainState::Pending, records, message: Some(message.to_owned()), expires_at: None }
}
