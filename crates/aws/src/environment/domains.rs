//! Custom domains of an environment: one certificate for its own host and all of them, because a distribution has one. Until a
//! new set of names is validated, visitors are served with what is attached already.

use super::Environment;
use crate::ensure::certificate::{self, Certificate, State, Validation, ValidationState};
use crate::ensure::record;
use crate::error::Result;
use crate::ledger::Ledger;
use serde_json::json;

/// The entries of the ledger: certificates by their names, what the distribution has, the record that validates the own host.
const CERTIFICATE: &str = "certificate";
const ATTACHED: &str = "domains";
const VALIDATION: &str = "validationRecord";

/// What an environment has without custom domains, and what a change of its distribution needs.
#[derive(Debug, Clone)]
pub struct Front {
    /// Its own host, below the foundation's domain.
    pub host: String,
    /// See [`super::Wanted::origin_secret`].
    pub origin_secret: String,
}

/// What the distribution has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attached {
    pub names: Vec<String>,
    pub certificate_arn: String,
}

/// What became of the custom domains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Domains {
    /// Where they must lead: the distribution's own name.
    pub target: String,
    /// Those that are attached.
    pub attached: Vec<String>,
    /// The certificate for all of them, as far as it is.
    pub certificate: Option<Certificate>,
    /// Whether a certificate that nobody needs any more is still in use at some edge.
    pub unsettled: bool,
}

impl Domains {
    /// How it is shown that a name is its owner's.
    pub fn validation(&self, name: &str) -> Option<&Validation> {
        self.certificate.as_ref()?.validations.iter().find(|validation| validation.name == name)
    }

    /// Why a name will never be attached.
    pub fn failure(&self, name: &str) -> Option<&str> {
        let State::Failed(why) = &self.certificate.as_ref()?.state else { return None };
        // Where ACM names the culprits, the others may be tried without them.
        let culprits = self.certificate.as_ref().is_some_and(|all| all.validations.iter().any(|one| one.state == ValidationState::Failed));
        let guilty = !culprits || self.validation(name).is_some_and(|one| one.state == ValidationState::Failed);
        guilty.then_some(why.as_str())
    }
}

