//! Tables: made, brought up to date, and retired.

use super::Planner;
use super::column::fresh;
use super::constraint::Columns;
use super::naming::{join_index, snake};
use super::script::Phase;
use super::shape::target_id;
use super::sql::identifier;
use super::state::{CREATED_BY, Column, DELETED_AT, Holds, JoinTable, RetiredColumn, RetiredJoin, Shape, Table, VERSION};
use super::wanted::{WantedColumn, columns};
use crate::design::RelationKind;
use crate::model::Entity;
use std::collections::BTreeMap;

impl Planner<'_> {
    /// Brings all tables to what the design wants.
    pub(super) fn tables(&mut self) {
        let model = self.model;
        for entity in &model.entities {
            if !self.after.tables.contains_key(&entity.id) {
                let name = self.names.table(&snake(&entity.plural.kebab));
                self.after.tables.insert(entity.id.clone(), Table { name, ..Table::default() });
            }
        }
        for entity in &model.entities {
            if self.before.tables.contains_key(&entity.id) {
                self.alter(entity);
            } else {
                self.create(entity);
            }
        }
        let gone: Vec<_> = self.before.tables.keys().filter(|id| !model.entities.iter().any(|entity| entity.id == **id)).cloned().collect();
        for id in gone {
            self.retire_table(&id);
        }
        self.joins();
    }

    fn create(&mut self, entity: &Entity) {
        let Some(mut table) = self.after.tables.get(&entity.id).cloned() else { return };
        let wanted = columns(self.model, entity);
        let mut lines = vec!["\"id\" uuid PRIMARY KEY DEFAULT gen_random_uuid()".to_owned()];
        let mut placed = BTreeMap::new();
        for wanted in &wanted {
            let name = super::column::new_name(&table, wanted);
            let column = fresh(&name, wanted);
            let default = column.default.as_ref().map(|default| format!(" DEFAULT {default}")).unwrap_or_default();
            lines.push(format!("{} {}{}{default}", identifier(&name), column.sql_type, if column.not_null { " NOT NULL" } else { "" }));
            table.columns.insert(wanted.id.to_owned(), column);
            placed.insert(wanted.id.to_owned(), super::column::Placed { name, before: "NULL".to_owned(), fresh: true, backfilled: false });
        }
        lines.extend(["\"created_at\" timestamptz NOT NULL DEFAULT now()".to_owned(), "\"updated_at\" timestamptz NOT NULL DEFAULT now()".to_owned()]);
        for (on, system) in system_columns(entity) {
            if on {
                lines.push(system.definition());
            }
        }
        (table.created_by, table.soft_delete, table.version) = (entity.created_by, entity.soft_delete, entity.version);
        let columns = Columns { wanted: &wanted, placed: &placed, before: None };
        lines.extend(self.inline_checks(entity, &mut table, &columns));
        self.script.push(Phase::Tables, format!("CREATE TABLE {} (\n    {}\n)", identifier(&table.name), lines.join(",\n    ")));
        self.note(format!("Added {}.", entity.names.label));
        self.changes.push(("add", entity.names.kebab.clone()));
        self.constraints(entity, &mut table, &columns);
        self.after.tables.insert(entity.id.clone(), table);
    }

    fn alter(&mut self, entity: &Entity) {
        let before = &self.before.tables[&entity.id];
        let Some(mut table) = self.after.tables.get(&entity.id).cloned() else { return };
        if table.retired_at.take().is_some() {
            self.note(format!("Brought {} back with its records.", entity.names.label));
            self.changes.push(("restore", entity.names.kebab.clone()));
        }
        let wanted = columns(self.model, entity);
        let gone: Vec<_> = table
            .columns
            .iter()
            .filter(|(id, _)| !wanted.iter().any(|wanted| wanted.id == *id))
            .map(|(id, column)| (id.clone(), words(&column.name)))
            .collect();
        for (id, label) in gone {
            self.retire(entity, &mut table, &id, &label);
        }
        // A slug may be made from another new field, so slugs come last.
        let mut placed = BTreeMap::new();
        let slug = |wanted: &WantedColumn<'_>| wanted.field().is_some_and(|field| matches!(field.ty, crate::model::Type::Slug { .. }));
        for wanted in wanted.iter().filter(|wanted| !slug(wanted)).chain(wanted.iter().filter(|wanted| slug(wanted))) {
            let mut place = self.column(entity, &mut table, wanted);
            if wanted.field().is_some_and(super::column::is_email) && !table.constraints.contains_key(&format!("{}.form", wanted.id)) {
                place.before = format!("lower(({}) COLLATE \"C\")", place.before);
            }
            placed.insert(wanted.id.to_owned(), place);
        }
        self.system_columns(entity, &mut table);
        self.constraints(entity, &mut table, &Columns { wanted: &wanted, placed: &placed, before: Some(before) });
        self.drop_columns(&mut table);
        self.bridges(&mut table);
        self.after.tables.insert(entity.id.clone(), table);
    }

    /// Brings `created_by`, `deleted_at` and `version` of an existing table to what is wanted.
    fn system_columns(&mut self, entity: &Entity, table: &mut Table) {
        let physical = identifier(&table.name);
        for (on, system) in system_columns(entity) {
            let live = match system.id {
                CREATED_BY => std::mem::replace(&mut table.created_by, on),
                DELETED_AT => std::mem::replace(&mut table.soft_delete, on),
                _ => std::mem::replace(&mut table.version, on),
            };
            if on == live {
                continue;
            }
            let key = format!("{}.key", system.id);
            if on {
                self.note(format!("{} now {}.", entity.names.label, system.words));
                self.changes.push(("add", format!("{}-to-{}", system.column.name.replace('_', "-"), entity.names.kebab)));
                if let Some(index) = table.retired.iter().position(|retired| retired.id == system.id) {
                    let retired = table.retired.remove(index);
                    if let Some(name) = retired.foreign_key {
                        let sql = foreign_key_to_people(&table.name, &name);
                        table.constraints.insert(key, super::NamedSql { name, sql });
                    }
                } else {
                    self.script.push(Phase::Columns, format!("ALTER TABLE {physical} ADD COLUMN {}", system.definition()));
                }
                continue;
            }
            if let Some(loss) = system.loss.filter(|_| !self.confirmed(&entity.id)) {
                let count = format!("SELECT count(*) FROM {physical} WHERE {} IS NOT NULL", identifier(&system.column.name));
                self.refuse(
                    &entity.id,
                    format!("{} no longer {}: {loss}. Confirm it by naming {:?} in migration.confirmLoss.", entity.names.label, system.words, entity.id),
                    count,
                );
            }
            self.note(format!("{} no longer {}; the column stays until no release needs it.", entity.names.label, system.words));
            self.changes.push(("remove", format!("{}-of-{}", system.column.name.replace('_', "-"), entity.names.kebab)));
            let foreign_key = table.constraints.remove(&key).map(|key| key.name);
            table.retired.push(RetiredColumn { id: system.id.to_owned(), column: system.column, retired_at: self.position, foreign_key, sync: None });
        }
    }

    /// Takes a table out of use and keeps it for older releases.
    fn retire_table(&mut self, id: &str) {
        let Some(mut table) = self.after.tables.remove(id) else { return };
        if table.retired_at.is_none() {
            let physical = identifier(&table.name);
            let label = words(&table.name);
            if !self.confirmed(id) {
                self.refuse(
                    id,
                    format!("There are records of {label}, which is no longer in the design. Bring it back, or confirm the loss by naming {id:?} in migration.confirmLoss."),
                    format!("SELECT count(*) FROM {physical}"),
                );
            }
            // Hidden records must not hold back the deletion of what they point to.
            for (column_id, column) in &mut table.columns {
                let Some(key) = table.constraints.get_mut(&format!("{column_id}.key")) else { continue };
                let Some(references) = key.sql.strip_suffix(" ON DELETE RESTRICT") else { continue };
                let relaxed = format!("{references} ON DELETE SET NULL");
                self.script.push(Phase::Loosen, format!("ALTER TABLE {physical} DROP CONSTRAINT {}", identifier(&key.name)));
                if column.not_null {
                    self.script.push(Phase::Loosen, format!("ALTER TABLE {physical} ALTER COLUMN {} DROP NOT NULL", identifier(&column.name)));
                    column.not_null = false;
                }
                self.script.push(Phase::Keys, relaxed.clone());
                key.sql = relaxed;
            }
            self.note(format!("Removed {label}; its table stays until no release needs it."));
            self.changes.push(("remove", table.name.replace('_', "-")));
            table.retired_at = Some(self.position);
        }
        self.drop_columns(&mut table);
        self.bridges(&mut table);
        self.after.tables.insert(id.to_owned(), table);
    }

    /// Brings all join tables to what the design wants.
    fn joins(&mut self) {
        let model = self.model;
        let mut wanted = BTreeMap::new();
        for entity in &model.entities {
            for relation in entity.relations.iter().filter(|relation| relation.kind == RelationKind::ManyToMany) {
                wanted.insert(relation.id.clone(), (entity, relation, target_id(model, relation.target)));
            }
        }
        let gone: Vec<_> = self
            .after
            .joins
            .iter()
            .filter(|(id, join)| wanted.get(*id).is_none_or(|(entity, _, target)| entity.id != join.source || *target != join.target))
            .map(|(id, _)| id.clone())
            .collect();
        for id in gone {
            if let Some(join) = self.after.joins.remove(&id) {
                let label = words(&join.name);
                if !self.confirmed(&id) {
                    self.refuse(
                        &id,
                        format!("There are links of {label}, which the design no longer has in this form. Bring the relation back, or confirm the loss by naming {id:?} in migration.confirmLoss."),
                        format!("SELECT count(*) FROM {}", identifier(&join.name)),
                    );
                }
                self.note(format!("Removed {label}; its table stays until no release needs it."));
                self.changes.push(("remove", join.name.replace('_', "-")));
                self.after.retired_joins.push(RetiredJoin { id, join, retired_at: self.position });
            }
        }
        for (id, (entity, relation, target)) in wanted {
            if self.after.joins.contains_key(&id) {
                continue;
            }
            let label = format!("{} to {}", relation.names.label, entity.names.label);
            let former =
                self.after.retired_joins.iter().position(|retired| retired.id == id && retired.join.source == entity.id && retired.join.target == target);
            if let Some(index) = former {
                let retired = self.after.retired_joins.remove(index);
                self.note(format!("Brought relation {label} back with its links."));
                self.changes.push(("restore", relation.names.kebab.clone()));
                self.after.joins.insert(id, retired.join);
                continue;
            }
            let (source_table, target_table) = (self.physical(&entity.id), self.physical(&target));
            let name = self.names.table(&format!("{source_table}_{}", snake(&relation.names.kebab)));
            let physical = identifier(&name);
            self.script.push(
                Phase::Tables,
                format!(
                    "CREATE TABLE {physical} (\n    \"source_id\" uuid NOT NULL REFERENCES {} (\"id\") ON DELETE CASCADE,\n    \"target_id\" uuid NOT NULL REFERENCES {} (\"id\") ON DELETE CASCADE,\n    PRIMARY KEY (\"source_id\", \"target_id\")\n)",
                    identifier(&source_table),
                    identifier(&target_table)
                ),
            );
            self.script.push(Phase::Indexes, format!("CREATE INDEX {} ON {physical} (\"target_id\")", identifier(&join_index(&name))));
            if self.before.tables.contains_key(&entity.id) {
                self.note(format!("Added relation {label}."));
                self.changes.push(("add", format!("{}-{}", entity.names.kebab, relation.names.kebab)));
            }
            self.after.joins.insert(id, JoinTable { name, source: entity.id.clone(), target });
        }
    }
}

