//! `permissions.ts`: who may do what, for a reader and for the server.

use super::literal::Object;
use crate::generate::escape;
use crate::generate::render::Code;
use crate::model::{Entity, Grant, Model, Owner, Who};
use serde::Serialize;
use std::collections::BTreeSet;

/// The plan of an entity's `permissions.ts`.
#[derive(Debug, Serialize)]
pub struct PermissionsPlan {
    /// The functions that are imported.
    imports: Code,
    /// The object.
    object: Code,
}

impl PermissionsPlan {
    /// Makes it.
    pub fn new(model: &Model, entity: &Entity) -> Self {
        let mut writer = Writer { model, entity, used: BTreeSet::new() };
        let mut object = Object::default();
        for (name, grants) in [("read", &entity.read), ("create", &entity.create), ("update", &entity.update), ("delete", &entity.delete)] {
            object = object.code(name, writer.grants(grants));
        }
        let mut fields = Object::default();
        let narrowed = entity.fields.iter().map(|field| (&field.names, &field.read, &field.write));
        let related = entity.relations.iter().map(|relation| (&relation.names, &relation.read, &relation.write));
        for (names, read, write) in narrowed.chain(related) {
            let mut rules = Object::default();
            for (name, grants) in [("read", read), ("write", write)] {
                if let Some(grants) = grants {
                    rules = rules.code(name, writer.grants(grants));
                }
            }
            if !rules.is_empty() {
                fields = fields.code(&names.name, rules.fitting(2, names.name.len() + 2));
            }
        }
        if !fields.is_empty() {
            object = object.code("fields", fields.block(1));
        }
        let mut transitions = Object::default();
        for transition in entity.states.iter().flat_map(|states| &states.transitions) {
            transitions = transitions.code(&transition.names.name, writer.grants(&transition.allow));
        }
        if !transitions.is_empty() {
            object = object.code("transitions", transitions.block(1));
        }
        let imports: Vec<_> = writer.used.into_iter().collect();
        let imports = if imports.is_empty() { String::new() } else { format!(", {}", imports.join(", ")) };
        Self { imports: Code::new(imports), object: object.block_code(0) }
    }
}

struct Writer<'a> {
    model: &'a Model,
    entity: &'a Entity,
    used: BTreeSet<&'static str>,
}

impl Writer<'_> {
    fn grants(&mut self, grants: &[Grant]) -> String {
        let items: Vec<_> = grants.iter().map(|grant| self.grant(grant)).collect();
        format!("[{}]", items.join(", "))
    }

    fn grant(&mut self, grant: &Grant) -> String {
        let owner = grant.owner.map(|owner| Object::default().text("owner", owner_key(self.entity, owner)).inline());
        let (function, role) = match grant.who {
            Who::Everyone => ("everyone", None),
            Who::SignedIn => ("signedIn", None),
            Who::Role(index) => ("role", Some(escape::ts(&self.model.roles[index].names.name))),
        };
        self.used.insert(function);
        let arguments: Vec<_> = role.into_iter().chain(owner).collect();
        format!("{function}({})", arguments.join(", "))
    }
}

/// The property that names the owner of a record.
pub fn owner_key(entity: &Entity, owner: Owner) -> &str {
    match owner {
        Owner::CreatedBy => "createdBy",
        Owner::Relation(index) => &entity.relations[index].key,
    }
}