impl<L: Ledger> Environment<'_, L> {
    /// Makes these custom domains lead to the environment, and no others, as far as their owners have shown that they are theirs.
    pub async fn domains(&self, front: &Front, names: &[String]) -> Result<Domains> {
        let tags = self.names.tags();
        let before = self.attached().await?;
        if names.is_empty() {
            let mut target = String::new();
            if before.is_some() {
                target = self.attach(front, None).await?;
            }
            Box::pin(self.remove_validation()).await?;
            return Ok(Domains { target, unsettled: !Box::pin(self.remove_certificates(&front.host, &[])).await?, ..Domains::default() });
        }
        let mut all = vec![front.host.clone()];
        all.extend(names.iter().cloned());
        let key = certificate::key(&all);
        let known = self.ledger.intend(CERTIFICATE, &key, json!({ "names": all })).await?;
        let known = known.as_ref().and_then(|known| known["arn"].as_str());
        let certificate = Box::pin(certificate::ensure(self.account, &all, &tags, known)).await?;
        self.ledger.present(CERTIFICATE, &key, json!({ "arn": certificate.arn })).await?;
        Box::pin(self.validate_host(front, &certificate)).await?;

        let wanted = if certificate.state == State::Issued {
            Some(Attached { names: names.to_vec(), certificate_arn: certificate.arn.clone() })
        } else {
            // What is attached stays so, unless it is no longer wanted.
            let kept = before.clone().map(|before| Attached { names: before.names.into_iter().filter(|name| names.contains(name)).collect(), ..before });
            kept.filter(|kept| !kept.names.is_empty())
        };
        let target = self.attach(front, wanted.as_ref()).await?;
        let keep: Vec<&str> = std::iter::once(&certificate.arn).chain(wanted.as_ref().map(|wanted| &wanted.certificate_arn)).map(String::as_str).collect();
        let settled = Box::pin(self.remove_certificates(&front.host, &keep)).await?;
        Ok(Domains { target, attached: wanted.map(|wanted| wanted.names).unwrap_or_default(), certificate: Some(certificate), unsettled: !settled })
    }

    /// What the distribution has beside its own host.
    pub(super) async fn attached(&self) -> Result<Option<Attached>> {
        let entry = self.ledger.entries().await?.into_iter().find(|entry| entry.kind == ATTACHED);
        Ok(entry.and_then(|entry| {
            let seen = entry.observed?;
            let names = seen["names"].as_array()?.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
            Some(Attached { names, certificate_arn: seen["certificate"].as_str()?.to_owned() })
        }))
    }

    /// Gives the distribution these names beside its own host. Answers with its domain.
    async fn attach(&self, front: &Front, wanted: Option<&Attached>) -> Result<String> {
        let name = self.names.distribution();
        if let Some(wanted) = wanted {
            self.ledger.intend(ATTACHED, &name, json!({ "names": wanted.names })).await?;
        }
        let aliases: Vec<String> = std::iter::once(&front.host).chain(wanted.iter().flat_map(|wanted| &wanted.names)).cloned().collect();
        let certificate_arn = wanted.map_or(&self.foundation.certificate_arn, |wanted| &wanted.certificate_arn);
        let (_, distribution) = Box::pin(self.web_side(&front.origin_secret, &aliases, certificate_arn)).await?;
        match wanted {
            Some(wanted) => self.ledger.present(ATTACHED, &name, json!({ "names": wanted.names, "certificate": wanted.certificate_arn })).await?,
            None => self.ledger.gone(ATTACHED, &name).await?,
        }
        Ok(distribution.domain)
    }

    /// Shows ACM that the own host is ours. Its owners do the same for custom domains.
    async fn validate_host(&self, front: &Front, certificate: &Certificate) -> Result<()> {
        let validation = certificate.validations.iter().find(|validation| validation.name == front.host);
        let Some((name, value)) = validation.and_then(|validation| validation.record.as_ref()) else { return Ok(()) };
        let name = name.trim_end_matches('.');
        self.keep(VALIDATION, name, record::ensure_cname(self.account, &self.foundation.hosted_zone, name, value)).await
    }

    /// What is left of custom domains once the distribution is gone. A certificate that is still in use is found by
    /// [`Self::domains_left`].
    pub(super) async fn remove_domains(&self, host: &str) -> Result<()> {
        self.ledger.gone(ATTACHED, &self.names.distribution()).await?;
        self.remove_certificates(host, &[]).await.map(drop)
    }

    pub(super) async fn remove_validation(&self) -> Result<()> {
        for entry in self.ledger.entries().await?.into_iter().filter(|entry| entry.kind == VALIDATION) {
            record::remove_cname(self.account, &self.foundation.hosted_zone, &entry.name).await?;
            self.ledger.gone(VALIDATION, &entry.name).await?;
        }
        Ok(())
    }

    /// Removes the certificates of the environment, but for `keep`. False: one of them is still in use.
    async fn remove_certificates(&self, host: &str, keep: &[&str]) -> Result<bool> {
        let entries: Vec<_> = self.ledger.entries().await?.into_iter().filter(|entry| entry.kind == CERTIFICATE).collect();
        let arn = |entry: &crate::Entry| entry.observed.as_ref().and_then(|seen| seen["arn"].as_str().map(str::to_owned));
        let kept = |arn: &str| keep.contains(&arn);
        // Where nothing shall be kept, what the ledger does not know goes, too.
        if !keep.is_empty() && entries.iter().all(|entry| arn(entry).is_some_and(|arn| kept(&arn))) {
            return Ok(true);
        }
        let mut settled = true;
        for found in certificate::of_host(self.account, host).await?.iter().filter(|arn| !kept(arn)) {
            settled &= certificate::remove(self.account, found).await?;
        }
        for entry in entries {
            let gone = match arn(&entry) {
                Some(arn) if kept(&arn) => false,
                Some(arn) => certificate::remove(self.account, &arn).await?,
                None => true,
            };
            if gone {
                self.ledger.gone(CERTIFICATE, &entry.name).await?;
            } else {
                settled &= arn(&entry).is_some_and(|arn| kept(&arn));
            }
        }
        Ok(settled)
    }

    /// What is left of custom domains, for people.
    pub(super) async fn domains_left(&self, host: &str) -> Result<Vec<String>> {
        let mut left: Vec<String> = certificate::of_host(self.account, host).await?.into_iter().map(|arn| format!("certificate {arn}")).collect();
        left.extend(self.ledger.entries().await?.into_iter().filter(|entry| entry.kind == VALIDATION).map(|entry| format!("record {}", entry.name)));
        Ok(left)
    }
}
