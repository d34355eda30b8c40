//! Polls of builds. Programs ask for a build far more often than it changes. So one statement says who asks, and which version of the build
//! there is; and what is answered is what was answered before, while that is the version still. It is kept by organization, and is never older
//! than the last change that was committed before the question came: the version is read anew for every poll. A version is made of the ids of
//! transactions. Those go backwards when the database is replaced by an older copy of itself, so what is kept is soon read again all the same.

use super::builds::{self, Detail};
use super::{App, input};
use crate::auth::{self, Actor, Caller, Operation, Origin};
use crate::domain::error::Result;
use crate::domain::{BuildId, OrganizationId};
use crate::store::{acquire, polls};
use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::time::{Duration, Instant};

/// What answers may take together, in bytes.
const ROOM: u64 = 16 << 20;
/// The largest that is kept, in bytes.
const LARGEST: usize = 64 << 10;
/// How long an answer is given again.
const KEPT: Duration = Duration::from_mins(1);
/// What an answer takes beside its body, about.
const BESIDE: u64 = 300;

/// What a question is answered with, as it is sent.
#[derive(Debug, Clone)]
pub struct Body {
    /// JSON.
    pub bytes: Bytes,
    /// Its strong tag.
    pub tag: String,
}

/// The version of a build that there is.
#[derive(Debug)]
pub struct Seen {
    build: BuildId,
    version: String,
}

#[derive(Debug, Clone)]
struct Kept {
    since: Instant,
    version: String,
    body: Body,
}

#[derive(Debug, Clone)]
struct Size;

impl Weighter<(OrganizationId, BuildId), Kept> for Size {
    fn weight(&self, _: &(OrganizationId, BuildId), kept: &Kept) -> u64 {
        kept.body.bytes.len() as u64 + BESIDE
    }
}

/// What was answered to polls.
#[derive(Debug)]
pub(super) struct Answers(Cache<(OrganizationId, BuildId), Kept, Size>);

impl Default for Answers {
    fn default() -> Self {
        Self(Cache::with_weighter(4_096, ROOM, Size))
    }
}

/// Who polls, and what there is. `None`: their credentials are not good, or the organization is none of theirs; the usual way tells which.
pub async fn look(
    app: &App,
    bearer: &str,
    organization: &str,
    name: &str,
    number: i32,
    origin: impl FnOnce() -> Origin,
) -> Result<Option<(Actor, Option<Seen>)>> {
    let (organization, name) = (input::id_or_slug(organization), input::id_or_slug(name));
    let poll = async |known| polls::poll(&mut *acquire(&app.pool).await?, known, organization, name, number).await;
    let (found, session) = if auth::looks_like_api_token(bearer) {
        (poll(polls::Known::Token(&auth::hash(bearer))).await?, None)
    } else {
        let Some(access) = app.issuer_for(bearer).await?.verify(bearer) else { return Ok(None) };
        (poll(polls::Known::Session(access.session, access.user)).await?, Some(access))
    };
    let Some(found) = found else { return Ok(None) };
    let caller = match (found.token, session) {
        (Some(id), _) => {
            Caller::Token { id, created_by: found.created_by, organization: found.organization, slug: found.slug, role: found.role, scopes: found.scopes }
        }
        (None, Some(access)) => Caller::User { id: access.user, session: access.session },
        (None, None) => return Ok(None),
    };
    let actor = Actor { caller, organization: found.organization, role: found.role, origin: origin() };
    let seen = found.build.zip(found.version).map(|(build, version)| Seen { build, version });
    Ok(Some((actor, seen)))
}

/// The build, as it was answered before if it is as it was then.
pub async fn show(app: &App, actor: &Actor, name: &str, number: i32, seen: Option<Seen>, render: impl FnOnce(&Detail) -> Result<Body>) -> Result<Body> {
    actor.may(Operation::ShowBuilds)?;
    let answers = &app.answers.0;
    let known = seen
        .as_ref()
        .and_then(|seen| answers.get(&(actor.organization, seen.build)).filter(|kept| kept.version == seen.version && kept.since.elapsed() < KEPT));
    if let Some(known) = known {
        return Ok(known.body);
    }
    // Read after its version was: it may be newer than that, and is not older.
    let detail = builds::show(app, actor, name, number, None).await?;
    let body = render(&detail)?;
    if let Some(seen) = seen.filter(|seen| seen.build == detail.build.id && body.bytes.len() <= LARGEST) {
        answers.insert((actor.organization, seen.build), Kept { since: Instant::now(), version: seen.version, body: body.clone() });
    }
    Ok(body)
}
