//! Constraints and indexes: which a design wants, and how those that are there become them.

mod rules;

use super::Planner;
use super::column::{Placed, is_email};
use super::naming::snake;
use super::script::Phase;
use super::shape;
use super::sql::identifier;
use super::state::{NamedSql, Table, Waiting};
use super::wanted::{Source, WantedColumn, checks};
use crate::design::{OnDelete, RelationKind};
use crate::model::{Constraint, Entity, Member, Type};
use rules::{indexes, label, no_overlap, shared, unique_index};
use std::collections::BTreeMap;

/// A constraint or index that the design wants.
struct Wanted {
    id: String,
    /// Stem and suffix of a new name.
    stem: String,
    suffix: &'static str,
    phase: Phase,
    /// The statement around the name.
    head: String,
    tail: String,
    /// What it demands, as the beginning of a sentence; empty for what demands nothing.
    words: String,
    /// How many existing records stand against it.
    violations: Option<Violations>,
    /// A check that waits for older releases, as a boolean expression.
    waits: Option<String>,
    /// Whether it can hold at once.
    fresh: bool,
    /// What brings records into line before it is demanded, and again before it is added.
    prepare: Option<String>,
}

struct Violations {
    element: String,
    detail: String,
    count_sql: String,
}

/// The columns of a table while its constraints are planned.
pub struct Columns<'a> {
    pub wanted: &'a [WantedColumn<'a>],
    pub placed: &'a BTreeMap<String, Placed>,
    /// The table as it was; none when it is new.
    pub before: Option<&'a Table>,
}

impl Columns<'_> {
    fn placed(&self, id: &str) -> (&str, &str) {
        self.placed.get(id).map_or(("id", "NULL"), |placed| (placed.name.as_str(), placed.before.as_str()))
    }

    /// Physical name of a member, and its value in an old row.
    fn member(&self, entity: &Entity, member: Member) -> (String, String) {
        let own = |name: &str| (name.to_owned(), identifier(name));
        let by_id = |id: &str| (self.placed(id).0.to_owned(), self.placed(id).1.to_owned());
        match member {
            Member::Field(index) => by_id(&entity.fields[index].id),
            Member::Relation(index) => by_id(&entity.relations[index].id),
            Member::CreatedAt => own("created_at"),
            Member::UpdatedAt => own("updated_at"),
            Member::CreatedBy if self.before.is_none_or(|before| before.created_by) => own("created_by"),
            Member::CreatedBy => ("created_by".to_owned(), "NULL::uuid".to_owned()),
        }
    }
}

