//! Triggers that let releases of different shapes write to one table.
//!
//! A column that took over from another after a change of type forms a tree with it: each retired column names its
//! successor. Whichever of them a statement writes, the others follow; and what older releases leave empty or fill with a removed
//! enum value is replaced. One trigger keeps one tree.

use super::Planner;
use super::script::Phase;
use super::sql::{dollar_quoted, identifier, literal};
use super::state::{Column, NamedSql, RetiredColumn, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

impl Planner<'_> {
    /// Brings the triggers of a table to what its columns need now.
    pub(super) fn bridges(&mut self, table: &mut Table) {
        let wanted = bodies(table);
        let physical = identifier(&table.name);
        let gone: Vec<_> = table.bridges.keys().filter(|column| !wanted.contains_key(*column)).cloned().collect();
        for column in gone {
            if let Some(bridge) = table.bridges.remove(&column) {
                let name = identifier(&bridge.name);
                self.script.push(Phase::Loosen, format!("DROP TRIGGER {name} ON {physical}"));
                self.script.push(Phase::Loosen, format!("DROP FUNCTION \"_slipform\".{name}()"));
                self.names.release(&bridge.name);
            }
        }
        for (column, body) in wanted {
            let there = table.bridges.get(&column).cloned();
            let name = there.as_ref().map_or_else(|| self.names.choose(&format!("{}_{column}", table.name), "_bridge"), |bridge| bridge.name.clone());
            let quoted = identifier(&name);
            let sql = format!("CREATE OR REPLACE FUNCTION \"_slipform\".{quoted}() RETURNS trigger LANGUAGE plpgsql AS {}", dollar_quoted(&body));
            if there.as_ref().is_some_and(|there| there.sql == sql) {
                continue;
            }
            self.script.push(Phase::Bridges, sql.clone());
            if there.is_none() {
                self.script.push(
                    Phase::Bridges,
                    format!("CREATE TRIGGER {quoted} BEFORE INSERT OR UPDATE ON {physical}\n    FOR EACH ROW EXECUTE FUNCTION \"_slipform\".{quoted}()"),
                );
            }
            table.bridges.insert(column, NamedSql { name, sql });
        }
    }
}

/// The function bodies by the column at the root of each tree.
fn bodies(table: &Table) -> BTreeMap<String, String> {
    let synced: Vec<&RetiredColumn> = table.retired.iter().filter(|retired| retired.sync.is_some()).collect();
    let plain = table.retired.iter().filter(|retired| retired.sync.is_none()).map(|retired| &retired.column);
    let mut bodies = BTreeMap::new();
    for root in table.columns.values().chain(plain) {
        let mut body = tree(&synced, &root.name);
        body.push_str(&fills(root));
        if !body.is_empty() {
            bodies.insert(root.name.clone(), format!("\nBEGIN\n{body}    RETURN NEW;\nEND\n"));
        }
    }
    bodies
}

/// The part that keeps a tree of columns equal; empty for a column alone.
fn tree(synced: &[&RetiredColumn], root: &str) -> String {
    let mut members = vec![root];
    let mut edges = Vec::new();
    let mut next = 0;
    while let Some(successor) = members.get(next).copied() {
        next += 1;
        for retired in synced {
            if let Some(sync) = retired.sync.as_ref().filter(|sync| sync.successor == successor) {
                members.push(&retired.column.name);
                edges.push((retired.column.name.as_str(), sync));
            }
        }
    }
    if edges.is_empty() {
        return String::new();
    }
    // The assignments that follow from a write to one member, nearest first.
    let spread = |from: &str, indent: &str| {
        let mut text = String::new();
        let mut known = BTreeSet::from([from]);
        let mut queue = vec![from];
        while let Some(at) = queue.first().copied() {
            queue.remove(0);
            for (column, sync) in &edges {
                let (to, value) = if *column == at {
                    (sync.successor.as_str(), &sync.forward)
                } else if sync.successor == at {
                    (*column, &sync.backward)
                } else {
                    continue;
                };
                if known.insert(to) {
                    let _ = writeln!(text, "{indent}NEW.{} := {value};", identifier(to));
                    queue.push(to);
                }
            }
        }
        text
    };
    let mut insert = String::new();
    let mut update = String::new();
    for (index, member) in members.iter().skip(1).enumerate() {
        let column = identifier(member);
        let word = if index == 0 { "IF" } else { "ELSIF" };
        let _ = write!(insert, "        {word} NEW.{column} IS NOT NULL THEN\n{}", spread(member, "            "));
    }
    for member in members.iter().skip(1).chain([&root]) {
        let column = identifier(member);
        let _ = write!(update, "    ELSIF NEW.{column} IS DISTINCT FROM OLD.{column} THEN\n{}", spread(member, "        "));
    }
    format!("    IF TG_OP = 'INSERT' THEN\n{insert}        ELSE\n{}        END IF;\n{update}    END IF;\n", spread(root, "            "))
}

/// The part that replaces what only older releases write.
fn fills(column: &Column) -> String {
    let new = format!("NEW.{}", identifier(&column.name));
    let mut text = String::new();
    for replaced in &column.replaced {
        let gone = literal(&replaced.id);
        if column.shape.list {
            let _ = writeln!(text, "    {new} := array_remove({new}, {gone});");
        } else {
            let _ = writeln!(text, "    IF {new} = {gone} THEN\n        {new} := {};\n    END IF;", replaced.value);
        }
    }
    if let Some(fill) = &column.fill {
        let _ = writeln!(text, "    {new} := coalesce({new}, {});", fill.value);
    }
    text
}
