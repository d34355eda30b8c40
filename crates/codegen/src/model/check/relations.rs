//! Relations, their other sides, and chains of required ones that nothing could begin.

use super::access;
use super::context::{At, Context, Element, shown};
use super::data::Siblings;
use crate::design::{self, OnDelete, RelationKind};
use crate::model::{Entity, Inverse, Names, Relation, Target};
use crate::names;

/// The relations that the entity with this index declares.
pub fn relations(context: &mut Context<'_>, entity_at: &At<'_>, entity: usize, siblings: &mut Siblings) -> Vec<Relation> {
    let list = entity_at.key("relations");
    let designed = context.designed(entity);
    let mut all = Vec::with_capacity(designed.relations.len());
    for (index, relation) in designed.relations.iter().enumerate() {
        let at = list.index(index);
        let name_at = at.key("name");
        let what = format!("a relation of `{}`", shown(&designed.name));
        siblings.claim(context, &name_at, &relation.name, &what);
        let key = key(relation);
        siblings.claim_derived(context, &name_at, &key, &format!("the key of {what}"));
        all.push(one(context, &at, entity, relation, key));
    }
    all
}

/// `carId` of `car`; `tagIds` of the many-to-many `tags`.
fn key(relation: &design::Relation) -> String {
    match relation.kind {
        RelationKind::ManyToMany => format!("{}Ids", names::singular(&relation.name)),
        RelationKind::ManyToOne | RelationKind::OneToOne => format!("{}Id", relation.name),
    }
}

fn one(context: &mut Context<'_>, at: &At<'_>, entity: usize, relation: &design::Relation, key: String) -> Relation {
    let target = target(context, &at.key("target"), &relation.target);
    let many = relation.kind == RelationKind::ManyToMany;
    if many && relation.required {
        context.problem(&at.key("required"), "`required` does not apply to a relation of kind `manyToMany`; leave it out.");
    }
    if many && relation.on_delete != OnDelete::Restrict {
        context.problem(&at.key("onDelete"), "`onDelete` does not apply to a relation of kind `manyToMany`: the link goes with either record. Leave it out.");
    }
    if !many && relation.required && relation.on_delete == OnDelete::SetNull {
        context.problem(&at.key("onDelete"), "`setNull` would empty a `required` relation; accepted here: `restrict`, `cascade`.");
    }
    if relation.inverse.is_some() && target == Some(Target::User) {
        context.problem(&at.key("inverse"), "People have no named inverses; leave it out.");
    }
    let (read, write) = access::narrowed(context, at, entity, &relation.permissions);
    Relation {
        id: relation.id.clone(),
        names: Names::new(&relation.name, relation.label.as_deref()),
        key,
        kind: relation.kind,
        target: target.unwrap_or(Target::User),
        required: relation.required,
        on_delete: relation.on_delete,
        read_only: relation.read_only,
        read,
        write,
    }
}

fn target(context: &mut Context<'_>, at: &At<'_>, id: &str) -> Option<Target> {
    if id == "user" {
        return Some(Target::User);
    }
    if let Some(Element::Entity(index)) = context.element(id) {
        return Some(Target::Entity(index));
    }
    let design = context.design;
    let known = design.entities.iter().map(|entity| entity.id.as_str()).chain(["user"]);
    context.unresolved(at, "an entity, or `user`", id, known);
    None
}

/// Fills in the other sides of all relations.
pub fn inverses(context: &mut Context<'_>, entities: &mut [Entity], members: &mut [Siblings]) {
    let root = At::Root;
    let list = root.key("entities");
    let design = context.design;
    for (index, entity) in design.entities.iter().enumerate() {
        let at = list.index(index);
        for (relation_index, relation) in entity.relations.iter().enumerate() {
            let Target::Entity(target) = entities[index].relations[relation_index].target else { continue };
            let at = at.key("relations");
            let at = at.index(relation_index);
            if let Some(inverse) = &relation.inverse {
                let what = format!("the other side of a relation to `{}`", shown(&design.entities[target].name));
                members[target].claim(context, &at.key("inverse").key("name"), &inverse.name, &what);
            }
            let names = relation.inverse.as_ref().map(|inverse| Names::new(&inverse.name, inverse.label.as_deref()));
            entities[target].inverses.push(Inverse { entity: index, relation: relation_index, names });
        }
    }
}

/// Refuses chains of required relations that end where they begin: the first record would need itself.
pub fn cycles(context: &mut Context<'_>, entities: &[Entity]) {
    let mut state = vec![Visit::New; entities.len()];
    let mut path = Vec::new();
    for start in 0..entities.len() {
        visit(context, entities, start, &mut state, &mut path);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

/// `path`: the relations that lead here, as (entity, relation). Depth is bounded by the number of entities.
fn visit(context: &mut Context<'_>, entities: &[Entity], entity: usize, state: &mut [Visit], path: &mut Vec<(usize, usize)>) {
    if state[entity] != Visit::New {
        return;
    }
    state[entity] = Visit::Open;
    for (index, relation) in entities[entity].relations.iter().enumerate() {
        let Target::Entity(target) = relation.target else { continue };
        if !relation.required || relation.kind == RelationKind::ManyToMany {
            continue;
        }
        path.push((entity, index));
        if state[target] == Visit::Open {
            let begin = path.iter().position(|(from, _)| *from == target).unwrap_or(0);
            report(context, entities, &path[begin..]);
        } else {
            visit(context, entities, target, state, path);
        }
        path.pop();
    }
    state[entity] = Visit::Done;
}

fn report(context: &mut Context<'_>, entities: &[Entity], cycle: &[(usize, usize)]) {
    let Some((entity, relation)) = cycle.last().copied() else { return };
    let mut chain: Vec<String> =
        cycle.iter().map(|(entity, relation)| format!("{}.{}", entities[*entity].names.name, entities[*entity].relations[*relation].names.name)).collect();
    chain.extend(cycle.first().map(|(entity, _)| entities[*entity].names.name.clone()));
    let root = At::Root;
    let at = root.key("entities");
    let at = at.index(entity);
    let at = at.key("relations");
    let at = at.index(relation);
    context.problem(
        &at.key("required"),
        format!("Required relations lead in a circle, so no first record could be created: {}. One of them must be optional.", chain.join(" → ")),
    );
}
