//! Contraction: what no release needs any more is dropped.

use super::Planner;
use super::script::Phase;
use super::sql::{identifier, identifiers};
use super::state::Table;
use super::table::words;

impl Planner<'_> {
    /// Drops retired columns of a table.
    pub(super) fn drop_columns(&mut self, table: &mut Table) {
        let (dropped, kept) = std::mem::take(&mut table.retired).into_iter().partition(|retired| self.lifted(retired.retired_at));
        table.retired = kept;
        let dropped: Vec<super::RetiredColumn> = dropped;
        for retired in dropped {
            self.script.push(Phase::Contract, format!("ALTER TABLE {} DROP COLUMN {}", identifier(&table.name), identifier(&retired.column.name)));
            self.note(format!("Dropped the column {:?} of {}: no release needs it any more.", retired.column.name, words(&table.name)));
            self.changes.push(("drop", format!("{}-{}", table.name, retired.column.name).replace('_', "-")));
        }
    }

    /// Drops retired tables and join tables. All at once, because they may refer to each other.
    pub(super) fn contract(&mut self) {
        let mut dropped = Vec::new();
        let joins = std::mem::take(&mut self.after.retired_joins);
        for retired in joins {
            if self.lifted(retired.retired_at) {
                dropped.push(retired.join.name);
            } else {
                self.after.retired_joins.push(retired);
            }
        }
        let mut functions = Vec::new();
        let gone: Vec<_> =
            self.after.tables.iter().filter(|(_, table)| table.retired_at.is_some_and(|since| self.lifted(since))).map(|(id, _)| id.clone()).collect();
        for id in gone {
            if let Some(table) = self.after.tables.remove(&id) {
                functions.extend(table.bridges.into_values().map(|bridge| bridge.name));
                dropped.push(table.name);
            }
        }
        if dropped.is_empty() {
            return;
        }
        self.script.push(Phase::Contract, format!("DROP TABLE {}", identifiers(dropped.iter().map(String::as_str))));
        for function in functions {
            self.script.push(Phase::Contract, format!("DROP FUNCTION \"_slipform\".{}()", identifier(&function)));
        }
        for name in dropped {
            self.note(format!("Dropped the table {name:?}: no release needs it any more."));
            self.changes.push(("drop", name.replace('_', "-")));
        }
    }
}
