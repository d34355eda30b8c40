//! Random sequences of designs. After every step the plan is done (a second one is empty), every release that can be
//! rolled back to still reads and writes, the catalog is what the state says; and once older releases are gone, the
//! database is the one that the last design alone would have made.

use super::support::{App, design, hinted, model};
use serde_json::{Map, Value, json};
use slipform_codegen::schema::{PlanOptions, SchemaState, Table, plan};
use std::collections::BTreeMap;

const SEQUENCES: u64 = 16;
const STEPS: usize = 7;

/// A small generator of numbers (xorshift), so that a failing seed is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn often(&mut self) -> bool {
        self.below(3) > 0
    }

    fn seldom(&mut self) -> bool {
        self.below(4) == 0
    }
}

/// (type, further keys, a default, values in SQL with `#` for a number)
const TYPES: [(&str, &str, &str, &str); 11] = [
    ("string", "{}", "\"d'x\"", "'s#'"),
    ("text", "{}", "\"\\\\t\"", "'t#'"),
    ("integer", "{}", "7", "#"),
    ("bigint", "{}", "\"8\"", "#"),
    ("decimal", "{\"precision\": 12, \"scale\": 2}", "\"1.50\"", "#.25"),
    ("money", "{\"currency\": \"EUR\"}", "\"2.50\"", "#.75"),
    ("boolean", "{}", "true", "true"),
    ("date", "{}", "\"2026-01-01\"", "date '2000-01-01' + #"),
    ("datetime", "{}", "\"2026-01-01T00:00:00Z\"", "timestamptz '2000-01-01T00:00Z' + # * interval '1 hour'"),
    ("json", "{}", "{\"a\": 1}", "'{\"n\": #}'"),
    ("email", "{}", "\"d@x.de\"", "'a#@x.de'"),
];

fn random_design(random: &mut Random) -> Value {
    let mut values = vec![json!({ "id": "v-0", "name": "zero" })];
    values.extend((1..4).filter(|_| random.often()).map(|index| json!({ "id": format!("v-{index}"), "name": format!("value{index}") })));
    let mut entities: Vec<Value> = Vec::new();
    let mut backfill = Map::new();
    for index in 0..3 {
        if index > 0 && random.seldom() {
            continue;
        }
        let mut fields = vec![json!({ "id": format!("e{index}-name"), "name": "name", "type": "string" })];
        for number in 0..4 {
            if random.seldom() {
                continue;
            }
            let id = format!("e{index}-f{number}");
            let mut field = json!({ "id": id, "name": format!("field{number}") });
            let object = field.as_object_mut().unwrap();
            if random.below(5) == 0 {
                object.extend([("type".to_owned(), json!("enum")), ("enum".to_owned(), json!("e"))]);
                if random.seldom() {
                    object.insert("list".to_owned(), json!(true));
                } else if random.often() {
                    object.insert("default".to_owned(), json!("zero"));
                }
                backfill.insert(id, if object.contains_key("list") { json!(["zero"]) } else { json!("zero") });
            } else {
                let (ty, more, default, _) = TYPES[random.below(TYPES.len())];
                object.insert("type".to_owned(), json!(ty));
                object.extend(serde_json::from_str::<Value>(more).unwrap().as_object().unwrap().clone());
                let default: Value = serde_json::from_str(default).unwrap();
                let unique = random.below(6) == 0 && matches!(ty, "string" | "integer" | "bigint" | "email");
                if unique {
                    object.insert("unique".to_owned(), json!(true));
                } else {
                    if random.often() {
                        object.insert("default".to_owned(), default.clone());
                    }
                    backfill.insert(id, default);
                }
                if matches!(ty, "integer" | "bigint") && random.seldom() {
                    object.insert("min".to_owned(), if ty == "integer" { json!(random.below(5)) } else { json!("1") });
                }
                if ty == "string" && random.seldom() {
                    object.insert("maxLength".to_owned(), json!(50 + random.below(3)));
                }
                object.insert("indexed".to_owned(), json!(random.seldom() && !matches!(ty, "json" | "text")));
                if object["indexed"] == json!(false) {
                    object.remove("indexed");
                }
            }
            if random.often() {
                object.insert("required".to_owned(), json!(true));
            }
            fields.push(field);
        }
        let mut relations = Vec::new();
        for number in 0..2 {
            if random.seldom() {
                continue;
            }
            let targets: Vec<String> = entities.iter().map(|entity| entity["id"].as_str().unwrap().to_owned()).chain(["user".to_owned()]).collect();
            let target = targets[random.below(targets.len())].clone();
            let kind = ["manyToOne", "manyToOne", "oneToOne", "manyToMany"][random.below(4)];
            let mut relation = json!({ "id": format!("e{index}-r{number}"), "name": format!("rel{number}"), "kind": kind, "target": target });
            if kind != "manyToMany" {
                relation["onDelete"] = Value::from(["restrict", "cascade", "setNull"][random.below(3)]);
            }
            relations.push(relation);
        }
        let constraints =
            if random.seldom() { json!([{ "id": format!("e{index}-c"), "kind": "index", "fields": [format!("e{index}-name")] }]) } else { json!([]) };
        entities.push(json!({
            "id": format!("e{index}"), "name": (["Apple", "Box", "Cart"][index]), "fields": fields, "relations": relations,
            "createdBy": random.often(), "softDelete": random.often(), "version": random.often(),
            "constraints": constraints
        }));
    }
    let mut whole = design(&json!([{ "id": "e", "name": "Kind", "values": values }]), &json!(entities));
    let kept: Vec<String> = whole["entities"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|entity| entity["fields"].as_array().unwrap())
        .map(|field| field["id"].as_str().unwrap().to_owned())
        .collect();
    backfill.retain(|id, _| kept.contains(id));
    let mut all: Vec<String> = (0..4).map(|value| format!("v-{value}")).collect();
    for index in 0..3 {
        all.push(format!("e{index}"));
        all.extend((0..4).map(|number| format!("e{index}-f{number}")));
        all.extend((0..2).map(|number| format!("e{index}-r{number}")));
    }
    whole = hinted(whole, &all.iter().map(String::as_str).collect::<Vec<_>>(), &Value::Object(backfill));
    whole
}

