//! Records and people from the start, and what the maker confirmed about the change.

use super::context::{At, Context, Element, id_problem, listed, shown};
use super::values;
use crate::design::{self, RelationKind, SeedScope};
use crate::model::{Entity, Enum, Relation, SeedRecord, SeedUser, Target};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// The UUID of a seed, made from its id alone: the same at every generation.
fn uuid(id: &str) -> Uuid {
    let digest = Sha256::new().chain_update("slipform seed\0").chain_update(id).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The people.
pub fn users(context: &mut Context<'_>) -> Vec<SeedUser> {
    let root = At::Root;
    let seeds = root.key("seeds");
    let list = seeds.key("users");
    let design = context.design;
    let mut addresses = HashMap::new();
    let mut all = Vec::with_capacity(design.seeds.users.len());
    for (index, user) in design.seeds.users.iter().enumerate() {
        let at = list.index(index);
        let email = values::email(&user.email);
        if let Some(email) = &email {
            if addresses.insert(email.clone(), index).is_some() {
                context.problem(&at.key("email"), format!("The address `{}` is already that of another person.", shown(email)));
            }
        } else {
            context.problem(&at.key("email"), format!("`{}` was found; accepted is an e-mail address such as \"ada@example.com\".", shown(&user.email)));
        }
        let mut roles = Vec::with_capacity(user.roles.len());
        for (role_index, id) in user.roles.iter().enumerate() {
            let roles_at = at.key("roles");
            let at = roles_at.index(role_index);
            let Some(role) = context.role(&at, id) else { continue };
            if roles.contains(&role) {
                context.problem(&at, format!("`{}` stands here twice.", shown(id)));
            }
            roles.push(role);
        }
        all.push(SeedUser { id: user.id.clone(), uuid: uuid(&user.id), email: email.unwrap_or_default(), name: user.name.clone(), roles, only: user.only });
    }
    all
}

/// The records, ordered so that what is referred to comes first.
pub fn records(context: &mut Context<'_>, enums: &[Enum], entities: &[Entity]) -> Vec<SeedRecord> {
    let root = At::Root;
    let seeds = root.key("seeds");
    let list = seeds.key("records");
    let design = context.design;
    let mut all = Vec::with_capacity(design.seeds.records.len());
    let mut needs = Vec::with_capacity(design.seeds.records.len());
    let mut unique = HashMap::new();
    for (index, record) in design.seeds.records.iter().enumerate() {
        let at = list.index(index);
        let mut before = Vec::new();
        let resolved = context.entity(&at.key("entity"), &record.entity).map(|entity| one(context, &at, record, entity, &entities[entity], enums, &mut before));
        if let Some(resolved) = &resolved {
            distinct(context, &at, record, resolved, &entities[resolved.entity], &mut unique);
        }
        all.push(resolved);
        needs.push(before);
    }
    let order = ordered(context, &list, &needs);
    let mut all: Vec<Option<SeedRecord>> = all;
    order.into_iter().filter_map(|index| all[index].take()).collect()
}

fn one(
    context: &mut Context<'_>,
    record_at: &At<'_>,
    record: &design::SeedRecord,
    index: usize,
    entity: &Entity,
    enums: &[Enum],
    before: &mut Vec<usize>,
) -> SeedRecord {
    let at = record_at.key("values");
    let mut resolved = SeedRecord {
        id: record.id.clone(),
        uuid: uuid(&record.id),
        entity: index,
        fields: Vec::new(),
        relations: Vec::new(),
        created_by: None,
        only: record.only,
    };
    for (id, value) in &record.values {
        let at = at.key(id);
        match context.element(id) {
            Some(Element::Field(owner, field)) if owner == index => match values::of_field(&entity.fields[field], enums, value) {
                Ok(normal) => resolved.fields.push((field, normal)),
                Err(detail) => context.problem(&at, detail),
            },
            Some(Element::Relation(owner, relation)) if owner == index => {
                let targets = targets(context, &at, record, &entity.relations[relation], value, before);
                resolved.relations.push((relation, targets));
            }
            _ if id == "createdBy" => resolved.created_by = created_by(context, &at, record, entity, value),
            _ => {
                let known = entity.fields.iter().map(|field| field.id.as_str()).chain(entity.relations.iter().map(|relation| relation.id.as_str()));
                let wanted = format!("a field or relation of `{}`", shown(&entity.names.name));
                context.unresolved(&at, &wanted, id, known);
            }
        }
    }
    // In the entity's order, whatever the ids are.
    resolved.fields.sort_by_key(|(field, _)| *field);
    resolved.relations.sort_by_key(|(relation, _)| *relation);
    let made = |field: &crate::model::Field| match field.ty {
        crate::model::Type::Slug { from } => entity.fields.get(from).is_some_and(|source| record.values.contains_key(&source.id)),
        _ => false,
    };
    let fields = entity.fields.iter().filter(|field| field.required && field.default.is_none() && !made(field)).map(|field| field.id.as_str());
    let relations = entity.relations.iter().filter(|relation| relation.required).map(|relation| relation.id.as_str());
    let missing: Vec<_> = fields.chain(relations).filter(|id| !record.values.contains_key(*id)).collect();
    if !missing.is_empty() {
        context.problem(&at, format!("A record of `{}` needs {}.", shown(&entity.names.name), listed(&missing)));
    }
    resolved
}

fn created_by(context: &mut Context<'_>, at: &At<'_>, record: &design::SeedRecord, entity: &Entity, value: &Value) -> Option<Uuid> {
    if !entity.created_by {
        context.problem(at, format!("`{}` does not keep who created a record; give it `createdBy: true`.", shown(&entity.names.name)));
    }
    seed(context, at, record.only, Target::User, value).map(|(uuid, _)| uuid)
}

fn targets(context: &mut Context<'_>, at: &At<'_>, record: &design::SeedRecord, relation: &Relation, value: &Value, before: &mut Vec<usize>) -> Vec<Uuid> {
    let mut all = Vec::new();
    let mut add = |context: &mut Context<'_>, at: &At<'_>, value: &Value| {
        let Some((uuid, place)) = seed(context, at, record.only, relation.target, value) else { return };
        if all.contains(&uuid) {
            context.problem(at, "This seed stands here twice.");
        }
        all.push(uuid);
        before.extend(place);
    };
    match (relation.kind, value) {
        (RelationKind::ManyToMany, Value::Array(items)) => items.iter().enumerate().for_each(|(index, item)| add(context, &at.index(index), item)),
        (RelationKind::ManyToMany, _) => context.problem(at, format!("{} was found; accepted is a list of ids of seeds.", values::described(value))),
        _ => add(context, at, value),
    }
    all
}

/// The seed that a value names, and its place among the records if it is one.
fn seed(context: &mut Context<'_>, at: &At<'_>, only: SeedScope, target: Target, value: &Value) -> Option<(Uuid, Option<usize>)> {
    let design = context.design;
    let Some(id) = value.as_str() else {
        context.problem(at, format!("{} was found; accepted is the id of a seed.", values::described(value)));
        return None;
    };
    let (scope, place) = match (context.element(id), target) {
        (Some(Element::SeedUser(index)), Target::User) => (design.seeds.users[index].only, None),
        (Some(Element::SeedRecord(index)), Target::Entity(entity)) if design.seeds.records[index].entity == design.entities[entity].id => {
            (design.seeds.records[index].only, Some(index))
        }
        (_, Target::User) => {
            context.unresolved(at, "a seed user", id, design.seeds.users.iter().map(|user| user.id.as_str()));
            return None;
        }
        (_, Target::Entity(entity)) => {
            let entity = &design.entities[entity];
            let known = design.seeds.records.iter().filter(|record| record.entity == entity.id).map(|record| record.id.as_str());
            context.unresolved(at, &format!("a seed record of `{}`", shown(&entity.name)), id, known);
            return None;
        }
    };
    if scope != SeedScope::Everywhere && scope != only {
        context.problem(at, format!("The seed `{}` is not written everywhere this one is; give both the same `only`.", shown(id)));
    }
    Some((uuid(id), place))
}

/// Refuses seeds that would violate a unique field or a unique relation of each other.
fn distinct<'d>(
    context: &mut Context<'_>,
    at: &At<'_>,
    record: &'d design::SeedRecord,
    resolved: &SeedRecord,
    entity: &Entity,
    seen: &mut HashMap<(String, String), Vec<(&'d str, SeedScope)>>,
) {
    let fields = resolved.fields.iter().filter(|(field, _)| entity.fields[*field].unique).map(|(field, value)| (&entity.fields[*field].id, value.to_string()));
    let relations = resolved.relations.iter().filter(|(relation, _)| entity.relations[*relation].kind == RelationKind::OneToOne);
    let relations = relations.flat_map(|(relation, targets)| targets.iter().map(|target| (&entity.relations[*relation].id, target.to_string())));
    for (member, value) in fields.chain(relations) {
        let others = seen.entry((member.clone(), value)).or_default();
        let meets = |scope: SeedScope| scope == record.only || scope == SeedScope::Everywhere || record.only == SeedScope::Everywhere;
        if let Some((other, _)) = others.iter().find(|(_, scope)| meets(*scope)) {
            context.problem(&at.key("values").key(member), format!("The seed `{}` has this value already, and no two records may share it.", shown(other)));
        }
        others.push((&record.id, record.only));
    }
}

/// Indices in an order in which each comes after what it needs, and else in document order.
fn ordered(context: &mut Context<'_>, list: &At<'_>, needs: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = vec![0; needs.len()];
    let mut frees: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (index, before) in needs.iter().enumerate() {
        waiting[index] = before.len();
        for needed in before {
            frees[*needed].push(index);
        }
    }
    let mut ready: std::collections::BTreeSet<usize> = (0..needs.len()).filter(|index| waiting[*index] == 0).collect();
    let mut order = Vec::with_capacity(needs.len());
    while let Some(index) = ready.pop_first() {
        order.push(index);
        for freed in &frees[index] {
            waiting[*freed] -= 1;
            if waiting[*freed] == 0 {
                ready.insert(*freed);
            }
        }
    }
    if order.len() < needs.len()
        && let Some(stuck) = (0..needs.len()).find(|index| waiting[*index] > 0)
    {
        let design = context.design;
        // What is stuck needs something stuck, so following these ends in the circle.
        let mut path = vec![stuck];
        let circle = loop {
            let here = path[path.len() - 1];
            let Some(next) = needs[here].iter().copied().find(|needed| waiting[*needed] > 0) else { break &path[..] };
            if let Some(begin) = path.iter().position(|seen| *seen == next) {
                break &path[begin..];
            }
            path.push(next);
        };
        let ids: Vec<_> = circle.iter().chain(circle.first()).map(|index| design.seeds.records[*index].id.as_str()).collect();
        context
            .problem(&list.index(circle[0]).key("values"), format!("Seeds refer to each other in a circle, so none could be written first: {}.", listed(&ids)));
    }
    order
}

/// Checks what the maker has confirmed.
pub fn migration(context: &mut Context<'_>, enums: &[Enum], entities: &[Entity]) {
    let root = At::Root;
    let at = root.key("migration");
    let design = context.design;
    let losses = at.key("confirmLoss");
    for (index, id) in design.migration.confirm_loss.iter().enumerate() {
        if let Some(detail) = id_problem(id) {
            context.problem(&losses.index(index), detail);
        } else if design.migration.confirm_loss[..index].contains(id) {
            context.problem(&losses.index(index), format!("`{}` stands here twice.", shown(id)));
        }
    }
    let backfill = at.key("backfill");
    for (id, value) in &design.migration.backfill {
        let at = backfill.key(id);
        match context.element(id) {
            Some(Element::Field(entity, field)) => {
                if let Err(detail) = values::of_field(&entities[entity].fields[field], enums, value) {
                    context.problem(&at, detail);
                }
            }
            Some(Element::Relation(entity, relation)) if entities[entity].relations[relation].kind != RelationKind::ManyToMany => {
                let _ = seed(context, &at, SeedScope::Everywhere, entities[entity].relations[relation].target, value);
            }
            _ => context.unresolved(&at, "a field, or of a relation that keeps a key", id, std::iter::empty()),
        }
    }
}
