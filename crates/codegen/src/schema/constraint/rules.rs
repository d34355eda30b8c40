//! What concerns several records, or several columns: uniqueness, ranges that must not overlap, and indexes.

use super::{Columns, Violations, Wanted};
use crate::design::RelationKind;
use crate::model::{Constraint, Entity, Member, Type};
use crate::schema::naming::snake;
use crate::schema::script::Phase;
use crate::schema::sql::{identifier, identifiers, literals};
use crate::schema::state::Table;
use crate::schema::wanted::Source;

/// Indexes that demand nothing.
pub(super) fn indexes(entity: &Entity, table: &Table, columns: &Columns<'_>) -> Vec<Wanted> {
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

/// Human name of a member.
pub(super) fn label(entity: &Entity, member: Member) -> &str {
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
pub(super) fn unique_index(
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
pub(super) fn shared(entity: &Entity, table: &Table, columns: &Columns<'_>, element: &str, values: &[String], label: &str) -> Violations {
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
pub(super) fn no_overlap(
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