/// A release: what its code knows of the database.
struct Release {
    design: Value,
    state: SchemaState,
}

impl Release {
    /// The statements of its server: a record of every entity, changed once.
    fn statements(&self, number: &mut u32) -> Vec<String> {
        let mut statements = Vec::new();
        for entity in self.design["entities"].as_array().unwrap() {
            let table = &self.state.tables[entity["id"].as_str().unwrap()];
            let mut columns = Vec::new();
            let mut values = Vec::new();
            for field in entity["fields"].as_array().unwrap() {
                *number += 1;
                let ty = field["type"].as_str().unwrap();
                let id = field["id"].as_str().unwrap();
                let values_of_enum = &self.design["enums"][0]["values"];
                let last = values_of_enum.as_array().unwrap().last().unwrap()["id"].as_str().unwrap();
                let value = match TYPES.iter().find(|(name, ..)| *name == ty) {
                    Some((.., value)) => value.replace('#', &number.to_string()),
                    None if field["list"] == json!(true) => format!("ARRAY['{last}']"),
                    None => format!("'{last}'"),
                };
                columns.push(format!("\"{}\"", table.columns[id].name));
                values.push(if field["required"] != json!(true) && number.is_multiple_of(3) { "NULL".to_owned() } else { value });
            }
            let key = uuid::Uuid::new_v4();
            statements.push(format!("INSERT INTO \"{}\" (id, {}) VALUES ('{key}', {})", table.name, columns.join(", "), values.join(", ")));
            for (column, value) in columns.iter().zip(&values) {
                statements.push(format!("UPDATE \"{}\" SET {column} = {value} WHERE id = '{key}'", table.name));
            }
            statements.push(format!("SELECT id, created_at, updated_at, {} FROM \"{}\" WHERE id = '{key}'", columns.join(", "), table.name));
            for (switch, column) in [(table.created_by, "created_by"), (table.soft_delete, "deleted_at"), (table.version, "version")] {
                if switch {
                    statements.push(format!("UPDATE \"{}\" SET {column} = {column} WHERE id = '{key}'", table.name));
                }
            }
            if number.is_multiple_of(2) {
                statements.push(format!("DELETE FROM \"{}\" WHERE id = '{key}'", table.name));
            }
        }
        statements
    }
}

/// A table without physical names and without what is there for older releases.
fn essence(table: &Table) -> Value {
    let mut names: Vec<(String, String)> = table.columns.iter().map(|(id, column)| (format!("\"{}\"", column.name), format!("<{id}>"))).collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let neutral = |sql: &str, own: &str| {
        let mut sql = sql.replace(&format!("\"{own}\""), "<own>");
        for (name, id) in &names {
            sql = sql.replace(name, id);
        }
        sql
    };
    let columns: BTreeMap<_, _> = table
        .columns
        .iter()
        .map(|(id, column)| (id, json!([column.sql_type, column.not_null, column.default, column.values, column.fill, column.replaced, column.required_since])))
        .collect();
    let constraints: BTreeMap<_, _> = table.constraints.iter().map(|(id, constraint)| (id, neutral(&constraint.sql, &constraint.name))).collect();
    json!([columns, constraints, table.waiting, table.bridges, table.created_by, table.soft_delete, table.version, table.retired])
}

