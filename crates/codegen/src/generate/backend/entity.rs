//! What the templates of one entity see.

use super::constraints::messages;
use super::literal::{Object, texts};
use super::permissions::PermissionsPlan;
use super::proof::ProofPlan;
use super::shared::{SharedPlan, type_word};
use crate::design::{OnDelete, RelationKind};
use crate::generate::Input;
use crate::generate::render::Code;
use crate::model::{Display, Entity, Field, Model, Relation, Target, Type};
use crate::schema::Table;
use serde::Serialize;
use std::collections::BTreeSet;

/// The plan of one entity.
#[derive(Debug, Serialize)]
pub struct EntityPlan {
    camel: Code,
    pascal: Code,
    kebab: Code,
    /// One sentence, or the label.
    description: String,
    shared: SharedPlan,
    permissions: PermissionsPlan,
    proof: ProofPlan,
    /// Imports of `entity.ts` beside the fixed ones.
    imports: Vec<Code>,
    /// The definition, from its first key to the last before `create`.
    definition: Vec<Code>,
}

impl EntityPlan {
    /// Makes it.
    pub fn new(input: Input<'_>, index: usize) -> Self {
        let model = input.model;
        let entity = &model.entities[index];
        let mut related = BTreeSet::new();
        let definition = definition(input, index, &mut related);
        let sentence = if entity.description.is_empty() { entity.names.label.clone() } else { entity.description.clone() };
        Self {
            camel: Code::new(&entity.names.camel),
            pascal: Code::new(&entity.names.pascal),
            kebab: Code::new(&entity.names.kebab),
            description: sentence,
            shared: SharedPlan::new(model, index),
            permissions: PermissionsPlan::new(model, entity),
            proof: ProofPlan::new(model, entity),
            imports: imports(model, index, &related),
            definition,
        }
    }
}

fn imports(model: &Model, index: usize, related: &BTreeSet<usize>) -> Vec<Code> {
    let enums: BTreeSet<_> = model.entities[index]
        .fields
        .iter()
        .filter_map(|field| match field.ty {
            Type::Enum { index } => Some(format!("{}Ids", model.enums[index].names.camel)),
            _ => None,
        })
        .collect();
    let mut lines: Vec<_> = related
        .iter()
        .filter(|other| **other != index)
        .map(|other| {
            let names = &model.entities[*other].names;
            Code::new(format!("import {{ {}Entity }} from \"../{}/entity.ts\";", names.camel, names.kebab))
        })
        .collect();
    if !enums.is_empty() {
        let names: Vec<_> = enums.into_iter().collect();
        lines.push(Code::new(format!("import {{ {} }} from \"../enums.ts\";", names.join(", "))));
    }
    lines
}

fn definition(input: Input<'_>, index: usize, related: &mut BTreeSet<usize>) -> Vec<Code> {
    let model = input.model;
    let entity = &model.entities[index];
    let table = &input.schema.tables[&entity.id];
    let mut fields = Object::default();
    for field in &entity.fields {
        fields = fields.code(&field.names.name, field_definition(model, entity, field, table).fitting(2, field.names.name.len() + 2));
    }
    let mut relations = Object::default();
    for relation in &entity.relations {
        relations = relations.code(&relation.names.name, relation_definition(input, relation, table, related).fitting(2, relation.names.name.len() + 2));
    }
    let mut inverses = Object::default();
    for inverse in &entity.inverses {
        let Some(names) = &inverse.names else { continue };
        related.insert(inverse.entity);
        let relation = &model.entities[inverse.entity].relations[inverse.relation];
        let line = Object::default()
            .code("entity", format!("() => {}Entity", model.entities[inverse.entity].names.camel))
            .text("relation", &relation.names.name)
            .flag("single", relation.kind == RelationKind::OneToOne);
        inverses = inverses.code(&names.name, line.inline());
    }
    let mut object =
        Object::default().text("name", &entity.names.name).text("label", &entity.names.label).text("path", &entity.plural.kebab).text("table", &table.name);
    if let Display::Field(display) = entity.display {
        object = object.text("display", &entity.fields[display].names.name);
    }
    object = object
        .flag("createdBy", entity.created_by)
        .flag("softDelete", entity.soft_delete)
        .flag("version", entity.version)
        .code("fields", fields.block(1))
        .code("relations", relations.block(1))
        .code("inverses", inverses.block(1))
        .code("transitions", transitions(model, entity).block(1))
        .code("constraints", messages(entity, table).block(1));
    if let Some(dependents) = dependents(input, index, related) {
        object = object.code("dependents", dependents);
    }
    let links = links(input, entity);
    if !links.is_empty() {
        object = object.code("links", texts(links));
    }
    let block = object.block(0);
    block.lines().filter(|line| !matches!(*line, "{" | "}")).map(Code::new).collect()
}

