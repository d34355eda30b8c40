//! `server/tests/<entity>.test.ts`: what the design promises, written down for the generated tests.
//!
//! The expectations come from the design and not from the generated `permissions.ts`, so that the two check each other.

use super::literal::{Object, texts};
use super::sample;
use crate::design::{OnDelete, RelationKind};
use crate::generate::escape;
use crate::generate::render::Code;
use crate::model::{Constraint, Entity, Grant, Inverse, Model, Owner, Relation, Target, Type, Who};
use serde::Serialize;
use std::collections::BTreeSet;

/// The plan of an entity's test.
#[derive(Debug, Serialize)]
pub struct ProofPlan {
    /// One row for each kind of person.
    access: Vec<Code>,
    /// Pairs of a field and a value that it refuses.
    refused: Vec<Code>,
    /// How many items each list takes.
    lists: Code,
    /// Names of fields that no two records share.
    unique: Code,
    /// Whether a second record with the same values is refused by a rule over several of them.
    exclusive: Code,
    /// What happens to records that refer to one that is deleted.
    references: Code,
    /// The import lines of the entities that `references` name.
    related: Vec<Code>,
    /// What the test imports from `support/prove.ts`.
    imports: Code,
}

/// A kind of person.
#[derive(Clone, Copy)]
enum Persona {
    Anonymous,
    WithoutRole,
    Role(usize),
}

impl ProofPlan {
    /// Makes it.
    pub fn new(model: &Model, entity: &Entity) -> Self {
        let personas = [Persona::Anonymous, Persona::WithoutRole].into_iter().chain((0..model.roles.len()).map(Persona::Role));
        let refused = entity
            .fields
            .iter()
            .filter(|field| !field.read_only && field.states.is_none())
            .flat_map(|field| sample::invalid(field).into_iter().map(|value| Code::new(format!("[{}, {value}]", escape::ts(&field.names.name)))))
            .collect();
        let lists = entity.fields.iter().filter(|field| field.list && !field.read_only).fold(Object::default(), |lists, field| {
            let most = field.max_length.map_or_else(|| "1000".to_owned(), |most| most.to_string());
            lists.code(&field.names.name, format!("[{}, {most}]", field.min_length.unwrap_or(0)))
        });
        let unique = entity
            .fields
            .iter()
            .filter(|field| field.unique && !field.read_only && !field.list && field.states.is_none() && !matches!(field.ty, Type::Slug { .. }))
            .map(|field| field.names.name.as_str());
        let exclusive = entity.constraints.iter().any(|constraint| matches!(constraint, Constraint::NoOverlap { .. }));
        Self {
            access: personas.map(|persona| Code::new(access(model, entity, persona))).collect(),
            refused,
            lists: Code::new(lists.fitting(1, "lists: ".len())),
            unique: Code::new(texts(unique)),
            exclusive: Code::new(exclusive.to_string()),
            references: Code::new(references(model, entity)),
            related: related(model, entity),
            imports: Code::new(if model.roles.is_empty() { "anonymous, prove, withoutRole" } else { "anonymous, prove, withRole, withoutRole" }),
        }
    }
}

fn references(model: &Model, entity: &Entity) -> String {
    let lines: Vec<_> = entity.inverses.iter().map(|inverse| format!("    {},\n", reference(model, inverse))).collect();
    if lines.is_empty() { "[]".into() } else { format!("[\n{}  ]", lines.concat()) }
}

fn reference(model: &Model, inverse: &Inverse) -> String {
    let from = &model.entities[inverse.entity];
    let relation = &from.relations[inverse.relation];
    let on_delete = match relation.on_delete {
        _ if relation.kind == RelationKind::ManyToMany => "setNull",
        OnDelete::Restrict => "restrict",
        OnDelete::Cascade => "cascade",
        OnDelete::SetNull => "setNull",
    };
    Object::default().code("entity", format!("{}Entity", from.names.camel)).text("key", &relation.key).text("onDelete", on_delete).inline()
}

fn related(model: &Model, entity: &Entity) -> Vec<Code> {
    let others: BTreeSet<_> = entity.inverses.iter().map(|inverse| &model.entities[inverse.entity].names).map(|names| (&names.kebab, &names.camel)).collect();
    let import = |(kebab, camel)| Code::new(format!("import {{ {camel}Entity }} from \"../src/gen/{kebab}/entity.ts\";"));
    others.into_iter().filter(|(kebab, _)| **kebab != entity.names.kebab).map(import).collect()
}

fn access(model: &Model, entity: &Entity, persona: Persona) -> String {
    let who = match persona {
        Persona::Anonymous => "anonymous".to_owned(),
        Persona::WithoutRole => "withoutRole".to_owned(),
        Persona::Role(index) => format!("withRole({})", escape::ts(&model.roles[index].names.name)),
    };
    let create = level(&entity.create, persona);
    let creates = create != "none" && can_create(model, entity, persona);
    let mut row = Object::default()
        .code("who", who)
        .text("read", level(&entity.read, persona))
        .text("create", create)
        .text("update", level(&entity.update, persona))
        .text("delete", level(&entity.delete, persona));
    let mut transitions = Object::default();
    for transition in entity.states.iter().flat_map(|states| &states.transitions) {
        transitions = transitions.text(&transition.names.name, level(&transition.allow, persona));
    }
    if !transitions.is_empty() {
        row = row.code("transitions", transitions.inline());
    }
    if create != "none" && !creates {
        row = row.code("incomplete", "true");
    }
    let owners = owners(entity, persona);
    if creates && !owners.is_empty() {
        row = row.code("owners", owners.inline());
        if let Some(others) = others(entity, persona) {
            row = row.code("others", others.to_string());
        }
    }
    let keeps = keeps(entity, persona);
    if !keeps.is_empty() {
        row = row.code("keeps", texts(keeps));
    }
    let mut fields = Object::default();
    let narrowed = entity.fields.iter().map(|field| {
        (&field.names.name, field.read.as_ref().filter(|_| !field.write_only), field.write.as_ref().filter(|_| !field.read_only && field.states.is_none()))
    });
    let related = entity.relations.iter().map(|relation| (&relation.key, relation.read.as_ref(), relation.write.as_ref().filter(|_| !relation.read_only)));
    for (key, read, write) in narrowed.chain(related) {
        let mut levels = Object::default();
        for (name, grants) in [("read", read), ("write", write)] {
            if let Some(grants) = grants {
                levels = levels.text(name, level(grants, persona));
            }
        }
        if !levels.is_empty() {
            fields = fields.code(key, levels.inline());
        }
    }
    if !fields.is_empty() {
        row = row.code("fields", fields.inline());
    }
    row.fitting(2, 0)
}