/// Holds the catalog against the state.
async fn catalog(app: &mut App) {
    let state = app.state.clone();
    for table in state.tables.values() {
        let rows = app.rows(&format!("SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS required, atthasdef AS has_default FROM pg_attribute WHERE attrelid = '\"{}\"'::regclass AND attnum > 0 AND NOT attisdropped", table.name)).await;
        let found: BTreeMap<String, Value> = rows.as_array().unwrap().iter().map(|row| (row["name"].as_str().unwrap().to_owned(), row.clone())).collect();
        let known = table.columns.values().chain(table.retired.iter().map(|retired| &retired.column));
        let mut count = 3 + usize::from(table.created_by) + usize::from(table.soft_delete) + usize::from(table.version);
        for column in known {
            count += 1;
            let real = found.get(&column.name).unwrap_or_else(|| panic!("{} has no {}", table.name, column.name));
            let ty = real["type"].as_str().unwrap().replace("timestamp with time zone", "timestamptz").replace(',', ", ").replace(",  ", ", ");
            assert_eq!(
                (ty, &real["required"], &real["has_default"]),
                (column.sql_type.clone(), &json!(column.not_null), &json!(column.default.is_some())),
                "{}.{}",
                table.name,
                column.name
            );
        }
        assert_eq!(found.len(), count, "{found:?}");
        let names = app
            .rows(&format!("SELECT conname AS name FROM pg_constraint WHERE conrelid = '\"{0}\"'::regclass AND contype <> 'p' UNION SELECT relname FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = '\"{0}\"'::regclass AND NOT indisprimary", table.name))
            .await;
        let mut real: Vec<_> = names.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
        let mut wanted: Vec<_> = table
            .constraints
            .values()
            .map(|constraint| constraint.name.clone())
            .chain(table.retired.iter().filter_map(|retired| retired.foreign_key.clone()))
            .collect();
        real.sort();
        wanted.sort();
        assert_eq!(real, wanted, "{}", table.name);
    }
}

async fn sequence(seed: u64) {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut app = App::new().await;
    let mut releases: Vec<Release> = Vec::new();
    let mut number = 10;
    for step in 0..STEPS {
        let design = random_design(&mut random);
        if random.below(10) == 0 {
            // No build has become a release yet: nothing has to be kept.
            releases.clear();
            app.oldest = None;
        }
        if app.try_deploy(&design).await.is_err() {
            // Records are in the way; without them nothing is.
            for table in app.state.tables.clone().into_values() {
                app.run(&format!("TRUNCATE \"{}\" CASCADE", table.name)).await;
            }
            app.try_deploy(&design).await.unwrap_or_else(|refusals| panic!("seed {seed}, step {step}, without records: {refusals:#?}"));
        }
        catalog(&mut app).await;
        releases.push(Release { design, state: app.state.clone() });
        app.oldest.get_or_insert(app.state.position);
        if random.seldom() {
            // Only the last two can be rolled back to from now on.
            let keep = releases.len().saturating_sub(2);
            releases.drain(..keep);
            app.oldest = Some(releases[0].state.position);
        }
        for release in &releases {
            for statement in release.statements(&mut number) {
                if let Err(error) = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.clone())).execute(&mut app.connection).await {
                    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default().into_owned();
                    // A new rule between records binds older releases too.
                    assert_eq!(code, "23505", "seed {seed}, step {step}, release {}: {error}\n{statement}\n{:#?}", release.state.position, app.state.tables);
                }
            }
        }
    }
    // The others are gone: what is left is what the last design alone would have made.
    let last = releases.pop().unwrap();
    for table in app.state.tables.clone().into_values() {
        app.run(&format!("TRUNCATE \"{}\" CASCADE", table.name)).await;
    }
    app.oldest = Some(app.state.position);
    app.try_deploy(&last.design).await.unwrap_or_else(|refusals| panic!("{refusals:#?}"));
    app.oldest = Some(app.state.position);
    app.try_deploy(&last.design).await.unwrap_or_else(|refusals| panic!("{refusals:#?}"));
    catalog(&mut app).await;
    let (fresh, _) = plan(&SchemaState::default(), &model(&last.design), PlanOptions::default());
    assert_eq!(app.state.tables.keys().collect::<Vec<_>>(), fresh.after.tables.keys().collect::<Vec<_>>(), "seed {seed}");
    for (id, table) in &fresh.after.tables {
        assert_eq!(essence(&app.state.tables[id]), essence(table), "seed {seed}, {id}");
    }
    assert_eq!(app.state.joins.keys().collect::<Vec<_>>(), fresh.after.joins.keys().collect::<Vec<_>>(), "seed {seed}");
    assert!(app.state.retired_joins.is_empty());
    let leftovers =
        app.one("SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = '_slipform' AND proname LIKE '%bridge%'").await;
    assert_eq!(leftovers, "0", "seed {seed}");
}

#[tokio::test]
async fn any_sequence_of_designs_ends_where_its_last_one_begins() {
    let first = std::env::var("SLIPFORM_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    for seed in first.map_or(1..=SEQUENCES, |seed| seed..=seed) {
        sequence(seed).await;
    }
}
