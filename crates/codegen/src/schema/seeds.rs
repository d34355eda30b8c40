//! Records and people that an environment starts with: each is written once.

use super::script::Phase;
use super::slug::slug;
use super::sql::{identifier, identifiers, literal, literals};
use super::{Planner, shape};
use crate::design::SeedScope;
use crate::model::{Entity, Model, SeedRecord, Type};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A row to insert.
struct Row {
    table: String,
    columns: Vec<String>,
    values: Vec<String>,
    /// Conditions without which it is left out.
    conditions: Vec<String>,
}

impl Planner<'_> {
    /// Writes the seeds that were never written.
    pub(super) fn seeds(&mut self) {
        let model = self.model;
        let mut written = Written { new_database: self.before.position == 0, ids: BTreeSet::new() };
        let mut rows = Vec::new();
        let mut links = Vec::new();
        let mut count = 0;
        for seed in &model.seed_users {
            if !self.due(&seed.id, seed.only) {
                continue;
            }
            let roles = literals(seed.roles.iter().map(|role| model.roles[*role].id.as_str()));
            rows.push(Row {
                table: "_user".to_owned(),
                columns: ["id", "email", "name", "roles"].map(str::to_owned).to_vec(),
                values: vec![key(seed.uuid), literal(&seed.email.to_lowercase()), literal(&seed.name), format!("ARRAY[{roles}]::text[]")],
                conditions: Vec::new(),
            });
            written.ids.insert(seed.uuid);
            count += 1;
        }
        let slugs = slugs(model);
        for (index, seed) in model.seed_records.iter().enumerate() {
            if !self.due(&seed.id, seed.only) {
                continue;
            }
            rows.push(self.row(seed, &slugs[index], &written));
            links.extend(self.links(seed));
            written.ids.insert(seed.uuid);
            count += 1;
        }
        for statement in inserts(rows).into_iter().chain(links) {
            self.script.push(Phase::Seeds, statement);
        }
        if count > 0 {
            self.note(format!("Wrote {count} {}.", if count == 1 { "seed" } else { "seeds" }));
            self.changes.push(("add", "seeds".to_owned()));
        }
    }

    /// Whether a seed is to be written here and now; if so it counts as written.
    fn due(&mut self, id: &str, only: SeedScope) -> bool {
        let here = match only {
            SeedScope::Everywhere => true,
            SeedScope::Production => self.options.production,
            SeedScope::Development => !self.options.production,
        };
        let due = here && !self.after.seeds.iter().any(|written| written == id);
        if due {
            self.after.seeds.push(id.to_owned());
        }
        due
    }

    fn row(&self, seed: &SeedRecord, slugs: &[(usize, String)], written: &Written) -> Row {
        let entity = &self.model.entities[seed.entity];
        let table = &self.after.tables[&entity.id];
        let mut row = Row { table: table.name.clone(), columns: vec!["id".to_owned()], values: vec![key(seed.uuid)], conditions: Vec::new() };
        let mut add = |column: &str, value: String| {
            row.columns.push(column.to_owned());
            row.values.push(value);
        };
        for (index, json) in &seed.fields {
            let field = &entity.fields[*index];
            if let (Some(column), Ok(value)) = (table.columns.get(&field.id), shape::value(self.model, field, json)) {
                add(&column.name, if value == "NULL" { format!("NULL::{}", column.sql_type) } else { value });
            }
        }
        for (index, slug) in slugs {
            if let Some(column) = table.columns.get(&entity.fields[*index].id) {
                add(&column.name, literal(slug));
            }
        }
        let mut conditions = Vec::new();
        for (index, targets) in &seed.relations {
            let relation = &entity.relations[*index];
            let (Some(column), Some(target)) = (table.columns.get(&relation.id), targets.first()) else { continue };
            if written.surely(*target) {
                add(&column.name, key(*target));
                continue;
            }
            let target_table = identifier(&self.physical(&shape::target_id(self.model, relation.target)));
            let found = format!("SELECT \"id\" FROM {target_table} WHERE \"id\" = {}", key(*target));
            if relation.required {
                conditions.push(format!("EXISTS ({found})"));
                add(&column.name, key(*target));
            } else {
                add(&column.name, format!("({found})"));
            }
        }
        if let Some(person) = seed.created_by.filter(|_| entity.created_by) {
            let value = if written.surely(person) { key(person) } else { format!("(SELECT \"id\" FROM \"_user\" WHERE \"id\" = {})", key(person)) };
            add("created_by", value);
        }
        row.conditions = conditions;
        row
    }

    /// The links of many-to-many relations. What does not exist (any more) is left out.
    fn links(&self, seed: &SeedRecord) -> Vec<String> {
        let entity = &self.model.entities[seed.entity];
        let mut statements = Vec::new();
        for (index, targets) in &seed.relations {
            let relation = &entity.relations[*index];
            let Some(join) = self.after.joins.get(&relation.id).filter(|_| !targets.is_empty()) else { continue };
            let targets: Vec<_> = targets.iter().map(|target| key(*target)).collect();
            statements.push(format!(
                "INSERT INTO {} (\"source_id\", \"target_id\")\nSELECT source.\"id\", target.\"id\" FROM {} AS source, {} AS target\nWHERE source.\"id\" = {} AND target.\"id\" IN ({})\nON CONFLICT DO NOTHING",
                identifier(&join.name),
                identifier(&self.physical(&entity.id)),
                identifier(&self.physical(&shape::target_id(self.model, relation.target))),
                key(seed.uuid),
                targets.join(", ")
            ));
        }
        statements
    }
}