/// Whether each key that can name an owner is set to a persona who creates a record and leaves all of them out.
fn owners(entity: &Entity, persona: Persona) -> Object {
    let lines: Vec<_> = entity.create.iter().filter(|grant| concerns(grant, persona)).map(|grant| grant.owner).collect();
    let fixed = |owner: Option<Owner>| matches!(owner, Some(Owner::Relation(index)) if entity.relations[index].read_only);
    let allowed = lines.iter().any(|owner| matches!(owner, None | Some(Owner::CreatedBy)) || fixed(*owner));
    let mut object = Object::default();
    for (index, relation) in entity.relations.iter().enumerate() {
        let own = Some(Owner::Relation(index));
        if entity.create.iter().any(|grant| grant.owner == own) {
            let set = lines.contains(&own) && (fixed(own) || !allowed && lines.first() == Some(&own));
            object = object.code(&relation.key, set.to_string());
        }
    }
    object
}

/// Whether a persona who creates a record may name somebody else in every key that can name an owner; none where one of the
/// keys is not theirs to write.
fn others(entity: &Entity, persona: Persona) -> Option<bool> {
    let can_name = |owner: Option<Owner>| match owner {
        Some(Owner::Relation(index)) => is_writable(&entity.relations[index], persona),
        _ => true,
    };
    let open = |owner: Option<Owner>| !matches!(owner, Some(Owner::Relation(_)));
    let mine = || entity.create.iter().filter(|grant| concerns(grant, persona));
    entity.create.iter().all(|grant| can_name(grant.owner)).then(|| mine().any(|grant| open(grant.owner)))
}

/// The keys of all owners that a persona must be to change a record, where one who is none of them may not.
fn keeps(entity: &Entity, persona: Persona) -> Vec<&str> {
    let mine = entity.update.iter().filter(|grant| concerns(grant, persona));
    let keys: Option<BTreeSet<&str>> = mine
        .map(|grant| match grant.owner {
            Some(Owner::Relation(index)) => Some(entity.relations[index].key.as_str()),
            _ => None,
        })
        .collect();
    if level(&entity.read, persona) == "none" { Vec::new() } else { keys.unwrap_or_default().into_iter().collect() }
}

fn is_writable(relation: &Relation, persona: Persona) -> bool {
    !relation.read_only && relation.write.as_ref().is_none_or(|write| level(write, persona) == "all")
}

fn concerns(grant: &Grant, persona: Persona) -> bool {
    match (grant.who, persona) {
        (_, Persona::Anonymous) => grant.who == Who::Everyone && grant.owner.is_none(),
        (Who::Everyone | Who::SignedIn, _) => true,
        (Who::Role(wanted), Persona::Role(role)) => wanted == role,
        (Who::Role(_), Persona::WithoutRole) => false,
    }
}

/// Whether a persona may do it with all records, their own, or none.
fn level(grants: &[Grant], persona: Persona) -> &'static str {
    let mut lines = grants.iter().filter(|grant| concerns(grant, persona)).peekable();
    if lines.peek().is_none() {
        "none"
    } else if lines.any(|grant| grant.owner.is_none()) {
        "all"
    } else {
        "own"
    }
}

/// Whether everything that a record needs is within a persona's reach, beside the permission itself.
fn can_create(model: &Model, entity: &Entity, persona: Persona) -> bool {
    let writable = |write: &Option<Vec<Grant>>| write.as_ref().is_none_or(|grants| level(grants, persona) != "none");
    let fields =
        entity.fields.iter().filter(|field| field.required && field.default.is_none() && field.states.is_none() && !matches!(field.ty, Type::Slug { .. }));
    let relations = entity.relations.iter().filter(|relation| relation.required);
    fields.into_iter().all(|field| !field.read_only && writable(&field.write))
        && relations.into_iter().all(|relation| is_reachable(model, entity, relation, persona) && writable(&relation.write))
}

fn is_reachable(model: &Model, entity: &Entity, relation: &Relation, persona: Persona) -> bool {
    debug_assert!(relation.kind != RelationKind::ManyToMany);
    match relation.target {
        // Set by the server for whoever creates.
        Target::User => {
            !relation.read_only
                || !matches!(persona, Persona::Anonymous)
                    && entity.create.iter().any(|grant| match grant.owner {
                        Some(Owner::Relation(index)) => entity.relations[index].id == relation.id,
                        _ => false,
                    })
        }
        Target::Entity(target) => !relation.read_only && level(&model.entities[target].read, persona) != "none",
    }
}
