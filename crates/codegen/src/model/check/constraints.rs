//! Rules over several members, and states.

use super::access;
use super::context::{At, Context, Element, shown};
use super::data::{self, Siblings};
use super::{fields, limits};
use crate::design::{self, ConstraintKind, RelationKind};
use crate::model::{Constraint, Entity, Enum, Member, Names, States, Transition, Type};
use serde_json::Value;

/// Resolves the states of an entity and marks their fields.
pub fn states(context: &mut Context<'_>, entity_at: &At<'_>, index: usize, entity: &mut Entity, enums: &[Enum]) -> Vec<States> {
    let list = entity_at.key("states");
    let designed = context.designed(index);
    let mut names = data::transition_siblings();
    let mut all = Vec::with_capacity(designed.states.len());
    for (states_index, states) in designed.states.iter().enumerate() {
        let at = list.index(states_index);
        if let Some(resolved) = one(context, &at, index, states, entity, &mut names) {
            let field = &mut entity.fields[resolved.field];
            if field.states.replace(all.len()).is_some() {
                context.problem(&at.key("field"), format!("The field `{}` already has its states.", shown(&field.names.name)));
            }
            field.required = true;
            field.default = value_names(field_values(field, enums)).nth(resolved.initial).map(|name| Value::String(name.to_owned()));
            all.push(resolved);
        }
    }
    all
}

fn field_values<'e>(field: &crate::model::Field, enums: &'e [Enum]) -> &'e [crate::model::EnumValue] {
    match field.ty {
        Type::Enum { index } => enums.get(index).map_or(&[], |set| &set.values),
        _ => &[],
    }
}

fn value_names(values: &[crate::model::EnumValue]) -> impl Iterator<Item = &str> {
    values.iter().map(|value| value.names.name.as_str())
}

fn one(context: &mut Context<'_>, at: &At<'_>, entity: usize, states: &design::States, model: &Entity, names: &mut Siblings) -> Option<States> {
    let field = context.field(&at.key("field"), entity, &states.field)?;
    let of = &model.fields[field];
    let Type::Enum { index: set } = of.ty else {
        context.problem(&at.key("field"), format!("States need a field of type `enum`; `{}` is none.", shown(&of.names.name)));
        return None;
    };
    let contradictions = [
        (of.list, "is a list, but a record is in one state at a time"),
        (of.unique, "is `unique`, but many records may be in one state"),
        (of.write_only, "is `writeOnly`, but the state decides what a person may do next"),
        (of.default.is_some() && of.states.is_none(), "has a `default`; `initial` says what new records begin with"),
        (of.write.is_some(), "has permissions to `write`; the `allow` of each transition says who may change it"),
    ];
    for (_, detail) in contradictions.into_iter().filter(|(found, _)| *found) {
        context.problem(&at.key("field"), format!("The field `{}` {detail}.", shown(&of.names.name)));
    }
    let initial = value(context, &at.key("initial"), set, &states.initial);
    let transitions_at = at.key("transitions");
    let mut transitions = Vec::with_capacity(states.transitions.len());
    for (index, transition) in states.transitions.iter().enumerate() {
        let at = transitions_at.index(index);
        names.claim(context, &at.key("name"), &transition.name, "another transition of this entity");
        let to = value(context, &at.key("to"), set, &transition.to);
        let from = sources(context, &at.key("from"), set, transition);
        let allow = access::grants(context, &at.key("allow"), entity, &transition.allow);
        transitions.push(Transition {
            id: transition.id.clone(),
            names: Names::new(&transition.name, transition.label.as_deref()),
            from,
            to: to.unwrap_or(0),
            allow,
        });
    }
    Some(States { field, initial: initial.unwrap_or(0), transitions })
}

fn sources(context: &mut Context<'_>, at: &At<'_>, set: usize, transition: &design::Transition) -> Vec<usize> {
    if transition.from.is_empty() {
        context.problem(at, "A transition starts from at least one value.");
    }
    let mut from = Vec::with_capacity(transition.from.len());
    for (index, id) in transition.from.iter().enumerate() {
        let at = at.index(index);
        if *id == transition.to {
            context.problem(&at, "A transition leads to another value than it starts from.");
        }
        if let Some(value) = value(context, &at, set, id) {
            if from.contains(&value) {
                context.problem(&at, format!("`{}` stands here twice.", shown(id)));
            }
            from.push(value);
        }
    }
    from
}

