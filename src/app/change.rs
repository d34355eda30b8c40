//! What every change of an organization has in common: the right to it, one transaction, a line of the audit log, and the answer to
//! a request that is sent twice.

use super::{App, conflict};
use crate::auth::{Actor, Caller, Operation, Origin};
use crate::domain::error::{Error, Result};
use crate::domain::{OrganizationId, UserId};
use crate::store::audit::{self, NewLine};
use crate::store::idempotency::{self, Scope, Stored};
use crate::store::{PersonTx, TenantTx, organizations};
use crate::telemetry;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// A request that its sender may repeat: the same key and the same request get the same answer, and one effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The `Idempotency-Key`.
    pub key: String,
    /// Method and template of the path.
    pub route: String,
    /// SHA-256 of path, query and body.
    pub fingerprint: [u8; 32],
}

/// An answer as it goes out, and as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// HTTP's status.
    pub status: u16,
    /// Where what was made is found.
    pub location: Option<String>,
    /// JSON.
    pub body: Vec<u8>,
    /// Whether it carries a secret: it is kept sealed, and nobody else may keep it.
    pub secret: bool,
    /// Whether it was given before.
    pub replayed: bool,
}

/// What was changed, for the audit log. Never a secret.
#[derive(Debug, Clone, Default)]
pub struct Told {
    kind: &'static str,
    id: Option<Uuid>,
    name: String,
    before: Option<Value>,
    after: Option<Value>,
}

impl Told {
    /// About a thing of this kind, with its id and the name that people know it by.
    pub fn about(kind: &'static str, id: Uuid, name: impl Into<String>) -> Self {
        Self { kind, id: Some(id), name: name.into(), ..Self::default() }
    }

    /// What it was.
    #[must_use]
    pub fn before(self, before: Value) -> Self {
        Self { before: Some(before), ..self }
    }

    /// What it is now.
    #[must_use]
    pub fn after(self, after: Value) -> Self {
        Self { after: Some(after), ..self }
    }
}

/// A change under way.
#[derive(Debug)]
pub struct Change<'a> {
    app: &'a App,
    actor: &'a Actor,
    operation: Operation,
    once: Option<&'a Once>,
    /// The transaction.
    pub tx: TenantTx,
}

/// A change that begins, or that was made before.
#[derive(Debug)]
pub enum Begun<'a> {
    /// Make it.
    Now(Change<'a>),
    /// It was; this was the answer.
    Before(Answered),
}

impl App {
    /// Begins a change that nobody repeats by a key.
    pub(super) async fn change<'a>(&'a self, actor: &'a Actor, operation: Operation) -> Result<Change<'a>> {
        actor.may(operation)?;
        let tx = TenantTx::begin_traced(&self.pool, actor.organization, telemetry::current()).await?;
        Ok(Change { app: self, actor, operation, once: None, tx })
    }

    /// Begins a change that may be repeated by its key.
    pub(super) async fn change_once<'a>(&'a self, actor: &'a Actor, operation: Operation, once: Option<&'a Once>) -> Result<Begun<'a>> {
        let mut change = self.change(actor, operation).await?;
        let Some(once) = once else { return Ok(Begun::Now(change)) };
        let principal = principal(&actor.caller);
        let scope = scope(Some(actor.organization), &principal, once);
        match self.before(change.tx.connection(), scope, once).await? {
            Some(answered) => Ok(Begun::Before(answered)),
            None => Ok(Begun::Now(Change { once: Some(once), ..change })),
        }
    }

    /// The answer that was given before to what a person does outside of any organization, before anything of it is looked at again.
    pub(super) async fn answered_before(&self, user: UserId, once: Option<&Once>) -> Result<Option<Answered>> {
        if once.is_none() {
            return Ok(None);
        }
        let mut tx = PersonTx::begin(&self.pool, user).await?;
        let answered = self.before_of_person(&mut tx, once).await?;
        // Or the key would be in use for the transaction that follows.
        tx.rollback().await?;
        Ok(answered)
    }

    /// The same, in the transaction that does it otherwise.
    pub(super) async fn before_of_person(&self, tx: &mut PersonTx, once: Option<&Once>) -> Result<Option<Answered>> {
        let Some(once) = once else { return Ok(None) };
        let principal = principal_of(tx.user());
        self.before(tx.connection(), scope(None, &principal, once), once).await
    }

    /// Keeps an answer for a person who sends the request again.
    pub(super) async fn keep_of_person(&self, tx: &mut PersonTx, once: Option<&Once>, answered: &Answered) -> Result<()> {
        let Some(once) = once else { return Ok(()) };
        let principal = principal_of(tx.user());
        self.keep(tx.connection(), scope(None, &principal, once), once, answered).await
    }

    /// The answer that was given to this request before. One that is being answered is a conflict; the key of another request is invalid.
    async fn before(&self, conn: &mut PgConnection, scope: Scope<'_>, once: &Once) -> Result<Option<Answered>> {
        // Whoever cannot have the key looks all the same: what others do with it may be to ask for the answer.
        let locked = idempotency::lock(conn, scope).await?;
        let found = match idempotency::find(conn, scope).await? {
            Some(found) => found,
            None if locked => return Ok(None),
            None => {
                return Err(conflict("idempotency-key-in-use", "A request with this Idempotency-Key is being answered. Send it again in a moment."));
            }
        };
        if found.fingerprint != once.fingerprint {
            let detail = "This Idempotency-Key was used for another request in the last 24 hours. Choose a new one for each request.";
            return Err(Error::invalid("/header/Idempotency-Key", detail));
        }
        let secret = found.sealed_body.is_some();
        let body = match (found.body, found.sealed_body) {
            (Some(body), _) => body,
            (None, Some(sealed)) => self.keyring.open(&context(found.id), &sealed).map_err(Error::internal)?,
            (None, None) => Vec::new(),
        };
        Ok(Some(Answered { status: found.status.unsigned_abs(), location: found.location, body, secret, replayed: true }))
    }

    /// Keeps an answer for those who send the request again.
    async fn keep(&self, conn: &mut PgConnection, scope: Scope<'_>, once: &Once, answered: &Answered) -> Result<()> {
        let id = Uuid::now_v7();
        let sealed_body = answered.secret.then(|| self.keyring.seal(&context(id), &answered.body));
        let new = Stored {
            id,
            fingerprint: once.fingerprint.to_vec(),
            status: i16::try_from(answered.status).map_err(Error::internal)?,
            location: answered.location.clone(),
            body: sealed_body.is_none().then(|| answered.body.clone()),
            sealed_body,
        };
        Ok(idempotency::insert(conn, scope, &new).await?)
    }
}

