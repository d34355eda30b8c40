//! Custom domains of environments.

use super::change::{Answered, Begun, Once, Told};
use super::{App, apps, conflict, environments, meant, not_found};
use crate::auth::{Actor, Operation};
use crate::domain::certificate::{Certificate, Pem, certificate_context};
use crate::domain::error::{Error, Result};
use crate::domain::{DomainId, DomainName, DomainState, EnvironmentId, Lifecycle, TargetKind};
use crate::queue;
use crate::store::apps::Hold;
use crate::store::{self, TenantTx, domains};
use chrono::{DateTime, Utc};
use serde_json::json;
use slipform_codegen::model::Problem;

pub use crate::store::domains::Domain as Record;

/// How many an environment may have: ACM puts ten names into a certificate as a rule, and the environment's own host is one.
const MOST: usize = 9;

/// A certificate as it was given: chain and private key, each perhaps absent.
pub type Given<'a> = (Option<&'a str>, Option<&'a str>);

/// Those of an environment, by name.
pub async fn list(app: &App, actor: &Actor, name: &str, environment: &str) -> Result<Vec<Record>> {
    actor.may(Operation::ShowDomains)?;
    let mut tx = app.tenant(actor).await?;
    let (_, found) = environments::find(&mut tx, name, environment).await?;
    Ok(domains::list(tx.connection(), actor.organization, found.id).await?)
}

/// The one with this name.
pub async fn show(app: &App, actor: &Actor, name: &str, environment: &str, domain: &str) -> Result<Record> {
    actor.may(Operation::ShowDomains)?;
    let mut tx = app.tenant(actor).await?;
    let (_, found) = environments::find(&mut tx, name, environment).await?;
    find(&mut tx, found.id, domain).await
}

