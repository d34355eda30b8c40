//! Certificates of ACM for the custom domains of an environment. CloudFront looks for them in us-east-1.

use crate::account::Account;
use crate::error::{Absent as _, Error, Kind, Result, failed, incomplete};
use aws_sdk_acm::types::{CertificateDetail, CertificateStatus, DomainStatus, Tag, ValidationMethod};
use aws_smithy_types::DateTime;
use sha2::{Digest as _, Sha256};

/// The longest name that can stand first: it becomes the certificate's common name (RFC 5280).
const LONGEST_FIRST: usize = 64;

/// A certificate that was requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its ARN.
    pub arn: String,
    /// How far it is.
    pub state: State,
    /// By name: how it is shown that the name is its owner's.
    pub validations: Vec<Validation>,
    /// When it ends, in seconds since 1970; once it is issued.
    pub expires: Option<i64>,
}

/// How far a certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Records are missing, or ACM has not seen them.
    Pending,
    /// It can be used, and is renewed as long as the records stand.
    Issued,
    /// It never will be; ACM's word for why.
    Failed(String),
}

/// How it is shown that a name is its owner's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validation {
    /// The name.
    pub name: String,
    /// What ACM says of it.
    pub state: ValidationState,
    /// The record that shows it: a CNAME and where it leads. ACM knows it a few seconds after the request.
    pub record: Option<(String, String)>,
}

/// What ACM says of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ValidationState {
    Pending,
    Done,
    Failed,
}

/// What belongs to a set of names and to no other: the name of its certificate in the ledger.
pub fn key(names: &[String]) -> String {
    let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    Sha256::digest(sorted.join("\n")).iter().take(16).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Makes sure that one for exactly these names is requested. `known` is the ARN that was seen before.
pub async fn ensure(account: &Account, names: &[String], tags: &[(&'static str, String)], known: Option<&str>) -> Result<Certificate> {
    if let Some(arn) = known
        && let Some(found) = describe(account, arn).await?
    {
        return Ok(found);
    }
    // Its answer may have been lost.
    let host = names.first().map(String::as_str).unwrap_or_default();
    for arn in of_host(account, host).await? {
        if let Some(found) = detail(account, &arn).await?
            && same_names(&found, names)
        {
            return Ok(read(found));
        }
    }
    let arn = request(account, names, tags).await?;
    let unknown = || Error::new(Kind::Busy, "acm:DescribeCertificate", "certificate-unknown", "ACM does not know yet what it was just asked for.");
    describe(account, &arn).await?.ok_or_else(unknown)
}

async fn request(account: &Account, names: &[String], tags: &[(&'static str, String)]) -> Result<String> {
    let first = names.iter().find(|name| name.len() <= LONGEST_FIRST).ok_or_else(|| {
        let message = format!("A certificate needs a name of at most {LONGEST_FIRST} characters, and all of these are longer: {}.", names.join(", "));
        Error::new(Kind::Refused, "acm:RequestCertificate", "names-too-long", message)
    })?;
    let tags = tags
        .iter()
        .map(|(key, value)| Tag::builder().key(*key).value(value).build())
        .collect::<Result<Vec<_>, _>>()
        .map_err(incomplete("acm:RequestCertificate"))?;
    // For the SDK's own attempts; a later one looks at what is listed. A token made of the names would lead, within an hour, to a
    // certificate that was deleted meanwhile.
    let token = format!("{:032x}", rand::random::<u128>());
    let request = account.acm.request_certificate().domain_name(first).set_subject_alternative_names(Some(names.to_vec()));
    let request = request.validation_method(ValidationMethod::Dns).idempotency_token(token).set_tags(Some(tags));
    let made = request.send().await.map_err(failed("acm:RequestCertificate"))?;
    made.certificate_arn.ok_or_else(|| Error::new(Kind::Busy, "acm:RequestCertificate", "no-certificate", "The answer was empty."))
}

/// How far one is.
pub async fn describe(account: &Account, arn: &str) -> Result<Option<Certificate>> {
    Ok(detail(account, arn).await?.map(read))
}

async fn detail(account: &Account, arn: &str) -> Result<Option<CertificateDetail>> {
    let found = account.acm.describe_certificate().certificate_arn(arn).send().await.map_err(failed("acm:DescribeCertificate")).absent()?;
    Ok(found.and_then(|found| found.certificate))
}

fn same_names(found: &CertificateDetail, names: &[String]) -> bool {
    let there = found.subject_alternative_names();
    there.len() == names.len() && names.iter().all(|name| there.contains(name))
}

fn read(found: CertificateDetail) -> Certificate {
    let state = match found.status() {
        Some(CertificateStatus::Issued) => State::Issued,
        None | Some(CertificateStatus::PendingValidation) => State::Pending,
        Some(other) => State::Failed(found.failure_reason().map_or_else(|| other.as_str().to_owned(), |reason| reason.as_str().to_owned())),
    };
    let validation = |one: &aws_sdk_acm::types::DomainValidation| Validation {
        name: one.domain_name().to_owned(),
        state: match one.validation_status() {
            Some(DomainStatus::Success) => ValidationState::Done,
            Some(DomainStatus::Failed) => ValidationState::Failed,
            _ => ValidationState::Pending,
        },
        record: one.resource_record().map(|record| (record.name().to_owned(), record.value().to_owned())),
    };
    Certificate {
        validations: found.domain_validation_options().iter().map(validation).collect(),
        expires: found.not_after().filter(|_| state == State::Issued).map(DateTime::secs),
        arn: found.certificate_arn.unwrap_or_default(),
        state,
    }
}

/// All that were requested for an environment: its own host stands in each of them, and in no other.
pub async fn of_host(account: &Account, host: &str) -> Result<Vec<String>> {
    let mut pages = account.acm.list_certificates().into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(summary) = pages.next().await {
        let summary = summary.map_err(failed("acm:ListCertificates"))?;
        let named = summary.domain_name() == Some(host) || summary.subject_alternative_name_summaries().iter().any(|name| name == host);
        found.extend(summary.certificate_arn.filter(|_| named));
    }
    Ok(found)
}

/// Removes one. False: something still uses it; CloudFront lets go of it after minutes.
pub async fn remove(account: &Account, arn: &str) -> Result<bool> {
    match account.acm.delete_certificate().certificate_arn(arn).send().await.map_err(failed("acm:DeleteCertificate")).absent() {
        Err(error) if error.kind == Kind::Busy => Ok(false),
        answer => answer.map(|_| true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_belongs_to_a_set_of_names_in_any_order() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(key(&names(&["a.example", "b.example"])), key(&names(&["b.example", "a.example"])));
        assert_ne!(key(&names(&["a.example", "b.example"])), key(&names(&["a.example"])));
    }
}