impl Planner<'_> {
    /// The check constraints of a new table, to stand in its `CREATE TABLE`.
    pub(super) fn inline_checks(&mut self, entity: &Entity, table: &mut Table, columns: &Columns<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        for wanted in self.checks(entity, table, columns) {
            let name = self.names.choose(&wanted.stem, wanted.suffix);
            let check = wanted.tail;
            lines.push(format!("CONSTRAINT {}{check}", identifier(&name)));
            let sql = format!("{}{}{check}", wanted.head, identifier(&name));
            table.constraints.insert(wanted.id, NamedSql { name, sql });
        }
        lines
    }

    /// Brings all constraints and indexes of a table to what is wanted.
    pub(super) fn constraints(&mut self, entity: &Entity, table: &mut Table, columns: &Columns<'_>) {
        let mut wanted = self.checks(entity, table, columns);
        wanted.extend(self.rules(entity, table, columns));
        wanted.extend(self.keys(entity, table, columns));
        wanted.extend(indexes(entity, table, columns));

        let gone: Vec<_> = table.constraints.keys().filter(|id| !wanted.iter().any(|wanted| wanted.id == **id)).cloned().collect();
        for id in gone {
            self.drop_constraint(table, &id);
        }
        table.waiting.retain(|id, _| wanted.iter().any(|wanted| wanted.id == *id && wanted.waits.is_some()));
        for wanted in wanted {
            self.constraint(entity, table, wanted, columns.before.is_none());
        }
    }

    fn constraint(&mut self, entity: &Entity, table: &mut Table, wanted: Wanted, new_table: bool) {
        let (head, tail) = (wanted.head, wanted.tail);
        let sql_as = |name: &str| format!("{head}{}{tail}", identifier(name));
        if let Some(there) = table.constraints.get(&wanted.id) {
            if there.sql == sql_as(&there.name) {
                if wanted.phase == Phase::Keys {
                    self.refuse_violations(wanted.violations);
                }
                table.waiting.remove(&wanted.id);
                return;
            }
            self.drop_constraint(table, &wanted.id);
        }
        if let Some(check) = &wanted.waits
            && !wanted.fresh
        {
            let known = table.waiting.get(&wanted.id).filter(|waiting| waiting.check == *check).map(|waiting| waiting.since);
            let since = known.unwrap_or(self.position);
            if !self.lifted(since) {
                if known.is_none() {
                    self.prepare(wanted.prepare);
                    self.refuse_violations(wanted.violations);
                    self.note(format!("{}: the new release demands it now, the database once no older release can come back.", wanted.words));
                    self.changes.push(("check", entity.names.kebab.clone()));
                    table.waiting.insert(wanted.id, Waiting { check: check.clone(), since });
                }
                return;
            }
            table.waiting.remove(&wanted.id);
        }
        if !new_table {
            self.prepare(wanted.prepare);
        }
        self.refuse_violations(wanted.violations);
        let name = self.names.choose(&wanted.stem, wanted.suffix);
        let sql = sql_as(&name);
        self.script.push(wanted.phase, sql.clone());
        if !new_table {
            if !wanted.words.is_empty() {
                self.note(format!("{}: the database demands it from now on, of older releases too.", wanted.words));
            }
            self.changes.push(("check", entity.names.kebab.clone()));
        }
        table.constraints.insert(wanted.id, NamedSql { name, sql });
    }

    fn prepare(&mut self, statement: Option<String>) {
        if let Some(statement) = statement {
            self.script.push(Phase::Data, statement);
        }
    }

    fn refuse_violations(&mut self, violations: Option<Violations>) {
        if let Some(Violations { element, detail, count_sql }) = violations {
            self.refuse(&element, detail, count_sql);
        }
    }

    pub(super) fn drop_constraint(&mut self, table: &mut Table, id: &str) {
        let Some(gone) = table.constraints.remove(id) else { return };
        let name = identifier(&gone.name);
        let statement = if gone.sql.starts_with("ALTER TABLE") {
            format!("ALTER TABLE {} DROP CONSTRAINT {name}", identifier(&table.name))
        } else {
            format!("DROP INDEX {name}")
        };
        self.script.push(Phase::Loosen, statement);
        self.names.release(&gone.name);
    }

    /// The checks of single fields.
    fn checks(&self, entity: &Entity, table: &Table, columns: &Columns<'_>) -> Vec<Wanted> {
        let mut all = Vec::new();
        for wanted in columns.wanted {
            let (Some(field), Some(placed)) = (wanted.field(), columns.placed.get(wanted.id)) else { continue };
            let old = checks(self.model, field, &placed.before);
            for (check, old) in checks(self.model, field, &identifier(&placed.name)).into_iter().zip(old) {
                let physical = identifier(&table.name);
                let lowered = check.suffix == "form" && is_email(field);
                let violations = match check.suffix {
                    _ if columns.before.is_none() => None,
                    // Values are rewritten with the check.
                    "values" => None,
                    // Addresses are made lower case, and may then be equal.
                    _ if lowered => field.unique.then(|| shared(entity, table, columns, wanted.id, std::slice::from_ref(&placed.before), wanted.label)),
                    _ => Some(Violations {
                        element: wanted.id.to_owned(),
                        detail: format!(
                            "{} of {} must be {}, and there are records where it is not. Change them first.",
                            wanted.label, entity.names.label, check.words
                        ),
                        count_sql: format!("SELECT count(*) FROM {physical} WHERE NOT ({})", old.sql),
                    }),
                };
                all.push(Wanted {
                    id: format!("{}.{}", wanted.id, check.suffix),
                    stem: format!("{}_{}", table.name, placed.name),
                    suffix: match check.suffix {
                        "min" => "_min",
                        "max" => "_max",
                        "length" => "_length",
                        "pattern" => "_pattern",
                        "form" => "_form",
                        _ => "_values",
                    },
                    phase: Phase::Tighten,
                    head: format!("ALTER TABLE {physical} ADD CONSTRAINT "),
                    tail: format!(" CHECK ({})", check.sql),
                    words: format!("{} of {} must be {}", wanted.label, entity.names.label, check.words),
                    violations,
                    waits: (check.suffix != "values").then_some(check.sql),
                    fresh: placed.fresh || columns.before.is_none(),
                    prepare: lowered.then(|| lower(&table.name, &placed.name)),
                });
            }
        }
        all
    }

    /// Uniqueness, and ranges that must not overlap.
    fn rules(&mut self, entity: &Entity, table: &Table, columns: &Columns<'_>) -> Vec<Wanted> {
        let mut all = Vec::new();
        for wanted in columns.wanted {
            let unique = match wanted.source {
                Source::Field(field) => field.unique || matches!(field.ty, Type::Slug { .. }),
                Source::Relation(relation) => relation.kind == RelationKind::OneToOne,
            };
            if unique {
                let (name, before) = columns.placed(wanted.id);
                let members = [(name.to_owned(), before.to_owned())];
                all.push(unique_index(entity, table, columns, format!("{}.unique", wanted.id), wanted.id, &format!("_{name}"), &members, wanted.label));
            }
        }
        for constraint in &entity.constraints {
            match constraint {
                Constraint::Unique { id, members, .. } => {
                    let labels: Vec<_> = members.iter().map(|member| label(entity, *member)).collect();
                    let members: Vec<_> = members.iter().map(|member| columns.member(entity, *member)).collect();
                    let stem = members.iter().fold(String::new(), |stem, (name, _)| format!("{stem}_{name}"));
                    all.push(unique_index(entity, table, columns, id.clone(), id, &stem, &members, &labels.join(" and ")));
                }
                Constraint::Index { .. } => {}
                Constraint::NoOverlap { id, start, end, by, except_field, except, .. } => {
                    self.script_extension(table, id);
                    all.extend(no_overlap(entity, table, columns, id, (*start, *end), by, except_field.map(|field| (field, except.as_slice()))));
                }
            }
        }
        all
    }

    fn script_extension(&mut self, table: &Table, id: &str) {
        if !table.constraints.contains_key(id) {
            self.script.push(Phase::Extend, "CREATE EXTENSION IF NOT EXISTS btree_gist");
        }
    }

    fn keys(&self, entity: &Entity, table: &Table, columns: &Columns<'_>) -> Vec<Wanted> {
        let key = |id: String, column: &str, target: &str, on_delete: &str, violations| Wanted {
            id,
            stem: format!("{}_{column}", table.name),
            suffix: "_fkey",
            phase: Phase::Keys,
            head: format!("ALTER TABLE {} ADD CONSTRAINT ", identifier(&table.name)),
            tail: format!(" FOREIGN KEY ({}) REFERENCES {} (\"id\") ON DELETE {on_delete}", identifier(column), identifier(target)),
            words: String::new(),
            violations,
            waits: None,
            fresh: false,
            prepare: None,
        };
        let mut all = Vec::new();
        for wanted in columns.wanted {
            let (Source::Relation(relation), Some(placed)) = (wanted.source, columns.placed.get(wanted.id)) else { continue };
            let target = shape::target_id(self.model, relation.target);
            let physical = self.physical(&target);
            let on_delete = match relation.on_delete {
                OnDelete::Restrict => "RESTRICT",
                OnDelete::Cascade => "CASCADE",
                OnDelete::SetNull => "SET NULL",
            };
            let written = placed.backfilled && self.backfill_seed_is_old(wanted.id) && (target == "user" || self.before.tables.contains_key(&target));
            let violations = written.then(|| Violations {
                element: wanted.id.to_owned(),
                detail: format!("The seed that migration.backfill names for {} of {} has been deleted. Name another one.", wanted.label, entity.names.label),
                count_sql: format!(
                    "SELECT count(*) FROM {} WHERE NOT EXISTS (SELECT FROM {} AS target WHERE target.\"id\" = {})",
                    identifier(&table.name),
                    identifier(&physical),
                    placed.before
                ),
            });
            all.push(key(format!("{}.key", wanted.id), &placed.name, &physical, on_delete, violations));
        }
        if entity.created_by {
            all.push(key(".created_by.key".to_owned(), "created_by", "_user", "SET NULL", None));
        }
        all
    }

    fn backfill_seed_is_old(&self, id: &str) -> bool {
        let seed = self.model.design.migration.backfill.get(id).and_then(serde_json::Value::as_str);
        seed.is_some_and(|seed| self.before.seeds.iter().any(|written| written == seed))
    }

    /// Physical name of the table of an entity, or of people.
    pub(super) fn physical(&self, id: &str) -> String {
        if id == "user" { "_user".to_owned() } else { self.after.tables.get(id).map_or_else(|| snake(id), |table| table.name.clone()) }
    }
}

/// Makes the values of a column lower case, as the server compares addresses.
fn lower(table: &str, column: &str) -> String {
    let (table, column) = (identifier(table), identifier(column));
    format!("UPDATE {table} SET {column} = lower({column} COLLATE \"C\") WHERE {column} <> lower({column} COLLATE \"C\")")
}