fn field_definition(model: &Model, entity: &Entity, field: &Field, table: &Table) -> Object {
    let mut object = Object::default().text("column", &table.columns[&field.id].name).text("type", type_word(&field.ty)).flag("list", field.list);
    if let Type::Enum { index } = field.ty {
        object = object.code("values", format!("{}Ids", model.enums[index].names.camel));
        if let Some(states) = field.states {
            object = object.text("initial", &model.enums[index].values[entity.states[states].initial].names.name);
        }
    }
    if let Type::Slug { from } = field.ty {
        object = object.text("from", &entity.fields[from].names.name);
    }
    object.flag("searchable", field.searchable).flag("readOnly", field.read_only).flag("writeOnly", field.write_only)
}

fn relation_definition(input: Input<'_>, relation: &Relation, table: &Table, related: &mut BTreeSet<usize>) -> Object {
    let many = relation.kind == RelationKind::ManyToMany;
    let object = Object::default().text("kind", if many { "toMany" } else { "toOne" }).text("key", &relation.key);
    let object = if many { object.text("join", &input.schema.joins[&relation.id].name) } else { object.text("column", &table.columns[&relation.id].name) };
    let target = match relation.target {
        Target::User => "() => \"user\"".to_owned(),
        Target::Entity(target) => {
            related.insert(target);
            format!("() => {}Entity", input.model.entities[target].names.camel)
        }
    };
    object.code("target", target).flag("required", relation.required).flag("readOnly", relation.read_only)
}

fn transitions(model: &Model, entity: &Entity) -> Object {
    let mut object = Object::default();
    for states in &entity.states {
        let field = &entity.fields[states.field];
        let Type::Enum { index } = field.ty else { continue };
        let value = |value: usize| model.enums[index].values[value].names.name.as_str();
        for transition in &states.transitions {
            let line = Object::default()
                .text("path", &transition.names.kebab)
                .text("field", &field.names.name)
                .code("from", texts(transition.from.iter().map(|from| value(*from))))
                .text("to", value(transition.to));
            object = object.code(&transition.names.name, line.inline());
        }
    }
    object
}

/// References that the server has to look after when a record is deleted: all where it is hidden, and else those that
/// hidden records may keep up.
fn dependents(input: Input<'_>, index: usize, related: &mut BTreeSet<usize>) -> Option<String> {
    let entity = &input.model.entities[index];
    let hidden = hiding(input.model);
    let mut lines = String::new();
    for inverse in &entity.inverses {
        let from = &input.model.entities[inverse.entity];
        let relation = &from.relations[inverse.relation];
        let on_delete = match relation.on_delete {
            _ if relation.kind == RelationKind::ManyToMany => continue,
            OnDelete::Restrict if entity.soft_delete || from.soft_delete => "restrict",
            OnDelete::Cascade if entity.soft_delete || hidden.contains(&inverse.entity) => "cascade",
            OnDelete::SetNull if entity.soft_delete => "setNull",
            _ => continue,
        };
        related.insert(inverse.entity);
        let line = Object::default()
            .code("entity", format!("() => {}Entity", from.names.camel))
            .text("column", &input.schema.tables[&from.id].columns[&relation.id].name)
            .flag("required", relation.required)
            .text("onDelete", on_delete);
        lines.push_str("    ");
        lines.push_str(&line.inline());
        lines.push_str(",\n");
    }
    (!lines.is_empty()).then(|| format!("[\n{lines}  ]"))
}

/// The entities whose deletion reaches records that can be hidden: themselves, or what refers to them.
fn hiding(model: &Model) -> BTreeSet<usize> {
    let mut found: BTreeSet<_> = (0..model.entities.len()).filter(|index| model.entities[*index].soft_delete).collect();
    loop {
        let reach = |index: usize| {
            model.entities[index].inverses.iter().any(|inverse| {
                let relation = &model.entities[inverse.entity].relations[inverse.relation];
                relation.kind != RelationKind::ManyToMany
                    && match relation.on_delete {
                        OnDelete::Restrict => model.entities[inverse.entity].soft_delete,
                        OnDelete::Cascade => found.contains(&inverse.entity),
                        OnDelete::SetNull => false,
                    }
            })
        };
        let more: Vec<_> = (0..model.entities.len()).filter(|index| !found.contains(index) && reach(*index)).collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// Join tables that refer to an entity whose records are hidden when they are deleted.
fn links<'a>(input: Input<'a>, entity: &Entity) -> Vec<&'a str> {
    let relations = entity.inverses.iter().map(|inverse| &input.model.entities[inverse.entity].relations[inverse.relation]);
    let many = relations.filter(|relation| entity.soft_delete && relation.kind == RelationKind::ManyToMany);
    many.map(|relation| input.schema.joins[&relation.id].name.as_str()).collect()
}
