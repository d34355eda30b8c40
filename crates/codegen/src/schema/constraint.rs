//! Constraints and indexes: which a design wants, and how those that are there become them.

use super::Planner;
use super::column::{Placed, is_email};
use super::naming::snake;
use super::script::Phase;
use super::shape;
use super::sql::{identifier, identifiers, literals};
use super::state::{NamedSql, Table, Waiting};
use super::wanted::{Source, WantedColumn, checks};
use crate::design::{OnDelete, RelationKind};
use crate::model::{Constraint, Entity, Member, Type};
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

/// Indexes that demand nothing.
fn indexes(entity: &Entity, table: &Table, columns: &Columns<'_>) -> Vec<Wanted> {
    let index = |id: String, names: &[&str]| Wanted {
        id,
        stem: names.iter().fold(table.name.clone(), |stem, name| format!("{stem}_{name}")),
        suffix: "_idx",
        phase: Phase::Indexes,
        head: "CREATE INDEX ".to_owned(),
        tail: format!(" ON {} ({})", identifier(&table.name), identifiers(names.iter().copied())),
        words: String::new(),
        violations: None,
        waits: None,
        fresh: false,
        prepare: None,
    };
    let mut all = vec![index(".page".to_owned(), &["created_at", "id"])];
    for wanted in columns.wanted {
        let (name, _) = columns.placed(wanted.id);
        let wants = match wanted.source {
            Source::Field(field) => field.indexed && !field.unique && !matches!(field.ty, Type::Slug { .. }),
            Source::Relation(relation) => relation.kind == RelationKind::ManyToOne,
        };
        if wants {
            all.push(index(format!("{}.index", wanted.id), &[name]));
        }
    }
    if entity.created_by {
        all.push(index(".created_by.index".to_owned(), &["created_by"]));
    }
    for constraint in &entity.constraints {
        if let Constraint::Index { id, members } = constraint {
            let names: Vec<_> = members.iter().map(|member| columns.member(entity, *member).0).collect();
            all.push(index(id.clone(), &names.iter().map(String::as_str).collect::<Vec<_>>()));
        }
    }
    all
}

/// Makes the values of a column lower case, as the server compares addresses.
fn lower(table: &str, column: &str) -> String {
    let (table, column) = (identifier(table), identifier(column));
    format!("UPDATE {table} SET {column} = lower({column} COLLATE \"C\") WHERE {column} <> lower({column} COLLATE \"C\")")
}

/// Human name of a member.
fn label(entity: &Entity, member: Member) -> &str {
    match member {
        Member::Field(index) => &entity.fields[index].names.label,
        Member::Relation(index) => &entity.relations[index].names.label,
        Member::CreatedAt => "Created at",
        Member::UpdatedAt => "Updated at",
        Member::CreatedBy => "Created by",
    }
}

