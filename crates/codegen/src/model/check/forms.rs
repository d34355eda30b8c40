//! What a form may ask for, and what it must.

use super::context::{At, Context, listed};
use crate::design::PageKind;
use crate::model::{Entity, Field, Grant, Member, Owner, Page, Type};

/// Why a member cannot be an input of a form.
pub fn refusal(entity: &Entity, member: Member) -> Option<String> {
    match member {
        Member::Field(index) => {
            let field = &entity.fields[index];
            if field.read_only {
                Some(format!("`{}` is `readOnly`, so a form cannot set it.", field.names.name))
            } else if field.states.is_some() {
                Some(format!("`{}` changes by its transitions only, so a form cannot set it.", field.names.name))
            } else {
                None
            }
        }
        Member::Relation(index) if entity.relations[index].read_only => {
            Some(format!("`{}` is `readOnly`, so a form cannot set it.", entity.relations[index].names.name))
        }
        Member::Relation(_) => None,
        Member::CreatedAt | Member::UpdatedAt | Member::CreatedBy => Some("A form cannot set this; the server does.".into()),
    }
}

/// Checks that a form that creates records asks for everything a new record must have.
pub fn complete(context: &mut Context<'_>, page_at: &At<'_>, page: &Page, entity: &Entity) {
    if page.kind != PageKind::Form || page.with_id {
        return;
    }
    let fields = entity.fields.iter().enumerate().filter(|(index, field)| needed(entity, field) && !page.members.contains(&Member::Field(*index)));
    let relations = entity.relations.iter().enumerate().filter(|(index, relation)| {
        let must_name_oneself = !entity.create.is_empty() && entity.create.iter().all(|grant| grant.owner == Some(Owner::Relation(*index)));
        !relation.read_only && (relation.required || must_name_oneself) && !page.members.contains(&Member::Relation(*index))
    });
    let missing: Vec<&str> = fields.map(|(_, field)| field.id.as_str()).chain(relations.map(|(_, relation)| relation.id.as_str())).collect();
    if !missing.is_empty() {
        context.problem(&page_at.key("fields"), format!("A new record needs {}, so this form must ask for it (or give it a default).", listed(&missing)));
    }
}

/// Whether a client must give the field of a new record.
fn needed(entity: &Entity, field: &Field) -> bool {
    let made = match field.ty {
        Type::Slug { from } => entity.fields.get(from).is_some_and(|source| source.required || source.default.is_some()),
        _ => false,
    };
    field.required && field.default.is_none() && !field.read_only && !made
}

/// Refuses members that every new record must have and that nobody can give.
pub fn creatable(context: &mut Context<'_>, entity_at: &At<'_>, entity: &Entity) {
    if entity.create.is_empty() {
        return;
    }
    for (index, field) in entity.fields.iter().enumerate() {
        if field.required && field.read_only && field.default.is_none() && !matches!(field.ty, Type::Slug { .. }) {
            let list = entity_at.key("fields");
            context.problem(
                &list.index(index).key("readOnly"),
                format!("`{}` is `required` and `readOnly` without a default, so nobody could create a record; give it a default.", field.names.name),
            );
        }
    }
    for (index, relation) in entity.relations.iter().enumerate() {
        if relation.required && relation.read_only && !entity.create.iter().all(|grant| sets(grant, index)) {
            let list = entity_at.key("relations");
            context.problem(
                &list.index(index).key("readOnly"),
                format!(
                    "`{}` is `required` and `readOnly`, so it must be the `owner` of every permission to create; otherwise nobody could set it.",
                    relation.names.name
                ),
            );
        }
    }
}

fn sets(grant: &Grant, index: usize) -> bool {
    grant.owner == Some(Owner::Relation(index))
}