/// What this migration writes.
struct Written {
    new_database: bool,
    ids: BTreeSet<Uuid>,
}

impl Written {
    /// Whether a record is there without doubt: written by this migration into a new database, where nothing can
    /// have been deleted and nothing be in its way.
    fn surely(&self, id: Uuid) -> bool {
        self.new_database && self.ids.contains(&id)
    }
}

fn key(id: Uuid) -> String {
    format!("'{id}'::uuid")
}

/// The statements that insert rows, in order; one for consecutive rows of a table. Whoever is there already stays.
fn inserts(rows: Vec<Row>) -> Vec<String> {
    let mut statements = Vec::new();
    let mut run: Vec<Row> = Vec::new();
    for row in rows {
        if run.first().is_some_and(|first| first.table != row.table || !row.conditions.is_empty()) {
            statements.extend(insert(&std::mem::take(&mut run)));
        }
        if row.conditions.is_empty() {
            run.push(row);
        } else {
            let columns = identifiers(row.columns.iter().map(String::as_str));
            let (values, conditions) = (row.values.join(", "), row.conditions.join(" AND "));
            statements.push(format!("INSERT INTO {} ({columns})\nSELECT {values}\nWHERE {conditions}\nON CONFLICT DO NOTHING", identifier(&row.table)));
        }
    }
    statements.extend(insert(&run));
    statements
}

/// One statement for rows of a table; what a row does not give has its default.
fn insert(rows: &[Row]) -> Option<String> {
    let table = identifier(&rows.first()?.table);
    let mut columns: Vec<&str> = Vec::new();
    for column in rows.iter().flat_map(|row| &row.columns) {
        if !columns.contains(&column.as_str()) {
            columns.push(column);
        }
    }
    let tuple = |row: &Row| {
        let given: BTreeMap<_, _> = row.columns.iter().map(String::as_str).zip(row.values.iter().map(String::as_str)).collect();
        let values: Vec<_> = columns.iter().map(|column| given.get(column).copied().unwrap_or("DEFAULT")).collect();
        format!("({})", values.join(", "))
    };
    let tuples: Vec<_> = rows.iter().map(tuple).collect();
    Some(format!("INSERT INTO {table} ({})\nVALUES\n    {}\nON CONFLICT DO NOTHING", identifiers(columns.iter().copied()), tuples.join(",\n    ")))
}

/// The slugs that seeds leave to their source, by seed: (field, slug). Unique among all seeds of an entity.
fn slugs(model: &Model) -> Vec<Vec<(usize, String)>> {
    let mut taken: BTreeMap<(usize, usize), BTreeSet<String>> = BTreeMap::new();
    for seed in &model.seed_records {
        for (index, value) in &seed.fields {
            if let (Type::Slug { .. }, Some(text)) = (&model.entities[seed.entity].fields[*index].ty, value.as_str()) {
                taken.entry((seed.entity, *index)).or_default().insert(text.to_owned());
            }
        }
    }
    let made = |seed: &SeedRecord, entity: &Entity, taken: &mut BTreeMap<(usize, usize), BTreeSet<String>>| {
        let mut made = Vec::new();
        for (index, field) in entity.fields.iter().enumerate() {
            let Type::Slug { from } = &field.ty else { continue };
            if seed.fields.iter().any(|(given, _)| *given == index) {
                continue;
            }
            let source = seed.fields.iter().find(|(given, _)| given == from).and_then(|(_, value)| plain(value));
            let Some(base) = source.map(|text| slug(&text)) else { continue };
            let taken = taken.entry((seed.entity, index)).or_default();
            let mut candidate = base.clone();
            let mut number = 2;
            while !taken.insert(candidate.clone()) {
                candidate = format!("{base}-{number}");
                number += 1;
            }
            made.push((index, candidate));
        }
        made
    };
    model.seed_records.iter().map(|seed| made(seed, &model.entities[seed.entity], &mut taken)).collect()
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
