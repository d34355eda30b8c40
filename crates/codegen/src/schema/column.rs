//! One column: from what is there to what is wanted.

use super::convert::{Conversion, convert};
use super::script::Phase;
use super::sql::{identifier, literal};
use super::state::{Column, Fill, Holds, Replaced, RetiredColumn, Sync, Table};
use super::wanted::{Source, WantedColumn};
use super::{Planner, naming};
use crate::model::{Entity, Field, Type};
use std::fmt::Write;

/// Where a wanted column is.
#[derive(Debug)]
pub struct Placed {
    /// Physical name.
    pub name: String,
    /// Its value in a row as it was before the migration, as a SQL expression over that row.
    pub before: String,
    /// Whether older releases never write it, so that its checks can hold at once.
    pub fresh: bool,
    /// Whether its values were given by `migration.backfill` just now.
    pub backfilled: bool,
}

impl Planner<'_> {
    /// Brings one column of an existing table to what is wanted.
    pub(super) fn column(&mut self, entity: &Entity, table: &mut Table, wanted: &WantedColumn<'_>) -> Placed {
        if let Some(Err(fault)) = &wanted.backfill {
            self.refuse(wanted.id, format!("migration.backfill of {} of {} does not fit: {fault}.", wanted.label, entity.names.label), None);
        }
        match table.columns.get(wanted.id) {
            Some(live) if live.shape == wanted.shape => {
                let before = identifier(&live.name);
                self.keep(entity, table, wanted, before, None)
            }
            Some(live) if live.shape.widens_to(&wanted.shape) => {
                let before = identifier(&live.name);
                self.script.push(Phase::Columns, format!("ALTER TABLE {} ALTER COLUMN {before} TYPE {}", identifier(&table.name), wanted.shape.sql_type()));
                self.note(format!("Gave {} of {} more room.", wanted.label, entity.names.label));
                self.changes.push(("widen", format!("{}-{}", entity.names.kebab, wanted.kebab)));
                if let Some(live) = table.columns.get_mut(wanted.id) {
                    live.shape = wanted.shape.clone();
                    live.sql_type = wanted.shape.sql_type();
                }
                self.keep(entity, table, wanted, before, None)
            }
            Some(live) => {
                if let Some(conversion) = convert(self.model, &identifier(&live.name), &live.shape, &wanted.shape) {
                    return self.retype(entity, table, wanted, conversion);
                }
                self.retire(entity, table, wanted.id, wanted.label);
                self.add(entity, table, wanted)
            }
            None => {
                let same = |retired: &RetiredColumn| retired.id == wanted.id && retired.column.shape == wanted.shape && retired.sync.is_none();
                match table.retired.iter().position(same) {
                    Some(index) => self.revive(entity, table, wanted, index),
                    None => self.add(entity, table, wanted),
                }
            }
        }
    }

    /// Adds a column that was never there.
    fn add(&mut self, entity: &Entity, table: &mut Table, wanted: &WantedColumn<'_>) -> Placed {
        let name = new_name(table, wanted);
        let (physical, column) = (identifier(&table.name), identifier(&name));
        let sql_type = wanted.shape.sql_type();
        let given = wanted.backfill.as_ref().and_then(|value| value.as_ref().ok().cloned());
        let value = given.clone().or_else(|| wanted.default.clone());
        let mut added = fresh(&name, wanted);
        let mut definition = format!("ALTER TABLE {physical} ADD COLUMN {column} {sql_type}");
        let slug_source = slug_source(entity, table, wanted).filter(|_| value.is_none());
        if let Some(value) = &value {
            if wanted.required {
                definition.push_str(" NOT NULL");
            }
            let _ = write!(definition, " DEFAULT {value}");
            if wanted.default.is_none() && wanted.required && !self.lifted(self.position) {
                added.default = Some(value.clone());
                added.default_since = Some(self.position);
            }
        } else if let Some(source) = &slug_source {
            added.not_null = false;
            self.add_slugs(&physical, &mut added, source, wanted.required);
        } else if wanted.required {
            let count = format!("SELECT count(*) FROM {physical}");
            let way_out = match wanted.source {
                Source::Field(_) => format!("Give the field a default, or give existing records a value in migration.backfill under {:?}", wanted.id),
                Source::Relation(_) => format!("Name the seed that existing records should point to in migration.backfill under {:?}", wanted.id),
            };
            self.refuse(
                wanted.id,
                format!("{} of {} is required, and existing records have no value for it. {way_out}.", wanted.label, entity.names.label),
                count,
            );
            if self.lifted(self.position) {
                definition.push_str(" NOT NULL");
            } else {
                added.not_null = false;
                added.required_since = Some(self.position);
            }
        }
        self.script.push(Phase::Columns, definition);
        if value.is_some() && added.default != value {
            let statement = added.default.as_ref().map_or("DROP DEFAULT".to_owned(), |default| format!("SET DEFAULT {default}"));
            self.script.push(Phase::Columns, format!("ALTER TABLE {physical} ALTER COLUMN {column} {statement}"));
        }
        let kind = if wanted.field().is_some() { "field" } else { "relation" };
        self.note(format!("Added {kind} {} to {}.", wanted.label, entity.names.label));
        self.changes.push(("add", format!("{}-{}", entity.names.kebab, wanted.kebab)));
        table.columns.insert(wanted.id.to_owned(), added);
        let before = value.unwrap_or_else(|| format!("NULL::{sql_type}"));
        Placed { name, before, fresh: slug_source.is_none(), backfilled: given.is_some() }
    }

    /// Gives existing records slugs made from their source, and those that older releases will insert.
    fn add_slugs(&mut self, table: &str, column: &mut Column, source: &str, required: bool) {
        let (name, source) = (identifier(&column.name), identifier(source));
        self.script.push(
            Phase::Data,
            format!(
                "UPDATE {table} SET {name} = \"made\".\"slug\" || CASE WHEN \"made\".\"place\" = 1 THEN '' ELSE '-' || left({table}.\"id\"::text, 8) END\n\
                 FROM (\n    SELECT \"id\", \"slug\", row_number() OVER (PARTITION BY \"slug\" ORDER BY \"created_at\", \"id\") AS \"place\"\n    \
                 FROM (SELECT \"id\", \"created_at\", \"_slipform\".\"slug\"({source}::text) AS \"slug\" FROM {table}) AS \"slugs\"\n) AS \"made\"\n\
                 WHERE \"made\".\"id\" = {table}.\"id\""
            ),
        );
        if !self.lifted(self.position) {
            let value = format!("\"_slipform\".\"slug\"(NEW.{source}::text) || '-' || left(NEW.\"id\"::text, 8)");
            column.fill = Some(Fill { value, since: self.position });
        }
        if required {
            self.script.push(Phase::Tighten, format!("ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL"));
            column.not_null = true;
        }
    }

    /// Brings a column that holds the wanted shape to the wanted settings. `before` is its value in an old row;
    /// `inherited` stands in for nulls where neither a backfill nor a default does.
    fn keep(&mut self, entity: &Entity, table: &mut Table, wanted: &WantedColumn<'_>, before: String, inherited: Option<String>) -> Placed {
        let Some(mut live) = table.columns.remove(wanted.id) else {
            return Placed { name: String::new(), before, fresh: false, backfilled: false };
        };
        let (physical, column) = (identifier(&table.name), identifier(&live.name));
        let alter = format!("ALTER TABLE {physical} ALTER COLUMN {column}");
        let old = live.clone();
        self.keep_default(&alter, &mut live, wanted);
        let mut before = self.keep_values(entity, &physical, &mut live, wanted, before);
        let mut backfilled = false;
        if !wanted.required {
            if live.not_null {
                self.script.push(Phase::Columns, format!("{alter} DROP NOT NULL"));
                self.note(format!("{} of {} is now optional.", wanted.label, entity.names.label));
                self.changes.push(("relax", format!("{}-{}", entity.names.kebab, wanted.kebab)));
            }
            if live.not_null || live.fill.as_ref().is_some_and(|fill| self.lifted(fill.since)) {
                live.fill = None;
            }
            live.not_null = false;
            live.required_since = None;
        } else if live.not_null {
            if live.fill.as_ref().is_some_and(|fill| self.lifted(fill.since)) {
                live.fill = None;
            }
        } else {
            let given = wanted.backfill.as_ref().and_then(|value| value.as_ref().ok().cloned());
            backfilled = given.is_some();
            if let Some(value) = given.or_else(|| wanted.default.clone()).or(inherited) {
                // A seed to point to may be among those that are written now.
                let (fill, demand) = if wanted.field().is_some() { (Phase::Data, Phase::Tighten) } else { (Phase::Links, Phase::Links) };
                self.script.push(fill, format!("UPDATE {physical} SET {column} = {value} WHERE {column} IS NULL"));
                self.script.push(demand, format!("{alter} SET NOT NULL"));
                before = format!("coalesce({before}, {value})");
                let since = live.required_since.take().unwrap_or(self.position);
                live.fill = (!self.lifted(since)).then_some(Fill { value, since });
                live.not_null = true;
            } else {
                self.demand(entity, &physical, &mut live, wanted, &before);
            }
            if old.required_since.is_none() {
                self.note(format!("{} of {} is now required.", wanted.label, entity.names.label));
                self.changes.push(("require", format!("{}-{}", entity.names.kebab, wanted.kebab)));
            }
        }
        let name = live.name.clone();
        table.columns.insert(wanted.id.to_owned(), live);
        Placed { name, before, fresh: false, backfilled }
    }

    /// Demands a value where nothing says what existing records should have: once no older release can write
    /// nulls, the database demands it too.
    fn demand(&mut self, entity: &Entity, table: &str, live: &mut Column, wanted: &WantedColumn<'_>, before: &str) {
        let since = live.required_since.unwrap_or(self.position);
        let lifted = self.lifted(since);
        if live.required_since.is_none() || lifted {
            self.refuse(
                wanted.id,
                format!(
                    "{} of {} is required, and there are records without it. Fill them in, give the field a default, or give them a value in migration.backfill under {:?}.",
                    wanted.label, entity.names.label, wanted.id
                ),
                format!("SELECT count(*) FROM {table} WHERE {before} IS NULL"),
            );
        }
        if lifted {
            self.script.push(Phase::Tighten, format!("ALTER TABLE {table} ALTER COLUMN {} SET NOT NULL", identifier(&live.name)));
            live.not_null = true;
            live.required_since = None;
        } else {
            live.required_since = Some(since);
        }
    }

    fn keep_default(&mut self, alter: &str, live: &mut Column, wanted: &WantedColumn<'_>) {
        if let Some(default) = &wanted.default {
            if live.default.as_ref() != Some(default) {
                self.script.push(Phase::Columns, format!("{alter} SET DEFAULT {default}"));
                live.default = Some(default.clone());
            }
            live.default_since = None;
        } else if live.default.is_some() {
            // A required column keeps its default for inserts of releases that leave the value to the database.
            let since = live.default_since.unwrap_or(self.position);
            if wanted.required && live.not_null && !self.lifted(since) {
                live.default_since = Some(since);
            } else {
                self.script.push(Phase::Columns, format!("{alter} DROP DEFAULT"));
                live.default = None;
                live.default_since = None;
            }
        }
    }

    /// Brings the values that an enum column may hold to those wanted. Gives its value in an old row.
    fn keep_values(&mut self, entity: &Entity, table: &str, live: &mut Column, wanted: &WantedColumn<'_>, mut before: String) -> String {
        let removed: Vec<_> = live.values.iter().filter(|id| !wanted.values.contains(id)).cloned().collect();
        let column = identifier(&live.name);
        for id in removed {
            let gone = literal(&id);
            let uses = if wanted.shape.list { format!("{gone} = ANY ({before})") } else { format!("{before} = {gone}") };
            let count = format!("SELECT count(*) FROM {table} WHERE {uses}");
            let given = wanted.backfill.as_ref().and_then(|value| value.as_ref().ok().cloned()).or_else(|| wanted.default.clone());
            let value = if wanted.shape.list { "NULL".to_owned() } else { given.unwrap_or_else(|| "NULL".to_owned()) };
            if !self.confirmed(&id) {
                self.refuse(
                    &id,
                    format!(
                        "Records of {} have the value {id:?} in {}, which is no longer in the design. Change them, bring the value back, or confirm the loss by naming {id:?} in migration.confirmLoss.",
                        entity.names.label, wanted.label
                    ),
                    count,
                );
            } else if wanted.required && !wanted.shape.list && value == "NULL" {
                self.refuse(
                    wanted.id,
                    format!(
                        "{} of {} is required, and records have the value {id:?}, which is no longer in the design. Say in migration.backfill under {:?} what they get instead.",
                        wanted.label, entity.names.label, wanted.id
                    ),
                    count,
                );
            }
            let (old_rows, replaced) = if wanted.shape.list {
                (format!("{gone} = ANY ({column})"), format!("array_remove({column}, {gone})"))
            } else {
                (format!("{column} = {gone}"), value.clone())
            };
            self.script.push(Phase::Data, format!("UPDATE {table} SET {column} = {replaced} WHERE {old_rows}"));
            before = if wanted.shape.list {
                format!("array_remove({before}, {gone})")
            } else {
                format!("CASE WHEN {before} = {gone} THEN {value} ELSE {before} END")
            };
            if !self.lifted(self.position) {
                live.replaced.push(Replaced { id, value, since: self.position });
            }
            self.changes.push(("narrow", format!("{}-{}", entity.names.kebab, wanted.kebab)));
        }
        let added = wanted.values.iter().any(|id| !live.values.contains(id));
        if live.values != wanted.values {
            self.note(format!("Changed the values that {} of {} can have.", wanted.label, entity.names.label));
            if added {
                self.changes.push(("extend", format!("{}-{}", entity.names.kebab, wanted.kebab)));
            }
        }
        live.values.clone_from(&wanted.values);
        live.replaced.retain(|replaced| !wanted.values.contains(&replaced.id));
        let oldest = self.options.oldest_release;
        live.replaced.retain(|replaced| oldest.is_some_and(|oldest| oldest < replaced.since));
        before
    }

    /// Changes the type: a new column takes over, or the one that it had before, and both are kept equal.
    fn retype(&mut self, entity: &Entity, table: &mut Table, wanted: &WantedColumn<'_>, conversion: Conversion) -> Placed {
        let physical = identifier(&table.name);
        let name = new_name(table, wanted);
        let Some(mut old) = table.columns.remove(wanted.id) else {
            return Placed { name, before: conversion.value, fresh: false, backfilled: false };
        };
        if let Some(lossy) = conversion.lossy.as_ref().filter(|_| !self.confirmed(wanted.id)) {
            self.refuse(
                wanted.id,
                format!(
                    "{} of {} changes its type, and there are values that do not fit the new one. Change them, or confirm the loss by naming {:?} in migration.confirmLoss.",
                    wanted.label, entity.names.label, wanted.id
                ),
                format!("SELECT count(*) FROM {physical} WHERE {lossy}"),
            );
        }
        self.note(format!("Changed the type of {} of {}; older releases keep theirs.", wanted.label, entity.names.label));
        self.changes.push(("change", format!("{}-{}", entity.names.kebab, wanted.kebab)));

        // Whether every release that writes the old column gives it a value: none of a still older type, and none
        // whose nulls were filled until now.
        let always_given =
            old.not_null && old.fill.is_none() && !table.retired.iter().any(|retired| retired.sync.as_ref().is_some_and(|sync| sync.successor == old.name));
        // What an older release leaves to its default, or empty, arrives here as null.
        let filled = old.fill.as_ref().map(|fill| fill.value.clone()).filter(|value| !value.contains("NEW."));
        let inherited = old.default.clone().or(filled).filter(|_| old.not_null && wanted.default.is_none() && conversion.lossy.is_none());
        let inherited = inherited.and_then(|default| convert(self.model, &default, &old.shape, &wanted.shape)).map(|converted| converted.value);
        // Of the same enum, the new column gets values that are gone now.
        let written: Vec<_> = old.values.iter().cloned().chain(old.replaced.iter().map(|replaced| replaced.id.clone())).collect();
        self.relax(&physical, &mut old, true);

        let former = table.retired.iter().position(|retired| {
            retired.id == wanted.id && retired.column.shape == wanted.shape && retired.sync.as_ref().is_some_and(|sync| sync.successor == old.name)
        });
        let mut successor = if let Some(index) = former {
            table.retired.remove(index).column
        } else {
            let column = identifier(&name);
            self.script.push(Phase::Columns, format!("ALTER TABLE {physical} ADD COLUMN {column} {}", wanted.shape.sql_type()));
            self.script.push(Phase::Data, format!("UPDATE {physical} SET {column} = {}", conversion.value));
            if let (Some(default), Some(lossy), false) = (&wanted.default, &conversion.lossy, wanted.required) {
                self.script.push(Phase::Data, format!("UPDATE {physical} SET {column} = {default} WHERE {column} IS NULL AND {lossy}"));
            }
            let certain = wanted.required && always_given && conversion.lossy.is_none() && inherited.is_none();
            if certain {
                self.script.push(Phase::Tighten, format!("ALTER TABLE {physical} ALTER COLUMN {column} SET NOT NULL"));
            }
            Column { not_null: certain, default: None, ..fresh(&name, wanted) }
        };
        if old.shape.holds == wanted.shape.holds {
            admit(&mut successor, written);
        }
        if let Holds::Enum { id } = &old.shape.holds {
            let now = self.model.enums.iter().filter(|candidate| candidate.id == *id).flat_map(|candidate| &candidate.values);
            let now = now.map(|value| value.id.clone()).collect();
            admit(&mut old, now);
        }
        let converted = |from: &Column, to: &Column| {
            let value = format!("NEW.{}", identifier(&from.name));
            convert(self.model, &value, &from.shape, &to.shape).map_or_else(|| "NULL".to_owned(), |conversion| conversion.value)
        };
        let sync = Sync { forward: converted(&old, &successor), backward: converted(&successor, &old), successor: successor.name.clone() };
        table.retired.push(RetiredColumn { id: wanted.id.to_owned(), column: old, retired_at: self.position, foreign_key: None, sync: Some(sync) });
        table.columns.insert(wanted.id.to_owned(), successor);
        self.keep(entity, table, wanted, conversion.value, inherited)
    }

    /// Brings back a column that was retired and not dropped yet, with its data.
    fn revive(&mut self, entity: &Entity, table: &mut Table, wanted: &WantedColumn<'_>, index: usize) -> Placed {
        let retired = table.retired.remove(index);
        let (physical, before) = (identifier(&table.name), identifier(&retired.column.name));
        if let Some(key) = &retired.foreign_key {
            self.script.push(Phase::Loosen, format!("ALTER TABLE {physical} DROP CONSTRAINT {}", identifier(key)));
            self.names.release(key);
        }
        self.note(format!("Brought {} of {} back with its data.", wanted.label, entity.names.label));
        self.changes.push(("restore", format!("{}-{}", entity.names.kebab, wanted.kebab)));
        table.columns.insert(wanted.id.to_owned(), retired.column);
        self.keep(entity, table, wanted, before, None)
    }

    /// Takes a column out of use and keeps it for older releases.
    pub(super) fn retire(&mut self, entity: &Entity, table: &mut Table, id: &str, label: &str) {
        let Some(mut column) = table.columns.remove(id) else { return };
        let physical = identifier(&table.name);
        let relation = matches!(column.shape.holds, Holds::Relation { .. });
        if !self.confirmed(id) {
            let what = if relation { "relation" } else { "field" };
            self.refuse(
                id,
                format!(
                    "Records of {} have a value in the {what} {label}, which the design no longer has in this form. Bring it back, or confirm the loss by naming {id:?} in migration.confirmLoss.",
                    entity.names.label
                ),
                format!("SELECT count(*) FROM {physical} WHERE {} IS NOT NULL", identifier(&column.name)),
            );
        }
        self.relax(&physical, &mut column, false);
        let mut foreign_key = None;
        if let Some(key) = table.constraints.remove(&format!("{id}.key")) {
            // A hidden key must neither hold back the deletion of its target nor delete what names it.
            let (name, references) = (identifier(&key.name), key.sql.split(" ON DELETE ").next().unwrap_or(&key.sql).to_owned());
            self.script.push(Phase::Loosen, format!("ALTER TABLE {physical} DROP CONSTRAINT {name}"));
            self.script.push(Phase::Keys, format!("{references} ON DELETE SET NULL"));
            foreign_key = Some(key.name);
        }
        self.note(format!("Removed {label} of {}; its column stays until no release needs it.", entity.names.label));
        self.changes.push(("remove", format!("{}-{label}", entity.names.kebab).to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")));
        table.retired.push(RetiredColumn { id: id.to_owned(), column, retired_at: self.position, foreign_key, sync: None });
    }

    /// Lets inserts do without a column. Its default stays for the release that a rollback brings back; with `fully` it
    /// goes too, so that null means "not written".
    fn relax(&mut self, table: &str, column: &mut Column, fully: bool) {
        let alter = format!("ALTER TABLE {table} ALTER COLUMN {}", identifier(&column.name));
        if fully && column.default.is_some() {
            self.script.push(Phase::Columns, format!("{alter} DROP DEFAULT"));
            column.default = None;
        }
        if column.not_null {
            self.script.push(Phase::Columns, format!("{alter} DROP NOT NULL"));
            column.not_null = false;
        }
        column.default_since = None;
        column.required_since = None;
        column.fill = None;
        column.replaced.clear();
    }
}

/// Notes values that an enum column may get.
fn admit(column: &mut Column, values: Vec<String>) {
    column.values.extend(values);
    column.values.sort();
    column.values.dedup();
}

/// A column as a new table has it.
pub fn fresh(name: &str, wanted: &WantedColumn<'_>) -> Column {
    Column {
        name: name.to_owned(),
        sql_type: wanted.shape.sql_type(),
        shape: wanted.shape.clone(),
        not_null: wanted.required,
        default: wanted.default.clone(),
        default_since: None,
        required_since: None,
        fill: None,
        values: wanted.values.clone(),
        replaced: Vec::new(),
    }
}

/// A physical name that the table does not have yet.
pub fn new_name(table: &Table, wanted: &WantedColumn<'_>) -> String {
    let (stem, suffix) = wanted.stem();
    let existing = table.columns.values().map(|column| column.name.as_str());
    naming::column(existing.chain(table.retired.iter().map(|retired| retired.column.name.as_str())), &stem, suffix)
}

/// The column that a slug is made from, when that exists already.
fn slug_source(entity: &Entity, table: &Table, wanted: &WantedColumn<'_>) -> Option<String> {
    let Type::Slug { from } = &wanted.field()?.ty else { return None };
    table.columns.get(&entity.fields[*from].id).map(|source| source.name.clone())
}

/// Whether a field's values are made lower case.
pub fn is_email(field: &Field) -> bool {
    field.ty == Type::Email && !field.list
}