impl Change<'_> {
    /// The connection, for a query.
    pub fn connection(&mut self) -> &mut PgConnection {
        self.tx.connection()
    }

    /// Ends it.
    pub async fn commit(mut self, told: Told) -> Result<()> {
        self.record(&told).await?;
        Ok(self.tx.commit().await?)
    }

    /// Ends it with the answer, which is kept for those who ask again. `None` told: it was so already.
    pub async fn answer(mut self, told: Option<Told>, answered: Answered) -> Result<Answered> {
        if let Some(told) = &told {
            self.record(told).await?;
        }
        if let Some(once) = self.once {
            let principal = principal(&self.actor.caller);
            let scope = scope(Some(self.actor.organization), &principal, once);
            self.app.keep(self.tx.connection(), scope, once, &answered).await?;
        }
        self.tx.commit().await?;
        Ok(answered)
    }

    async fn record(&mut self, told: &Told) -> Result<()> {
        record(self.tx.connection(), self.actor.organization, &self.actor.caller, &self.actor.origin, self.operation.name(), told).await
    }
}

/// Adds a line to an organization's audit log.
pub(super) async fn record(
    conn: &mut PgConnection,
    organization: OrganizationId,
    caller: &Caller,
    origin: &Origin,
    operation: &str,
    told: &Told,
) -> Result<()> {
    let (actor_kind, actor_id) = match caller {
        Caller::User { id, .. } => ("user", id.0),
        Caller::Token { id, .. } => ("token", id.0),
    };
    let address = origin.address.map(|address| address.to_string());
    let new = NewLine {
        actor_kind,
        actor_id: Some(actor_id),
        operation,
        subject_kind: told.kind,
        subject_id: told.id,
        subject_name: &told.name,
        before: told.before.as_ref(),
        after: told.after.as_ref(),
        request_id: origin.request,
        address: address.as_deref(),
        user_agent: origin.user_agent.as_deref(),
    };
    Ok(audit::insert(conn, organization, &new).await?)
}

/// Adds a line to the audit log of each organization of a person, about what they changed of themselves.
pub(super) async fn record_everywhere(tx: &mut PersonTx, user: UserId, caller: &Caller, origin: &Origin, operation: &str, told: &Told) -> Result<()> {
    for (organization, _) in organizations::list_of_person(tx.connection(), user).await? {
        tx.enter(organization.id).await?;
        record(tx.connection(), organization.id, caller, origin, operation, told).await?;
    }
    Ok(())
}

/// Who a key belongs to.
fn principal(caller: &Caller) -> String {
    match caller {
        Caller::User { id, .. } => principal_of(*id),
        Caller::Token { id, .. } => format!("token:{id}"),
    }
}

fn principal_of(user: UserId) -> String {
    format!("user:{user}")
}

/// What a key stands for.
fn scope<'a>(organization: Option<OrganizationId>, principal: &'a str, once: &'a Once) -> Scope<'a> {
    Scope { organization, principal, route: &once.route, key: &once.key }
}

fn context(id: Uuid) -> String {
    format!("idempotency/{id}")
}
