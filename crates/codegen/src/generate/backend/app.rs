//! What the templates of the whole app see.

use super::literal::{Object, texts};
use super::sample;
use super::shared::tone;
use crate::generate::Input;
use crate::generate::render::Code;
use crate::model::{Entity, Member, Model, Target, Type};
use serde::Serialize;

/// The plan of everything that is not about one entity.
#[derive(Debug, Serialize)]
pub struct AppPlan {
    name: String,
    package: Code,
    description: String,
    entities: Vec<EntityLine>,
    enums: Vec<EnumPlan>,
    roles: RolesPlan,
    /// Whether forms or filters offer people to pick from.
    picks_people: bool,
    uses: Uses,
}

/// What some entity needs, so that no app carries code for what none does.
#[derive(Debug, Serialize)]
struct Uses {
    soft_delete: bool,
    slugs: bool,
}

/// An entity, as app-wide files name it.
#[derive(Debug, Serialize)]
struct EntityLine {
    name: Code,
    camel: Code,
    pascal: Code,
    kebab: Code,
    path: Code,
    label: String,
    label_plural: String,
    description: String,
    /// A function from `n` to a valid input.
    sample: Code,
}

/// An enum.
#[derive(Debug, Serialize)]
struct EnumPlan {
    camel: Code,
    pascal: Code,
    label: String,
    /// `["a", "b"]`
    values: Code,
    options: Code,
    ids: Code,
}

/// The roles.
#[derive(Debug, Serialize)]
struct RolesPlan {
    /// `["a", "b"]`
    names: Code,
    labels: Code,
    /// Names of the roles that administer people.
    admins: Code,
    ids: Code,
    sign_up: Code,
}

impl AppPlan {
    /// Makes it.
    pub fn new(input: Input<'_>) -> Self {
        let model = input.model;
        Self {
            name: model.app_name.clone(),
            package: Code::new(&model.package),
            description: model.description.clone(),
            entities: model
                .entities
                .iter()
                .map(|entity| EntityLine {
                    name: Code::new(&entity.names.name),
                    camel: Code::new(&entity.names.camel),
                    pascal: Code::new(&entity.names.pascal),
                    kebab: Code::new(&entity.names.kebab),
                    path: Code::new(&entity.plural.kebab),
                    label: entity.names.label.clone(),
                    label_plural: entity.plural.label.clone(),
                    description: entity.description.clone(),
                    sample: Code::new(sample::function(model, entity)),
                })
                .collect(),
            enums: enums(model),
            roles: roles(model),
            picks_people: picks_people(model),
            uses: Uses {
                soft_delete: model.entities.iter().any(|entity| entity.soft_delete),
                slugs: model.entities.iter().flat_map(|entity| &entity.fields).any(|field| matches!(field.ty, Type::Slug { .. })),
            },
        }
    }
}

fn picks_people(model: &Model) -> bool {
    let is_person = |entity: &Entity, index: usize| entity.relations[index].target == Target::User;
    let mut written = model.entities.iter().flat_map(|entity| &entity.relations).filter(|relation| relation.target == Target::User && !relation.read_only);
    let mut filters = model.pages.iter().flat_map(|page| page.filters.iter().map(|filter| (&model.entities[page.entity], *filter)));
    written.next().is_some()
        || filters.any(|(entity, filter)| match filter {
            Member::Relation(index) => is_person(entity, index),
            Member::CreatedBy => true,
            _ => false,
        })
}

fn enums(model: &Model) -> Vec<EnumPlan> {
    model
        .enums
        .iter()
        .map(|item| {
            let mut options = Object::default();
            let mut ids = Object::default();
            for value in &item.values {
                let line = Object::default().text("label", &value.names.label).text("tone", tone(value.tone));
                options = options.code(&value.names.name, line.inline());
                ids = ids.text(&value.names.name, &value.id);
            }
            EnumPlan {
                camel: Code::new(&item.names.camel),
                pascal: Code::new(&item.names.pascal),
                label: item.names.label.clone(),
                values: Code::new(texts(item.values.iter().map(|value| value.names.name.as_str()))),
                options: options.block_code(0),
                ids: ids.block_code(0),
            }
        })
        .collect()
}

fn roles(model: &Model) -> RolesPlan {
    let mut labels = Object::default();
    let mut ids = Object::default();
    for role in &model.roles {
        labels = labels.text(&role.names.name, &role.names.label);
        ids = ids.text(&role.names.name, &role.id);
    }
    RolesPlan {
        names: Code::new(texts(model.roles.iter().map(|role| role.names.name.as_str()))),
        labels: labels.block_code(0),
        admins: Code::new(texts(model.roles.iter().filter(|role| role.admin).map(|role| role.names.name.as_str()))),
        ids: ids.block_code(0),
        sign_up: Code::new(texts(model.roles.iter().filter(|role| role.sign_up).map(|role| role.names.name.as_str()))),
    }
}