/// Adds one; a job attaches it.
pub async fn add(
    app: &App,
    actor: &Actor,
    (name, environment): (&str, &str),
    domain: &str,
    given: Given<'_>,
    once: Option<&Once>,
    render: impl FnOnce(&Record) -> Result<Answered> + Send,
) -> Result<Answered> {
    actor.may(Operation::AddDomain)?;
    let domain = DomainName::parse(domain).map_err(|error| Error::invalid("/name", error.to_string()))?;
    let own = [Some(&app.settings.addresses.domain), app.settings.aws_domain.as_ref()];
    if let Some(own) = own.into_iter().flatten().find(|own| domain.is_within(own)) {
        return Err(Error::invalid("/name", format!("Names below {own} are given by this installation itself. Add a domain of your own.")));
    }
    let mut change = match app.change_once(actor, Operation::AddDomain, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    let record = apps::held(&mut change.tx, name, Hold::Shared).await?;
    let (_, found) = environments::find(&mut change.tx, name, environment).await?;
    match store::environments::hold(change.connection(), actor.organization, found.id, Hold::Alone).await? {
        Some(Lifecycle::Active) => {}
        Some(Lifecycle::Deleting) => return Err(conflict("environment-deleting", format!("The environment `{environment}` is being deleted."))),
        None => return Err(not_found("environment")),
    }
    let certificate = certificate(app, record.target, &domain, given)?;
    if domains::list(change.connection(), actor.organization, found.id).await?.len() >= MOST {
        return Err(conflict("too-many-domains", format!("An environment can have {MOST} custom domains. Remove one first.")));
    }
    let id = DomainId::new();
    let sealed = certificate.as_ref().map(|(pem, _)| seal(app, id, pem)).transpose()?;
    let new = domains::NewDomain {
        id,
        app: record.id,
        environment: found.id,
        name: &domain,
        sealed_certificate: sealed.as_deref(),
        expires_at: certificate.map(|(_, expires)| expires),
    };
    if !domains::insert(change.connection(), actor.organization, &new).await? {
        let detail = format!("{domain} belongs to an app of this installation already. Remove it there first; it is free once it is detached.");
        return Err(conflict("domain-taken", detail));
    }
    enqueue(&mut change.tx, found.id).await?;
    let added = find(&mut change.tx, found.id, domain.as_str()).await?;
    let told = subject(&added).after(json!({ "environment": format!("{}/{}", record.slug, found.slug), "expiresAt": added.expires_at }));
    change.answer(Some(told), render(&added)?).await
}

/// Gives one another certificate. It is served within a second, and no request fails for it.
/// `fresh` is asked with the domain as it is now, while no other person can change it.
pub async fn renew(
    app: &App,
    actor: &Actor,
    (name, environment): (&str, &str),
    domain: &str,
    pem: Pem,
    fresh: impl FnOnce(&Record) -> Result<()> + Send,
) -> Result<Record> {
    let mut change = app.change(actor, Operation::RenewDomain).await?;
    let (record, found) = environments::find(&mut change.tx, name, environment).await?;
    store::environments::hold(change.connection(), actor.organization, found.id, Hold::Alone).await?;
    let now = find(&mut change.tx, found.id, domain).await?;
    fresh(&now)?;
    let given = (Some(pem.certificate.as_str()), Some(pem.private_key.as_str()));
    let Some((pem, expires)) = certificate(app, record.target, &now.name, given)? else { return Err(conflict("domain-deleting", gone(&now.name))) };
    let sealed = seal(app, now.id, &pem)?;
    if !domains::renew(change.connection(), actor.organization, now.id, &sealed, expires).await? {
        return Err(conflict("domain-deleting", gone(&now.name)));
    }
    let renewed = find(&mut change.tx, found.id, domain).await?;
    change.commit(subject(&now).before(json!({ "expiresAt": now.expires_at })).after(json!({ "expiresAt": renewed.expires_at }))).await?;
    Ok(renewed)
}

/// Begins to detach one: nothing leads there any more as soon as a job has seen to it. `fresh` is asked with the domain as it is now; one
/// that is being detached already is in any case, so that the request can be sent again.
pub async fn remove(
    app: &App,
    actor: &Actor,
    (name, environment): (&str, &str),
    domain: &str,
    fresh: impl FnOnce(&Record) -> Result<()> + Send,
) -> Result<Record> {
    let mut change = app.change(actor, Operation::RemoveDomain).await?;
    let (_, found) = environments::find(&mut change.tx, name, environment).await?;
    store::environments::hold(change.connection(), actor.organization, found.id, Hold::Alone).await?;
    let now = find(&mut change.tx, found.id, domain).await?;
    meant(fresh(&now), now.state == DomainState::Deleting)?;
    if !domains::begin_delete(change.connection(), actor.organization, now.id).await? {
        return Ok(now);
    }
    enqueue(&mut change.tx, found.id).await?;
    let left = find(&mut change.tx, found.id, domain).await?;
    change.commit(subject(&now).before(json!({ "state": now.state })).after(json!({ "state": left.state }))).await?;
    Ok(left)
}

/// What the audit log calls it.
fn subject(domain: &Record) -> Told {
    Told::about("domain", domain.id.0, domain.name.to_string())
}

fn gone(domain: &DomainName) -> String {
    format!("{domain} is being removed. Add it once more when it is gone.")
}

async fn find(tx: &mut TenantTx, environment: EnvironmentId, domain: &str) -> Result<Record> {
    let organization = tx.organization();
    let name = domain.strip_suffix('.').unwrap_or(domain).to_ascii_lowercase();
    domains::find(tx.connection(), organization, environment, &name).await?.ok_or_else(|| not_found("domain"))
}

async fn enqueue(tx: &mut TenantTx, environment: EnvironmentId) -> Result<()> {
    let organization = tx.organization();
    Ok(queue::jobs::enqueue_once(tx.connection(), Some(organization), "domains", &json!({ "environment": environment })).await?)
}

/// The certificate that was given, checked, with its end: where the edge of this machine speaks TLS one must be given, elsewhere
/// none may be.
fn certificate(app: &App, target: TargetKind, domain: &DomainName, (chain, key): Given<'_>) -> Result<Option<(Pem, DateTime<Utc>)>> {
    let refused = |why: &str| Err(Error::invalid(if chain.is_some() { "/certificate" } else { "/privateKey" }, why));
    let pem = match (target, app.settings.addresses.tls, chain, key) {
        (_, _, None, None) if target == TargetKind::Aws || !app.settings.addresses.tls => return Ok(None),
        (TargetKind::Aws, ..) => return refused("On AWS the certificate is requested and renewed by Slipform. Leave `certificate` and `privateKey` out."),
        (TargetKind::Local, false, ..) => {
            return refused("This installation speaks plain HTTP and would not use a certificate. Leave `certificate` and `privateKey` out.");
        }
        (TargetKind::Local, true, Some(chain), Some(key)) => Pem { certificate: chain.to_owned(), private_key: key.to_owned() },
        (TargetKind::Local, true, ..) => {
            let missing = [("/certificate", chain), ("/privateKey", key)].into_iter().filter(|(_, given)| given.is_none());
            let detail = "This installation speaks TLS: give the domain's certificate chain and its private key, both in PEM.";
            let problems = missing.map(|(pointer, _)| Problem { pointer: pointer.to_owned(), detail: detail.to_owned() }).collect();
            return Err(Error::Invalid { detail: detail.to_owned(), problems });
        }
    };
    let read = Certificate::read(&pem).and_then(|read| read.check(domain, Utc::now()).map(|()| read));
    match read {
        Ok(read) => Ok(Some((pem, read.expires))),
        Err(error) => Err(Error::invalid(if error.is_about_the_key() { "/privateKey" } else { "/certificate" }, error.to_string())),
    }
}

fn seal(app: &App, id: DomainId, pem: &Pem) -> Result<Vec<u8>> {
    let clear = serde_json::to_vec(pem).map_err(Error::internal)?;
    Ok(app.keyring.seal(&certificate_context(id), &clear))
}
