//! Whether an account is as apps need it: what only AWS itself can prove, and how much of its quotas is left. Only looks.
//!
//! The permissions for that are the operator's: the control plane's policies do not have them all.

mod foundation;
mod policies;
mod quotas;

use crate::account::{Account, Connection, client, shared};
use crate::error::{Error, Kind, Result, failed};
use aws_config::Region;
use aws_sdk_acm::types::CertificateStatus;
use aws_smithy_types::DateTime;
use serde::Serialize;
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

/// Where CloudFront looks for certificates, and where its quotas are kept.
const GLOBAL: &str = "us-east-1";
/// A certificate that is renewed by itself is so two months before its end (AWS Certificate Manager user guide, "Managed renewal").
const RENEWED_BEFORE: Duration = Duration::from_hours(30 * 24);

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, and may not for long.
    Warning,
    /// AWS did not tell.
    Unknown,
    /// Apps cannot be made or reached.
    Problem,
}

/// What one check has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What was looked at.
    pub name: &'static str,
    /// How it stands.
    pub state: State,
    /// What was seen.
    pub seen: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Finding {
    fn ok(name: &'static str, seen: impl Into<String>) -> Self {
        Self { name, state: State::Ok, seen: seen.into(), advice: None }
    }

    fn warning(name: &'static str, seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, state: State::Warning, seen: seen.into(), advice: Some(advice.into()) }
    }

    fn problem(name: &'static str, seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, state: State::Problem, seen: seen.into(), advice: Some(advice.into()) }
    }

    /// What AWS refused to tell.
    fn unknown(name: &'static str, error: &Error) -> Self {
        let advice = match error.kind {
            Kind::Denied => Some(format!("Allow the action {} to whoever runs this command.", error.call)),
            Kind::Unreachable | Kind::Throttled => Some("Run this command again in a few minutes.".to_owned()),
            _ => None,
        };
        Self { name, state: State::Unknown, seen: error.to_string(), advice }
    }
}

/// A check that could not be carried out is a finding too.
fn settled(name: &'static str, result: Result<Finding>) -> Finding {
    result.unwrap_or_else(|error| Finding::unknown(name, &error))
}

/// Clients of what is looked at.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Doctor {
    pub account: Account,
    /// Whose credentials these are.
    pub principal: String,
    pub acm: aws_sdk_acm::Client,
    pub rds: aws_sdk_rds::Client,
    pub quotas: aws_sdk_servicequotas::Client,
    /// Of the services that know no regions.
    pub global_quotas: aws_sdk_servicequotas::Client,
}

/// Looks at everything, in the order in which it is to be mended. `domain` is where apps are to answer.
pub async fn examine(connection: &Connection, stack: &str, domain: &str) -> Vec<Finding> {
    match Doctor::connect(connection).await {
        Ok(doctor) => doctor.examine(stack, domain).await,
        Err(error) => {
            let advice = "Give this command credentials that AWS accepts: they are looked for as every AWS tool does.";
            vec![Finding::problem("credentials", error.to_string(), advice)]
        }
    }
}

impl Doctor {
    /// Connects, and learns whose credentials these are.
    pub async fn connect(connection: &Connection) -> Result<Self> {
        let account = Account::connect(connection).await?;
        let (shared, seen) = (shared(connection).await, &connection.interceptors);
        let global = shared.to_builder().region(Region::from_static(GLOBAL)).build();
        let sts: aws_sdk_sts::Client = client!(aws_sdk_sts, &shared, seen);
        let identity = sts.get_caller_identity().send().await.map_err(failed("sts:GetCallerIdentity"))?;
        Ok(Self {
            account,
            principal: identity.arn.unwrap_or_default(),
            acm: client!(aws_sdk_acm, &global, seen),
            rds: client!(aws_sdk_rds, &shared, seen),
            quotas: client!(aws_sdk_servicequotas, &shared, seen),
            global_quotas: client!(aws_sdk_servicequotas, &global, seen),
        })
    }

