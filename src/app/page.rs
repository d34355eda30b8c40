//! Lists in pages: keyset on (created_at, id), with a cursor that is opaque and good for one list of one organization, or of one person.

use super::App;
use crate::domain::OrganizationId;
use crate::domain::error::{Error, Result};
use crate::store::{Position, Slice};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

const MOST: u32 = 100;
const USUAL: u32 = 20;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Default)]
pub struct PageRequest {
    /// 1 to 100; 20 without it.
    pub limit: Option<u32>,
    /// What the page before said is next.
    pub cursor: Option<String>,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// In order.
    pub items: Vec<T>,
    /// Where the list goes on; none: it ends here.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next }
    }
}

/// One list of one organization or person, with a page of it that is being read.
pub(super) struct Reading<'a> {
    app: &'a App,
    whose: Uuid,
    list: String,
    limit: usize,
    /// One more than the limit, to see whether the list goes on.
    pub slice: Slice,
}

impl App {
    /// Begins to read a page. `list` names the list with everything that filters it, in the same way in every version of this program.
    pub(super) fn read_page(&self, organization: OrganizationId, list: &impl Serialize, request: &PageRequest) -> Result<Reading<'_>> {
        self.read_page_of(organization.0, list, request)
    }

    /// Begins to read a page of what is not an organization's.
    pub(super) fn read_page_of(&self, whose: Uuid, list: &impl Serialize, request: &PageRequest) -> Result<Reading<'_>> {
        let limit = request.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Error::invalid("/query/limit", format!("The limit must be 1 to {MOST}.")));
        }
        let list = serde_json::to_string(list).map_err(Error::internal)?;
        let mut reading = Reading { app: self, whose, list, limit: limit as usize, slice: Slice { after: None, limit: i64::from(limit) + 1 } };
        if let Some(cursor) = &request.cursor {
            let after = reading
                .open(cursor)
                .ok_or_else(|| Error::invalid("/query/cursor", "This cursor does not belong to this list. Begin again without a cursor."))?;
            reading.slice.after = Some(after);
        }
        Ok(reading)
    }
}

impl Reading<'_> {
    /// The page, of the rows that were read for [`Self::slice`].
    pub fn page<T>(&self, mut rows: Vec<T>, position: impl Fn(&T) -> Position) -> Page<T> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(|last| self.seal(position(last)));
        Page { items: rows, next }
    }

    fn seal(&self, position: Position) -> String {
        let mut bytes = position.at.timestamp_micros().to_be_bytes().to_vec();
        bytes.extend_from_slice(position.id.as_bytes());
        let tag = self.tag(&bytes);
        bytes.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn open(&self, cursor: &str) -> Option<Position> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (position, tag) = bytes.split_at_checked(24)?;
        if self.tag(position) != *tag {
            return None;
        }
        let (at, id) = position.split_at(8);
        let at = DateTime::from_timestamp_micros(i64::from_be_bytes(at.try_into().ok()?))?;
        Some(Position { at, id: Uuid::from_slice(id).ok()? })
    }

    /// Binds a position to its list. The parts before the last one have a fixed length, so nothing can be moved between them.
    fn tag(&self, position: &[u8]) -> [u8; 12] {
        let mut hash = Sha256::new();
        hash.update(self.app.cursor_key.as_bytes());
        hash.update(self.whose);
        hash.update(position);
        hash.update(self.list.as_bytes());
        let mut tag = [0; 12];
        tag.copy_from_slice(&hash.finalize()[..12]);
        tag
    }
}