/// The index of a value of the enum with index `set`.
fn value(context: &mut Context<'_>, at: &At<'_>, set: usize, id: &str) -> Option<usize> {
    if let Some(Element::EnumValue(owner, index)) = context.element(id)
        && owner == set
    {
        return Some(index);
    }
    let design = context.design;
    let wanted = format!("a value of the enum `{}`", shown(&design.enums[set].name));
    context.unresolved(at, &wanted, id, design.enums[set].values.iter().map(|value| value.id.as_str()));
    None
}

/// Resolves the constraints of an entity whose states are resolved.
pub fn constraints(context: &mut Context<'_>, entity_at: &At<'_>, index: usize, entity: &Entity) -> Vec<Constraint> {
    let list = entity_at.key("constraints");
    let designed = context.designed(index);
    let mut all = Vec::with_capacity(designed.constraints.len());
    for (constraint_index, constraint) in designed.constraints.iter().enumerate() {
        let at = list.index(constraint_index);
        settings(context, &at, constraint);
        let resolved = match constraint.kind {
            ConstraintKind::Unique => {
                let members = members(context, &at.key("fields"), index, entity, &constraint.fields, true);
                Some(Constraint::Unique { id: constraint.id.clone(), members, message: constraint.message.clone() })
            }
            ConstraintKind::Index => {
                let members = members(context, &at.key("fields"), index, entity, &constraint.fields, true);
                Some(Constraint::Index { id: constraint.id.clone(), members })
            }
            ConstraintKind::NoOverlap => no_overlap(context, &at, index, entity, constraint),
        };
        all.extend(resolved);
    }
    all
}

/// Refuses settings that do not apply to the kind.
fn settings(context: &mut Context<'_>, at: &At<'_>, constraint: &design::Constraint) {
    let ranges = constraint.kind == ConstraintKind::NoOverlap;
    let kind = match constraint.kind {
        ConstraintKind::Unique => "unique",
        ConstraintKind::Index => "index",
        ConstraintKind::NoOverlap => "noOverlap",
    };
    let rules = [
        ("fields", !constraint.fields.is_empty(), !ranges),
        ("start", constraint.start.is_some(), ranges),
        ("end", constraint.end.is_some(), ranges),
        ("by", !constraint.by.is_empty(), ranges),
        ("except", !constraint.except.is_empty(), ranges),
        ("message", constraint.message.is_some(), constraint.kind != ConstraintKind::Index),
    ];
    for (key, given, fits) in rules {
        if given && !fits {
            context.problem(&at.key(key), format!("`{key}` does not apply to a constraint of kind `{kind}`; leave it out."));
        }
    }
    if !ranges && constraint.fields.is_empty() {
        context.problem(&at.key("fields"), format!("A constraint of kind `{kind}` names at least one field or relation."));
    }
}

/// Fields and key-keeping relations that an index can hold. `boolean`: whether that may hold booleans (exclusion
/// constraints of Postgres 15 may not).
fn members(context: &mut Context<'_>, at: &At<'_>, index: usize, entity: &Entity, ids: &[String], boolean: bool) -> Vec<Member> {
    let mut all = Vec::with_capacity(ids.len());
    limits::most(context, at, ids.len(), limits::INDEX_MEMBERS, "members");
    for (position, id) in ids.iter().enumerate() {
        let at = at.index(position);
        let Some(member) = member(context, &at, index, id) else { continue };
        if all.contains(&member) {
            context.problem(&at, format!("`{}` stands here twice.", shown(id)));
        }
        if let Some(detail) = unfit(entity, member, boolean) {
            context.problem(&at, detail);
        }
        all.push(member);
    }
    all
}

