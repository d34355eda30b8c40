//! What servers wrote, read from CloudWatch Logs.

use crate::account::Account;
use crate::error::{Absent as _, Result, failed};
use std::time::{Duration, SystemTime};

/// How far back the newest lines are looked for: further only where there are too few.
const LOOK_BACK: [Duration; 3] = [Duration::from_hours(1), Duration::from_hours(24), Duration::from_hours(7 * 24)];

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When it was written, in milliseconds since 1970.
    pub at: i64,
    /// Tells it apart from all others.
    pub id: String,
    /// What was written.
    pub message: String,
}

/// The newest lines of a group from the last seven days, in order: at least `wanted` of them, where there are so many. None where
/// there is no such group.
pub async fn last(account: &Account, group: &str, wanted: usize) -> Result<Vec<Event>> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    // The newest first. The first look has no end: AWS's clock may be ahead of ours.
    let (mut found, mut end) = (Vec::new(), None);
    for back in LOOK_BACK {
        let start = i64::try_from(now.saturating_sub(back).as_millis()).unwrap_or_default();
        let missing = wanted.saturating_sub(found.len());
        found.extend(read(account, group, start, end, Some(missing)).await?);
        if found.len() >= wanted {
            break;
        }
        end = Some(start - 1);
    }
    found.reverse();
    // Lines of several servers come interleaved, and those of one moment must stay in their order.
    found.sort_by_key(|event| event.at);
    Ok(found)
}

/// All lines of a group since a time in milliseconds since 1970, in order. None where there is no such group.
pub async fn since(account: &Account, group: &str, start: i64) -> Result<Vec<Event>> {
    read(account, group, start, None, None).await
}

/// The lines of a time, both ends of which belong to it: with `newest` at least so many, from the newest back; otherwise all of them
/// from the oldest on.
async fn read(account: &Account, group: &str, start: i64, end: Option<i64>, newest: Option<usize>) -> Result<Vec<Event>> {
    let filter = account.logs.filter_log_events().log_group_name(group).start_time(start).set_end_time(end).start_from_head(newest.is_none());
    let mut pages = filter.into_paginator().send();
    let mut events = Vec::new();
    while let Some(page) = pages.next().await {
        let Some(page) = page.map_err(failed("logs:FilterLogEvents")).absent()? else { break };
        events.extend(page.events.unwrap_or_default().into_iter().map(|event| Event {
            at: event.timestamp.unwrap_or_default(),
            id: event.event_id.unwrap_or_default(),
            message: event.message.unwrap_or_default(),
        }));
        if newest.is_some_and(|enough| events.len() >= enough) {
            break;
        }
    }
    Ok(events)
}