/// Which old rows a rule between records looks at: those that soft deletion has not hidden.
fn visible_before(entity: &Entity, columns: &Columns<'_>) -> &'static str {
    if entity.soft_delete && columns.before.is_some_and(|before| before.soft_delete) { "\"deleted_at\" IS NULL" } else { "true" }
}

#[allow(clippy::too_many_arguments)] // One call reads as the sentence that it is.
fn unique_index(
    entity: &Entity,
    table: &Table,
    columns: &Columns<'_>,
    id: String,
    element: &str,
    stem: &str,
    members: &[(String, String)],
    label: &str,
) -> Wanted {
    let physical = identifier(&table.name);
    let names = identifiers(members.iter().map(|(name, _)| name.as_str()));
    let predicate = if entity.soft_delete { " WHERE \"deleted_at\" IS NULL" } else { "" };
    let before: Vec<_> = members.iter().map(|(_, before)| before.clone()).collect();
    Wanted {
        id,
        stem: format!("{}{stem}", table.name),
        suffix: "_key",
        phase: Phase::Unique,
        head: "CREATE UNIQUE INDEX ".to_owned(),
        tail: format!(" ON {physical} ({names}){predicate}"),
        words: format!("{label} of {} must be unique", entity.names.label),
        violations: columns.before.is_some().then(|| shared(entity, table, columns, element, &before, label)),
        waits: None,
        fresh: false,
        prepare: None,
    }
}

/// Records that share what is to be unique.
fn shared(entity: &Entity, table: &Table, columns: &Columns<'_>, element: &str, values: &[String], label: &str) -> Violations {
    let given: Vec<_> = values.iter().enumerate().map(|(index, value)| format!("{value} AS v{index}")).collect();
    let keys: Vec<_> = (0..values.len()).map(|index| format!("v{index}")).collect();
    let present: Vec<_> = keys.iter().map(|key| format!("{key} IS NOT NULL")).collect();
    Violations {
        element: element.to_owned(),
        detail: format!("{label} of {} must be unique, and there are records that share it. Change them first.", entity.names.label),
        count_sql: format!(
            "SELECT coalesce(sum(n), 0)::bigint FROM (SELECT count(*) AS n FROM (SELECT {} FROM {} WHERE {}) AS old WHERE {} GROUP BY {} HAVING count(*) > 1) AS duplicates",
            given.join(", "),
            identifier(&table.name),
            visible_before(entity, columns),
            present.join(" AND "),
            keys.join(", ")
        ),
    }
}

/// An exclusion constraint, and the check that a range begins before it ends.
fn no_overlap(
    entity: &Entity,
    table: &Table,
    columns: &Columns<'_>,
    id: &str,
    (start, end): (usize, usize),
    by: &[Member],
    except: Option<(usize, &[String])>,
) -> [Wanted; 2] {
    let physical = identifier(&table.name);
    let days = entity.fields[start].ty == Type::Date;
    let (first, last) = (columns.member(entity, Member::Field(start)), columns.member(entity, Member::Field(end)));
    let range = |from: &str, to: &str| if days { format!("daterange({from}, {to}, '[]')") } else { format!("tstzrange({from}, {to})") };
    let order = |from: &str, to: &str| format!("{from} {} {to}", if days { "<=" } else { "<" });
    let by: Vec<_> = by.iter().map(|member| columns.member(entity, *member)).collect();
    let counts = |value: &dyn Fn(usize) -> String, visible: &str| {
        let mut conditions = Vec::new();
        if !visible.is_empty() {
            conditions.push(visible.to_owned());
        }
        if let Some((field, except)) = except.filter(|(_, except)| !except.is_empty()) {
            conditions.push(format!("coalesce({} NOT IN ({}), true)", value(field), literals(except.iter().map(String::as_str))));
        }
        conditions
    };
    let now = |field: usize| identifier(&columns.member(entity, Member::Field(field)).0);
    let before = |field: usize| columns.member(entity, Member::Field(field)).1;

    let terms: Vec<_> = by
        .iter()
        .map(|(name, _)| format!("{} WITH =", identifier(name)))
        .chain([format!("{} WITH &&", range(&identifier(&first.0), &identifier(&last.0)))])
        .collect();
    let predicate = counts(&now, if entity.soft_delete { "\"deleted_at\" IS NULL" } else { "" });
    let predicate = if predicate.is_empty() { String::new() } else { format!(" WHERE ({})", predicate.join(" AND ")) };

    let old_columns: Vec<_> = by.iter().enumerate().map(|(index, (_, before))| format!("{before} AS v{index}")).collect();
    let old_rows = format!(
        "SELECT {} FROM {physical} WHERE {}",
        [format!("\"id\", {} AS a, {} AS b", first.1, last.1)].into_iter().chain(old_columns).collect::<Vec<_>>().join(", "),
        counts(&before, visible_before(entity, columns)).join(" AND ")
    );
    let same: Vec<_> = (0..by.len()).map(|index| format!(" AND x.v{index} = y.v{index}")).collect();
    let overlaps = format!(
        "WITH old AS ({old_rows}) SELECT count(*) FROM old AS x WHERE {} AND EXISTS (SELECT FROM old AS y WHERE y.\"id\" <> x.\"id\" AND {}{} AND {} && {})",
        order("x.a", "x.b"),
        order("y.a", "y.b"),
        same.concat(),
        range("x.a", "x.b"),
        range("y.a", "y.b")
    );
    let inverted = format!("SELECT count(*) FROM {physical} WHERE NOT ({})", order(&first.1, &last.1));
    let (from, to) = (&entity.fields[start].names.label, &entity.fields[end].names.label);
    let refusal = |detail: String, count_sql: String| columns.before.is_some().then(|| Violations { element: id.to_owned(), detail, count_sql });
    let rule = |id: String, suffix: &'static str, phase, tail, words, violations| Wanted {
        id: id.clone(),
        stem: format!("{}_{}", table.name, snake(id.trim_end_matches(".order"))),
        suffix,
        phase,
        head: format!("ALTER TABLE {physical} ADD CONSTRAINT "),
        tail,
        words,
        violations,
        waits: None,
        fresh: false,
        prepare: None,
    };
    [
        rule(
            format!("{id}.order"),
            "_order",
            Phase::Tighten,
            format!(" CHECK ({})", order(&identifier(&first.0), &identifier(&last.0))),
            format!("{from} of {} must be before {to}", entity.names.label),
            refusal(format!("{from} of {} must be before {to}, and there are records where it is not. Change them first.", entity.names.label), inverted),
        ),
        rule(
            id.to_owned(),
            "_excl",
            Phase::Unique,
            format!(" EXCLUDE USING gist ({}){predicate}", terms.join(", ")),
            format!("Records of {} must not overlap from {from} to {to}", entity.names.label),
            refusal(
                format!("Records of {} must not overlap from {from} to {to}, and there are some that do. Change them first.", entity.names.label),
                overlaps,
            ),
        ),
    ]
}