    /// See [`examine`].
    pub async fn examine(&self, stack: &str, domain: &str) -> Vec<Finding> {
        let mut findings = vec![self.credentials()];
        let (stack_finding, outputs) = foundation::stack(&self.account, stack).await;
        findings.push(stack_finding);
        // Without a foundation there is nothing else to look at.
        let Some(outputs) = outputs else { return findings };
        let outputs = Outputs(outputs);
        findings.push(settled("template", foundation::template(&self.account, stack).await));
        findings.push(settled("code", foundation::code(&self.account, stack, &outputs).await));
        findings.push(settled("domain", foundation::domain(&self.account, &outputs, domain).await));
        findings.push(settled("origin record", foundation::origin(&self.account, &outputs).await));
        findings.push(settled("certificate", self.certificate(&outputs, domain).await));
        findings.push(settled("file system", foundation::files(&self.account, &outputs).await));
        findings.push(settled("database", foundation::database(&self.rds, &outputs).await));
        findings.push(settled("load balancer", foundation::balancer(&self.account, &outputs).await));
        findings.push(settled("steward", foundation::steward(&self.account, &outputs).await));
        findings.push(settled("permissions", self.permissions(&outputs).await));
        findings.push(settled("concurrency", self.concurrency().await));
        findings.extend(self.used(&outputs).await);
        findings
    }

    fn credentials(&self) -> Finding {
        let seen = format!("account {} in {}, as {}", self.account.id, self.account.region, self.principal);
        if self.principal.ends_with(":root") {
            return Finding::warning("credentials", seen, "Use a user or a role: these are the root user's, whom no policy limits.");
        }
        Finding::ok("credentials", seen)
    }

    async fn certificate(&self, outputs: &Outputs, domain: &str) -> Result<Finding> {
        certificate(&self.acm, outputs.get("CloudFrontCertificateArn")?, domain, SystemTime::now()).await
    }
}

/// The certificate of the apps' names, which CloudFront shows to visitors. `acm` is that of us-east-1.
pub async fn certificate(acm: &aws_sdk_acm::Client, arn: &str, domain: &str, now: SystemTime) -> Result<Finding> {
    const NAME: &str = "certificate";
    let problem = |seen: String, advice: &str| Ok(Finding::problem(NAME, seen, advice));
    let request = format!("Request a certificate for *.{domain} in {GLOBAL}, then run `slipform aws bootstrap --certificate <ARN>`.");
    if arn.split(':').nth(3) != Some(GLOBAL) {
        return problem(format!("{arn} is not in {GLOBAL}, and CloudFront looks nowhere else"), &request);
    }
    let found = match acm.describe_certificate().certificate_arn(arn).send().await.map_err(failed("acm:DescribeCertificate")) {
        Err(error) if error.kind == Kind::NotFound => return problem(format!("{arn} is not there"), &request),
        answer => answer?.certificate,
    };
    let Some(found) = found else { return problem(format!("{arn} is not there"), &request) };
    let covered = format!("*.{domain}");
    // The first of them is the certificate's own name.
    if !found.subject_alternative_names().contains(&covered) {
        return problem(format!("{arn} covers {}, and not {covered}", found.subject_alternative_names().join(", ")), &request);
    }
    match found.status() {
        Some(CertificateStatus::Issued) => {}
        Some(CertificateStatus::PendingValidation) => {
            let records = found.domain_validation_options().iter().filter_map(|option| option.resource_record());
            let records: Vec<_> = records.map(|record| format!("{} {} {}", record.name(), record.r#type(), record.value())).collect();
            let advice = match records.first() {
                Some(record) => format!("Make the record that proves that the domain is yours, then wait some minutes: {record}"),
                None => "Wait until ACM names the record that proves that the domain is yours, then make it.".to_owned(),
            };
            return problem(format!("{arn} waits for its validation"), &advice);
        }
        status => return problem(format!("{arn} is {}", status.map_or("in no known state", CertificateStatus::as_str)), &request),
    }
    let until = found.not_after().map(|end| (end, end.secs() - DateTime::from(now).secs()));
    match until {
        Some((end, left)) if left <= 0 => problem(format!("{arn} has ended: {end}"), &request),
        Some((end, left)) if left.unsigned_abs() < RENEWED_BEFORE.as_secs() => Ok(Finding::warning(
            NAME,
            format!("it covers {covered} until {end}, and ought to have been renewed"),
            "See in ACM why it is not: as a rule, the record that validates it is gone from the hosted zone. Imported ones are renewed by hand.",
        )),
        Some((end, _)) => Ok(Finding::ok(NAME, format!("it covers {covered} until {end}"))),
        None => Ok(Finding::ok(NAME, format!("it covers {covered}"))),
    }
}

/// What the stack says of itself.
struct Outputs(HashMap<String, String>);

impl Outputs {
    fn find(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn get(&self, name: &str) -> Result<&str> {
        let missing = || Error::new(Kind::NotFound, "cloudformation:DescribeStacks", "no-output", format!("the foundation has no output {name}"));
        self.find(name).ok_or_else(missing)
    }
}
