//! Releases, and the code base of each.

use super::page::{Page, PageRequest};
use super::{App, conflict, environments, not_found};
use crate::auth::{Actor, Operation};
use crate::domain::error::{Error, Result};
use crate::domain::local::Places;
use crate::domain::{ReleaseId, TargetKind};
use crate::store::{Position, releases};
use serde_json::Value;
use std::io::Cursor;
use tokio::fs::File;
use tokio::io::AsyncRead;

pub use crate::store::releases::Release;

/// A generated code base, to be sent.
pub struct Code {
    /// What to call it.
    pub file_name: String,
    /// In bytes.
    pub size: u64,
    /// The zip archive.
    pub archive: Box<dyn AsyncRead + Send + Unpin>,
}

/// Releases of an environment, the newest first.
pub async fn list(app: &App, actor: &Actor, name: &str, environment: &str, request: &PageRequest) -> Result<Page<Release>> {
    actor.may(Operation::ShowReleases)?;
    let mut tx = app.tenant(actor).await?;
    let (_, place) = environments::find(&mut tx, name, environment).await?;
    let reading = app.read_page(actor.organization, &("releases", place.id), request)?;
    let rows = releases::list(tx.connection(), actor.organization, place.id, reading.slice).await?;
    Ok(reading.page(rows, |r| Position { at: r.created_at, id: r.id.0 }))
}

/// The release with the list of its files.
pub async fn show(app: &App, actor: &Actor, name: &str, environment: &str, number: i32) -> Result<(Release, Value)> {
    actor.may(Operation::ShowReleases)?;
    let mut tx = app.tenant(actor).await?;
    let (_, place) = environments::find(&mut tx, name, environment).await?;
    let found = releases::find(tx.connection(), actor.organization, place.id, number).await?.ok_or_else(|| not_found("release"))?;
    let manifest = releases::manifest(tx.connection(), actor.organization, found.id).await?.ok_or_else(|| not_found("release"))?;
    Ok((found, manifest))
}

/// The code base of a release as a zip archive, which is the release's for good. With a release that the caller has already: none, and no file is opened.
pub async fn code(
    app: &App,
    actor: &Actor,
    (name, environment): (&str, &str),
    number: i32,
    known: impl FnOnce(ReleaseId) -> bool + Send,
) -> Result<(ReleaseId, Option<Code>)> {
    actor.may(Operation::DownloadCode)?;
    let mut tx = app.tenant(actor).await?;
    let (record, place) = environments::find(&mut tx, name, environment).await?;
    let found = releases::find(tx.connection(), actor.organization, place.id, number).await?.ok_or_else(|| not_found("release"))?;
    drop(tx);
    if found.removed {
        return Err(conflict(
            "release-removed",
            format!("The files of release {number} were removed. Build its design version {} again.", found.design_version),
        ));
    }
    if known(found.id) {
        return Ok((found.id, None));
    }
    let file_name = format!("{}-{number}.zip", record.slug);
    if record.target == TargetKind::Aws {
        let archive = app.elsewhere()?.code(place.id, found.id).await?.ok_or_else(|| Error::Unavailable {
            detail: format!("The code of release {number} is not in the artifact bucket. Build its design version {} again.", found.design_version),
            cause: None,
        })?;
        return Ok((found.id, Some(Code { file_name, size: archive.len() as u64, archive: Box::new(Cursor::new(archive)) })));
    }
    let path = Places::new(&app.settings.home).release(record.id, &place.slug, found.id).join("code.zip");
    let unreadable = |error: std::io::Error| Error::Unavailable {
        detail: "The files of this release cannot be read by the process that answers the API. It must share SLIPFORM_HOME with the worker.".into(),
        cause: Some(Box::new(error)),
    };
    let file = File::open(&path).await.map_err(unreadable)?;
    let size = file.metadata().await.map_err(unreadable)?.len();
    Ok((found.id, Some(Code { file_name, size, archive: Box::new(file) })))
}
