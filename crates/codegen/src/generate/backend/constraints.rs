//! What a violated constraint of the database means to a person.

use super::literal::{Object, key};
use crate::model::{Constraint, Entity, Member};
use crate::schema::Table;

/// `constraints` of an entity's definition: messages by the physical name of the constraint.
pub fn messages(entity: &Entity, table: &Table) -> Object {
    let mut object = Object::default();
    for (id, constraint) in &table.constraints {
        if let Some(message) = message(entity, id) {
            let line = Object::default()
                .code("status", message.status.to_string())
                .maybe("pointer", message.pointer, |pointer| crate::generate::escape::ts(&pointer))
                .text("detail", &message.detail);
            let name = key(&constraint.name);
            object = object.code(&name, line.fitting(2, name.len() + 2));
        }
    }
    object
}

struct Message {
    status: u16,
    pointer: Option<String>,
    detail: String,
}

fn message(entity: &Entity, id: &str) -> Option<Message> {
    if let Some(message) = entity.constraints.iter().find_map(|constraint| of_constraint(entity, constraint, id)) {
        return Some(message);
    }
    let (element, rule) = id.rsplit_once('.')?;
    let (name, label) = named(entity, element)?;
    let pointer = Some(format!("/{name}"));
    match rule {
        "unique" => Some(Message { status: 409, pointer, detail: format!("Another {} has this {} already.", lower(&entity.names.label), lower(&label)) }),
        // Indexes demand nothing, and validation is ahead of the other rules.
        _ => None,
    }
}

fn of_constraint(entity: &Entity, constraint: &Constraint, id: &str) -> Option<Message> {
    match constraint {
        Constraint::Unique { id: own, members, message } if own == id => Some(Message {
            status: 409,
            pointer: members.first().map(|member| format!("/{}", member_key(entity, *member))),
            detail: message.clone().unwrap_or_else(|| {
                let labels: Vec<_> = members.iter().map(|member| lower(member_label(entity, *member))).collect();
                format!("Another {} has the same {} already.", lower(&entity.names.label), labels.join(" and "))
            }),
        }),
        Constraint::NoOverlap { id: own, start, message, .. } if own == id => Some(Message {
            status: 409,
            pointer: Some(format!("/{}", entity.fields[*start].names.name)),
            detail: message.clone().unwrap_or_else(|| format!("This overlaps with another {}.", lower(&entity.names.label))),
        }),
        Constraint::NoOverlap { id: own, start, end, .. } if id.strip_suffix(".order") == Some(own) => Some(Message {
            status: 422,
            pointer: Some(format!("/{}", entity.fields[*end].names.name)),
            detail: format!("{} must not be before {}.", entity.fields[*end].names.label, lower(&entity.fields[*start].names.label)),
        }),
        _ => None,
    }
}

/// Name in the API and label of a field or relation.
fn named(entity: &Entity, id: &str) -> Option<(String, String)> {
    let field = entity.fields.iter().find(|field| field.id == id).map(|field| (field.names.name.clone(), field.names.label.clone()));
    field.or_else(|| entity.relations.iter().find(|relation| relation.id == id).map(|relation| (relation.key.clone(), relation.names.label.clone())))
}

/// The name of a member in the API.
pub fn member_key(entity: &Entity, member: Member) -> &str {
    match member {
        Member::Field(index) => &entity.fields[index].names.name,
        Member::Relation(index) => &entity.relations[index].key,
        Member::CreatedAt => "createdAt",
        Member::UpdatedAt => "updatedAt",
        Member::CreatedBy => "createdBy",
    }
}

fn member_label(entity: &Entity, member: Member) -> &str {
    match member {
        Member::Field(index) => &entity.fields[index].names.label,
        Member::Relation(index) => &entity.relations[index].names.label,
        Member::CreatedAt => "time of creation",
        Member::UpdatedAt => "time of change",
        Member::CreatedBy => "creator",
    }
}

/// A label in the middle of a sentence; one that begins with several capitals (`SKU`) stays as it is.
pub fn lower(label: &str) -> String {
    let mut chars = label.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => {
            first.to_lowercase().chain(std::iter::once(second)).chain(chars).collect()
        }
        _ => label.to_owned(),
    }
}
