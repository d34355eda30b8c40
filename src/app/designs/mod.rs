//! Designs: checked, kept as immutable versions, compared.

mod diff;

pub use diff::{Change, ChangeKind};

use super::change::{Answered, Begun, Once, Told};
use super::input::Check;
use super::page::{Page, PageRequest};
use super::{App, apps, not_found, quotas};
use crate::auth::{Actor, Operation};
use crate::domain::error::{Error, Result};
use crate::store::apps::Hold;
use crate::store::{Position, designs};
use bytes::Bytes;
use serde_json::json;
use slipform_codegen::design::{self, Design};
use slipform_codegen::model::{Model, Problem};

pub use crate::store::designs::DesignVersion;

/// The largest body of a design that is read, in bytes; what is a little larger than a design may be says so as a problem.
pub const MOST_BYTES: usize = 6 * 1024 * 1024;

/// Checks a design and keeps nothing: its problems, none if it is valid.
pub async fn validate(app: &App, actor: &Actor, body: Bytes) -> Result<Vec<Problem>> {
    actor.may(Operation::ValidateDesign)?;
    Ok(check(app, body).await?.err().unwrap_or_default())
}

/// Keeps a design as the next version of an app. The same content again is the version that there is: then the second is false.
pub async fn push(
    app: &App,
    actor: &Actor,
    name: &str,
    (body, message): (Bytes, Option<&str>),
    once: Option<&Once>,
    render: impl FnOnce(DesignVersion, bool) -> Result<Answered> + Send,
) -> Result<Answered> {
    actor.may(Operation::PushDesign)?;
    let fine = message.is_none_or(|m| m.chars().count() <= 500);
    Check::default().that(fine, "/query/message", "This must have at most 500 characters.").done("The design cannot be kept like this.")?;
    // Whoever may not see the app learns that before the design is looked at.
    apps::find(&mut app.tenant(actor).await?, name).await?;
    let checked = check(app, body)
        .await?
        .map_err(|problems| Error::Invalid { detail: "The design has problems. Each one names its place in the document.".into(), problems })?;
    let mut change = match app.change_once(actor, Operation::PushDesign, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    let record = apps::held(&mut change.tx, name, Hold::Alone).await?;
    if let Some(same) = designs::find_by_hash(change.connection(), actor.organization, record.id, &checked.hash).await? {
        return change.answer(None, render(same, false)?).await;
    }
    quotas::more_storage(app, &mut change.tx, checked.document.len()).await?;
    let new = designs::NewDesign { hash: &checked.hash, document: &checked.document, message, created_by: actor.user() };
    let version = designs::insert(change.connection(), actor.organization, record.id, &new).await?;
    let told = Told::about("design", version.id.0, format!("{}/{}", record.slug, version.number)).after(json!({ "hash": version.hash, "message": message }));
    change.answer(Some(told), render(version, true)?).await
}

/// Versions of an app, the newest first.
pub async fn list(app: &App, actor: &Actor, name: &str, request: &PageRequest) -> Result<Page<DesignVersion>> {
    actor.may(Operation::ShowDesigns)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let reading = app.read_page(actor.organization, &("designs", record.id), request)?;
    let rows = designs::list(tx.connection(), actor.organization, record.id, reading.slice).await?;
    Ok(reading.page(rows, |d| Position { at: d.created_at, id: d.id.0 }))
}

/// A version without its document.
pub async fn show(app: &App, actor: &Actor, name: &str, number: i32) -> Result<DesignVersion> {
    actor.may(Operation::ShowDesigns)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    designs::find(tx.connection(), actor.organization, record.id, Some(number)).await?.ok_or_else(|| not_found("design version"))
}

/// The document of a version as canonical JSON. With the hash that the caller has already: none, and it is not read.
pub async fn document(app: &App, actor: &Actor, name: &str, number: i32, known: impl FnOnce(&str) -> bool + Send) -> Result<(String, Option<String>)> {
    actor.may(Operation::ShowDesigns)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let found = designs::find_hash(tx.connection(), actor.organization, record.id, number).await?;
    let (id, hash) = found.ok_or_else(|| not_found("design version"))?;
    if known(&hash) {
        return Ok((hash, None));
    }
    let document = designs::document(tx.connection(), actor.organization, id).await?;
    Ok((hash, Some(document.ok_or_else(|| not_found("design version"))?)))
}

/// What changed from one version to another.
pub async fn diff(app: &App, actor: &Actor, name: &str, from: i32, to: i32) -> Result<Vec<Change>> {
    actor.may(Operation::ShowDesigns)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let mut documents = Vec::with_capacity(2);
    for number in [from, to] {
        let version = designs::find(tx.connection(), actor.organization, record.id, Some(number)).await?.ok_or_else(|| not_found("design version"))?;
        let document = designs::document(tx.connection(), actor.organization, version.id).await?.ok_or_else(|| not_found("design version"))?;
        documents.push(document);
    }
    drop(tx);
    let _permit = app.checks.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || {
        let [from, to] = [0, 1].map(|i| serde_json::from_str(&documents[i]));
        Ok(diff::compare(&from.map_err(Error::internal)?, &to.map_err(Error::internal)?))
    })
    .await
    .map_err(Error::internal)?
}

struct Checked {
    hash: String,
    document: String,
}

/// Away from the threads that answer requests, and few at once.
async fn check(app: &App, body: Bytes) -> Result<Result<Checked, Vec<Problem>>> {
    let _permit = app.checks.acquire().await.map_err(Error::internal)?;
    let checked = tokio::task::spawn_blocking(move || {
        let design: Design = design::parse(&body)?;
        let (hash, document) = (design::content_hash(&design), design::canonical(&design));
        Model::check(design)?;
        Ok((hash, document))
    });
    match checked.await.map_err(Error::internal)? {
        Ok((hash, document)) => Ok(Ok(Checked { hash, document: String::from_utf8(document).map_err(Error::internal)? })),
        Err(problems) => Ok(Err(problems)),
    }
}
