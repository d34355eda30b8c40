//! Physical names: chosen once, deterministic, unique, and never longer than Postgres allows.

use super::state::SchemaState;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// What Postgres keeps of an identifier, in bytes.
const LIMIT: usize = 63;

/// Column names that every table has or may get, and those that Postgres keeps for itself.
const RESERVED_COLUMNS: [&str; 12] =
    ["id", "created_at", "updated_at", "created_by", "deleted_at", "version", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// The words of a kebab-case name as a snake_case one.
pub fn snake(kebab: &str) -> String {
    let snake: String = kebab.chars().map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() }).filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    match snake.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => snake,
        _ => format!("x_{snake}"),
    }
}

/// A name of at most 63 bytes: a longer one keeps its beginning and its suffix, and a hash stands for the rest.
fn fitted(stem: &str, suffix: &str) -> String {
    if stem.len() + suffix.len() <= LIMIT {
        return format!("{stem}{suffix}");
    }
    let hash = &hex::encode(Sha256::digest(stem.as_bytes()))[..8];
    format!("{}_{hash}{suffix}", &stem[..LIMIT - suffix.len() - 9])
}

/// The first of `stem+suffix`, `stem_2+suffix`, … that is not taken.
fn free(taken: &BTreeSet<String>, stem: &str, suffix: &str) -> String {
    let mut name = fitted(stem, suffix);
    let mut number = 2;
    while taken.contains(&name) {
        name = fitted(&format!("{stem}_{number}"), suffix);
        number += 1;
    }
    name
}

/// Names of tables, indexes, constraints and triggers: one space for all, as Postgres has it for tables and indexes.
#[derive(Debug)]
pub struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// All names that a state uses, retired ones too.
    pub fn of(state: &SchemaState) -> Self {
        let mut taken: BTreeSet<String> = ["_user", "_session", "_user_pkey", "_session_pkey", "_user_email_key"].into_iter().map(str::to_owned).collect();
        for table in state.tables.values() {
            taken.insert(table.name.clone());
            taken.insert(fitted(&table.name, "_pkey"));
            taken.extend(table.constraints.values().map(|constraint| constraint.name.clone()));
            taken.extend(table.bridges.values().map(|bridge| bridge.name.clone()));
            taken.extend(table.retired.iter().filter_map(|retired| retired.foreign_key.clone()));
        }
        for join in state.joins.values().chain(state.retired_joins.iter().map(|retired| &retired.join)) {
            taken.insert(join.name.clone());
            taken.insert(fitted(&join.name, "_pkey"));
            taken.insert(fitted(&join.name, "_target_id_idx"));
        }
        Self { taken }
    }

    /// A new name.
    pub fn choose(&mut self, stem: &str, suffix: &str) -> String {
        let name = free(&self.taken, stem, suffix);
        self.taken.insert(name.clone());
        name
    }

    /// A new name of a table whose primary key's name is free too.
    pub fn table(&mut self, stem: &str) -> String {
        let name = self.choose(&fitted(stem, ""), "");
        self.taken.insert(fitted(&name, "_pkey"));
        name
    }

    /// Makes a name free again, after what bore it was dropped.
    pub fn release(&mut self, name: &str) {
        self.taken.remove(name);
    }
}

/// A new name of a column beside those that a table has.
pub fn column<'a>(existing: impl Iterator<Item = &'a str>, stem: &str, suffix: &str) -> String {
    let taken = existing.chain(RESERVED_COLUMNS).map(str::to_owned).collect();
    free(&taken, stem, suffix)
}

/// Name of the index on a join table's `target_id`.
pub fn join_index(table: &str) -> String {
    fitted(table, "_target_id_idx")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_suffix_and_stay_distinct() {
        let (a, b) = (format!("{}a", "x".repeat(80)), format!("{}b", "x".repeat(80)));
        let (a, b) = (fitted(&a, "_key"), fitted(&b, "_key"));
        assert!(a.len() <= 63 && a.ends_with("_key") && a != b, "{a} {b}");
    }

    #[test]
    fn taken_and_reserved_names_get_a_number() {
        assert_eq!(column(["color"].into_iter(), "color", ""), "color_2");
        assert_eq!(column(std::iter::empty(), "version", ""), "version_2");
        assert_eq!(column(std::iter::empty(), "ctid", ""), "ctid_2");
    }
}
