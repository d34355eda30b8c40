//! What a task says, on its way back to the build's log: while it runs, and with its answer.

use crate::stages::{Level, Log, LogLine};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many lines come back at most; the rest is in the function's own log.
pub const LINES: usize = 2_000;
/// How many bytes a line that comes back may have.
pub const LINE: usize = 2_000;
/// How many lines are told while the task runs; who reads them every few seconds misses none of a quieter one.
const RECENT: usize = 500;

/// The last lines that a task has said. Each has a number, from 0, by which whoever hears it twice knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    /// How many were said before these.
    #[serde(default)]
    pub dropped: usize,
    /// In order.
    #[serde(default)]
    pub lines: VecDeque<LogLine>,
}

impl Said {
    /// One more. Returns it as it is kept, and its number.
    pub fn push(&mut self, line: LogLine) -> (usize, &LogLine) {
        if self.lines.len() == LINES {
            self.lines.pop_front();
            self.dropped += 1;
        }
        let number = self.count();
        let line = LogLine { line: cut(line.line), ..line };
        (number, self.lines.push_back_mut(line))
    }

    /// How many lines were said.
    pub fn count(&self) -> usize {
        self.dropped + self.lines.len()
    }

    /// The last of them, for telling while there is more to come.
    #[must_use]
    pub fn recent(&self) -> Self {
        let left = self.lines.len().saturating_sub(RECENT);
        Self { dropped: self.dropped + left, lines: self.lines.range(left..).cloned().collect() }
    }

    /// Says those again that come after the first `told`; returns how many are told now.
    pub fn retell(&self, told: usize, log: &Log) -> usize {
        if self.dropped > told {
            log.line(Level::Warn, format!("{} lines are in the function's own log only.", self.dropped - told));
        }
        for line in self.lines.iter().skip(told.saturating_sub(self.dropped)) {
            log.line(line.level, line.line.clone());
        }
        told.max(self.count())
    }
}

fn cut(mut line: String) -> String {
    if line.len() > LINE {
        line.truncate(line.floor_char_boundary(LINE));
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(said: &Said, told: usize) -> (usize, Vec<String>) {
        let (log, mut lines) = Log::new();
        let told = said.retell(told, &log);
        drop(log);
        let lines = std::iter::from_fn(|| lines.try_recv().ok()).map(|line| line.line).collect();
        (told, lines)
    }

    fn said(count: usize) -> Said {
        let mut said = Said::default();
        for n in 0..count {
            assert_eq!(said.push(LogLine { level: Level::Info, line: n.to_string() }).0, n);
        }
        said
    }

    #[test]
    fn a_log_that_is_too_long_to_travel_keeps_its_end_and_whole_characters() {
        let mut long = said(LINES + 5);
        assert_eq!((long.lines.len(), long.dropped, long.lines[0].line.as_str()), (LINES, 5, "5"));
        let (_, kept) = long.push(LogLine { level: Level::Warn, line: "ü".repeat(LINE) });
        assert_eq!(kept.line.chars().count(), LINE / 2 + 1);
    }

    #[test]
    fn what_was_told_before_is_not_told_again_and_what_is_missing_is_counted() {
        assert_eq!(heard(&said(3), 0), (3, vec!["0".into(), "1".into(), "2".into()]));
        assert_eq!(heard(&said(3), 2), (3, vec!["2".into()]));
        assert_eq!(heard(&said(3), 3), (3, vec![]));
        // An older answer than what is known.
        assert_eq!(heard(&said(3), 7), (7, vec![]));
        let recent = said(RECENT + 10).recent();
        assert_eq!((recent.dropped, recent.count()), (10, RECENT + 10));
        let (told, lines) = heard(&recent, 4);
        assert_eq!((told, lines.len(), lines[0].as_str(), lines[1].as_str()), (RECENT + 10, RECENT + 1, "6 lines are in the function's own log only.", "10"));
    }
}