fn unfit(entity: &Entity, member: Member, boolean: bool) -> Option<String> {
    match member {
        Member::Field(field) => {
            let field = &entity.fields[field];
            let fits = fields::is_indexable(field) && (boolean || field.ty != Type::Boolean);
            let accepted = if boolean {
                "accepted are fields that are no list, `text`, `json` or string of more than 600 characters"
            } else {
                "accepted are fields that are no list, `text`, `json`, `boolean` or string of more than 600 characters"
            };
            (!fits).then(|| format!("The field `{}` cannot be part of this; {accepted}, and relations that keep a key.", shown(&field.names.name)))
        }
        Member::Relation(relation) => {
            let relation = &entity.relations[relation];
            (relation.kind == RelationKind::ManyToMany).then(|| {
                format!(
                    "The relation `{}` is many-to-many and keeps no key here; accepted are fields and relations that keep one.",
                    shown(&relation.names.name)
                )
            })
        }
        Member::CreatedAt | Member::UpdatedAt | Member::CreatedBy => None,
    }
}

/// A field or relation of the entity with this index.
pub fn member(context: &mut Context<'_>, at: &At<'_>, entity: usize, id: &str) -> Option<Member> {
    match context.element(id) {
        Some(Element::Field(owner, index)) if owner == entity => return Some(Member::Field(index)),
        Some(Element::Relation(owner, index)) if owner == entity => return Some(Member::Relation(index)),
        _ => {}
    }
    let designed = context.designed(entity);
    let wanted = format!("a field or relation of `{}`", shown(&designed.name));
    let known = designed.fields.iter().map(|field| field.id.as_str()).chain(designed.relations.iter().map(|relation| relation.id.as_str()));
    context.unresolved(at, &wanted, id, known);
    None
}

fn no_overlap(context: &mut Context<'_>, at: &At<'_>, index: usize, entity: &Entity, constraint: &design::Constraint) -> Option<Constraint> {
    let start = end_of_range(context, at, "start", index, entity, constraint.start.as_deref());
    let end = end_of_range(context, at, "end", index, entity, constraint.end.as_deref());
    let by = members(context, &at.key("by"), index, entity, &constraint.by, false);
    let (except_field, except) = except(context, at, entity, constraint);
    let (start, end) = (start?, end?);
    if start == end {
        context.problem(&at.key("end"), "A range ends at another field than it begins.");
    } else if entity.fields[start].ty != entity.fields[end].ty {
        context.problem(&at.key("end"), "`start` and `end` must be of one type, `date` or `datetime`.");
    }
    Some(Constraint::NoOverlap { id: constraint.id.clone(), start, end, by, except_field, except, message: constraint.message.clone() })
}

fn end_of_range(context: &mut Context<'_>, at: &At<'_>, key: &str, index: usize, entity: &Entity, id: Option<&str>) -> Option<usize> {
    let Some(id) = id else {
        context.problem(at, format!("A constraint of kind `noOverlap` needs `{key}`, the id of a date or datetime field."));
        return None;
    };
    let at = at.key(key);
    let field = context.field(&at, index, id)?;
    let found = &entity.fields[field];
    if found.list || !matches!(found.ty, Type::Date | Type::Datetime) {
        context.problem(&at, format!("A range has ends of type `date` or `datetime` that are no lists; `{}` is none.", shown(&found.names.name)));
        return None;
    }
    if !found.required {
        context
            .problem(&at, format!("The field `{}` must be `required`, because a range without an end would overlap with nothing.", shown(&found.names.name)));
    }
    Some(field)
}

/// The field and the value ids whose records do not count.
fn except(context: &mut Context<'_>, at: &At<'_>, entity: &Entity, constraint: &design::Constraint) -> (Option<usize>, Vec<String>) {
    if constraint.except.is_empty() {
        return (None, Vec::new());
    }
    let at = at.key("except");
    let field = entity.states.first().map(|states| states.field);
    let Some((field, Type::Enum { index: set })) = field.map(|field| (field, &entity.fields[field].ty)) else {
        context.problem(&at, format!("`except` names values of the entity's states, but `{}` has none; leave it out.", shown(&entity.names.name)));
        return (None, Vec::new());
    };
    for (position, id) in constraint.except.iter().enumerate() {
        let at = at.index(position);
        if value(context, &at, *set, id).is_some() && constraint.except[..position].contains(id) {
            context.problem(&at, format!("`{}` stands here twice.", shown(id)));
        }
    }
    (Some(field), constraint.except.clone())
}