/// A column that the design switches on and off for the whole entity.
struct SystemColumn {
    id: &'static str,
    column: Column,
    words: &'static str,
    /// What switching it off loses.
    loss: Option<&'static str>,
}

impl SystemColumn {
    fn definition(&self) -> String {
        let Column { name, sql_type, not_null, default, .. } = &self.column;
        let default = default.as_ref().map(|default| format!(" DEFAULT {default}")).unwrap_or_default();
        format!("{} {sql_type}{}{default}", identifier(name), if *not_null { " NOT NULL" } else { "" })
    }
}

fn system_columns(entity: &Entity) -> [(bool, SystemColumn); 3] {
    let column = |name: &str, holds: Holds, default: Option<&str>| Column {
        name: name.to_owned(),
        sql_type: holds.sql_type(),
        shape: Shape { holds, list: false },
        not_null: default.is_some(),
        default: default.map(str::to_owned),
        default_since: None,
        required_since: None,
        fill: None,
        values: Vec::new(),
        replaced: Vec::new(),
    };
    let people = Holds::Relation { target: "user".to_owned() };
    [
        (
            entity.created_by,
            SystemColumn {
                id: CREATED_BY,
                column: column("created_by", people, None),
                words: "keeps who created a record",
                loss: Some("who created its records would be lost"),
            },
        ),
        (
            entity.soft_delete,
            SystemColumn {
                id: DELETED_AT,
                column: column("deleted_at", Holds::Datetime, None),
                words: "keeps deleted records",
                loss: Some("its deleted records would appear again"),
            },
        ),
        (entity.version, SystemColumn { id: VERSION, column: column("version", Holds::Integer, Some("1")), words: "has a version", loss: None }),
    ]
}

/// The statement that `Planner::keys` writes for `created_by`.
fn foreign_key_to_people(table: &str, name: &str) -> String {
    format!(
        "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY (\"created_by\") REFERENCES \"_user\" (\"id\") ON DELETE SET NULL",
        identifier(table),
        identifier(name)
    )
}

/// A physical name in words: `Price per day`.
pub fn words(physical: &str) -> String {
    let words = physical.replace('_', " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + characters.as_str())
}
