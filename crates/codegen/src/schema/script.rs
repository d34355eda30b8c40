//! A migration while it is being written: statements by phase, and the text they become.

use super::sql::comment;
use std::fmt::Write;

/// When a statement runs. The order is that of the migration: what is in the way goes first, then comes what is
/// new, then data, then rules that the data must obey, and last what nobody needs any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Phase {
    Loosen,
    Extend,
    Tables,
    Columns,
    Data,
    Bridges,
    Tighten,
    Unique,
    Seeds,
    Links,
    Keys,
    Indexes,
    Contract,
}

impl Phase {
    fn heading(self) -> &'static str {
        match self {
            Self::Loosen => "Rules that no longer hold",
            Self::Extend => "Extensions",
            Self::Tables => "New tables",
            Self::Columns => "Columns",
            Self::Data => "Existing records",
            Self::Bridges => "What lets older releases go on writing",
            Self::Tighten => "Rules for single columns",
            Self::Unique => "Rules between records",
            Self::Seeds => "Seeds",
            Self::Links => "Existing records that point to seeds",
            Self::Keys => "Foreign keys",
            Self::Indexes => "Indexes",
            Self::Contract => "What no release needs any more",
        }
    }
}

/// The statements of a migration.
#[derive(Debug, Default)]
pub struct Script {
    statements: Vec<(Phase, String)>,
}

impl Script {
    /// Adds a statement, without its semicolon; a statement is added once.
    pub fn push(&mut self, phase: Phase, statement: impl Into<String>) {
        let entry = (phase, statement.into());
        if !matches!(phase, Phase::Extend) || !self.statements.contains(&entry) {
            self.statements.push(entry);
        }
    }

    /// The text of the migration.
    pub fn render(mut self, position: u32, title: &str, summary: &[String]) -> String {
        self.statements.sort_by_key(|(phase, _)| *phase);
        let mut text = format!("-- {position:04} {}\n--\n", comment(title));
        for line in summary {
            let _ = writeln!(text, "-- {}", comment(line));
        }
        text.push_str("\nSET LOCAL lock_timeout = '5s';\n");
        let mut current = None;
        let mut spread = false;
        for (phase, statement) in &self.statements {
            let block = statement.contains('\n');
            if current != Some(*phase) {
                let _ = writeln!(text, "\n-- {}", phase.heading());
            } else if spread || block {
                text.push('\n');
            }
            text.push_str(statement);
            text.push_str(";\n");
            current = Some(*phase);
            spread = block;
        }
        text
    }
}
