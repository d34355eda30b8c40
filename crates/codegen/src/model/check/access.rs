//! Who may do what.

use super::context::{At, Context, Element, shown};
use super::limits;
use crate::design::{self, FieldPermissions, RelationKind};
use crate::model::{Entity, Grant, Owner, Who};

/// Resolves the entity's own permissions.
pub fn permissions(context: &mut Context<'_>, entity_at: &At<'_>, index: usize, entity: &mut Entity) {
    let at = entity_at.key("permissions");
    let permissions = &context.designed(index).permissions;
    entity.read = grants(context, &at.key("read"), index, &permissions.read);
    entity.create = grants(context, &at.key("create"), index, &permissions.create);
    entity.update = grants(context, &at.key("update"), index, &permissions.update);
    entity.delete = grants(context, &at.key("delete"), index, &permissions.delete);
}

/// Resolves what narrows them for a field or relation.
pub fn narrowed(context: &mut Context<'_>, member_at: &At<'_>, entity: usize, permissions: &FieldPermissions) -> (Option<Vec<Grant>>, Option<Vec<Grant>>) {
    let at = member_at.key("permissions");
    let read = permissions.read.as_ref().map(|list| grants(context, &at.key("read"), entity, list));
    let write = permissions.write.as_ref().map(|list| grants(context, &at.key("write"), entity, list));
    (read, write)
}

/// Resolves a list of grants on records of the entity with this index.
pub fn grants(context: &mut Context<'_>, at: &At<'_>, entity: usize, list: &[design::Grant]) -> Vec<Grant> {
    limits::most(context, at, list.len(), limits::GRANTS, "grants");
    let mut all: Vec<Grant> = Vec::with_capacity(list.len());
    for (index, grant) in list.iter().enumerate() {
        let at = at.index(index);
        let owner = grant.owner.as_deref().and_then(|id| owner(context, &at.key("owner"), entity, id));
        if grant.owner.is_some() && grant.role == "everyone" {
            context.problem(&at.key("owner"), "Who is not signed in owns nothing; with `owner` the role must be `signedIn` or one of the design's.");
        }
        let Some(who) = who(context, &at.key("role"), &grant.role) else { continue };
        let resolved = Grant { who, owner };
        if all.contains(&resolved) && (owner.is_some() || grant.owner.is_none()) {
            context.problem(&at, "This line stands here twice.");
        }
        all.push(resolved);
    }
    all
}

/// Resolves who may open a page: grants without owners.
pub fn guards(context: &mut Context<'_>, at: &At<'_>, list: &[design::Grant]) -> Vec<Who> {
    limits::most(context, at, list.len(), limits::GRANTS, "grants");
    let mut all = Vec::with_capacity(list.len());
    for (index, grant) in list.iter().enumerate() {
        let at = at.index(index);
        if grant.owner.is_some() {
            context.problem(&at.key("owner"), "A page has no owner; leave it out. The entity's permissions decide which records a person sees.");
        }
        if let Some(who) = who(context, &at.key("role"), &grant.role) {
            if all.contains(&who) {
                context.problem(&at, "This line stands here twice.");
            }
            all.push(who);
        }
    }
    all
}

fn who(context: &mut Context<'_>, at: &At<'_>, id: &str) -> Option<Who> {
    match id {
        "everyone" => return Some(Who::Everyone),
        "signedIn" => return Some(Who::SignedIn),
        _ => {}
    }
    if let Some(Element::Role(index)) = context.element(id) {
        return Some(Who::Role(index));
    }
    let design = context.design;
    let known = design.roles.iter().map(|role| role.id.as_str()).chain(["everyone", "signedIn"]);
    context.unresolved(at, "a role, `everyone` or `signedIn`", id, known);
    None
}

fn owner(context: &mut Context<'_>, at: &At<'_>, entity: usize, id: &str) -> Option<Owner> {
    let designed = context.designed(entity);
    if id == "createdBy" {
        if !designed.created_by {
            context.problem(at, format!("`{}` does not keep who created a record; give it `createdBy: true`.", shown(&designed.name)));
        }
        return Some(Owner::CreatedBy);
    }
    let to_user = |relation: &design::Relation| relation.target == "user" && relation.kind != RelationKind::ManyToMany;
    if let Some(Element::Relation(declaring, index)) = context.element(id)
        && declaring == entity
        && to_user(&designed.relations[index])
    {
        return Some(Owner::Relation(index));
    }
    let known = designed.relations.iter().filter(|relation| to_user(relation)).map(|relation| relation.id.as_str()).chain(["createdBy"]);
    let wanted = format!("a relation of `{}` to `user` that names one person, or `createdBy`", shown(&designed.name));
    context.unresolved(at, &wanted, id, known);
    None
}
