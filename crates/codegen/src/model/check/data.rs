//! Names, roles, enums, and the parts of an entity put together.

use super::context::{At, Context, shown};
use super::{access, constraints, fields, forms, relations};
use crate::design;
use crate::model::{Display, Entity, Enum, EnumValue, Names, Role, Type};
use crate::names;
use std::collections::HashMap;

/// Names that mean the people of the app.
const PEOPLE: &[&str] = &["user", "users"];
/// Path segments under `/api/` that the generated server answers itself.
const API_SEGMENTS: &[&str] = &["auth", "users", "health", "openapi", "meta"];
/// What the records of every entity have, or may have, beside what is designed; and the names of the API's query parameters.
const MEMBER_WORDS: &[(&str, &str)] = &[
    ("id", "every record has it"),
    ("createdAt", "every record has it"),
    ("updatedAt", "every record has it"),
    ("deletedAt", "records with `softDelete` have it"),
    ("createdBy", "records with `createdBy` have it"),
    ("createdById", "records with `createdBy` have it"),
    ("version", "records with `version` have it"),
    ("can", "the app's API says with it what a person may do"),
    ("search", "it is a parameter of the app's API"),
    ("sort", "it is a parameter of the app's API"),
    ("limit", "it is a parameter of the app's API"),
    ("cursor", "it is a parameter of the app's API"),
    ("include", "it is a parameter of the app's API"),
    ("select", "it is a parameter of the app's API"),
    ("count", "it is a parameter of the app's API"),
    ("fn", "it is a parameter of the app's API"),
    ("field", "it is a parameter of the app's API"),
    ("groupBy", "it is a parameter of the app's API"),
];
/// What the generated code calls the things that it does with every record.
const TRANSITION_WORDS: &[&str] = &["create", "read", "list", "get", "update", "delete", "aggregate", "transition"];

/// Names that must differ from each other, without regard to case.
pub struct Siblings {
    taken: HashMap<String, String>,
}

impl Siblings {
    pub fn new() -> Self {
        Self { taken: HashMap::new() }
    }

    /// The names that the members of an entity cannot have.
    fn of_record() -> Self {
        Self { taken: MEMBER_WORDS.iter().map(|(word, reason)| (word.to_ascii_lowercase(), format!("is reserved: {reason}"))).collect() }
    }

    fn reserve(mut self, words: &[&str], reason: &str) -> Self {
        self.taken.extend(words.iter().map(|word| (word.to_ascii_lowercase(), format!("is reserved: {reason}"))));
        self
    }

    /// Checks the form of a name and takes it.
    pub fn claim(&mut self, context: &mut Context<'_>, at: &At<'_>, name: &str, what: &str) {
        // Pages have a title where everything else has a label.
        let readable = if what == "another page" { "title" } else { "label" };
        if let Some(detail) = name_problem(name, readable) {
            context.problem(at, detail);
            return;
        }
        self.claim_derived(context, at, name, what);
    }

    /// Takes a name that is made of one that was checked.
    pub fn claim_derived(&mut self, context: &mut Context<'_>, at: &At<'_>, name: &str, what: &str) {
        match self.taken.entry(name.to_ascii_lowercase()) {
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(format!("is already that of {what}"));
            }
            std::collections::hash_map::Entry::Occupied(taken) => {
                let detail = format!("The name `{name}` {}; capitals make no difference.", taken.get());
                context.problem(at, detail);
            }
        }
    }
}

/// What is wrong with the form of a name.
fn name_problem(name: &str, readable: &str) -> Option<String> {
    let well_formed =
        name.len() <= 40 && name.starts_with(|letter: char| letter.is_ascii_alphabetic()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if names::is_object_word(name) {
        return Some(format!("The name `{}` is a word that every JavaScript object answers to; choose another.", shown(name)));
    }
    (!well_formed).then(|| {
        let shown = shown(name);
        format!("`{shown}` cannot be a name: 1 to 40 letters a–z, A–Z and digits are, beginning with a letter. What people read goes into `{readable}`.")
    })
}

/// The roles.
pub fn roles(context: &mut Context<'_>) -> Vec<Role> {
    let root = At::Root;
    let list = root.key("roles");
    let mut siblings = Siblings::new().reserve(&["everyone", "signedIn"], "it exists always");
    let design = context.design;
    let resolve = |(index, role): (usize, &design::Role)| {
        let at = list.index(index);
        siblings.claim(context, &at.key("name"), &role.name, "another role");
        if role.admin && role.sign_up {
            context.problem(&at.key("signUp"), "Everyone who signs up would be an administrator; accepted is `signUp` or `admin`, not both.");
        }
        Role { id: role.id.clone(), names: Names::new(&role.name, role.label.as_deref()), sign_up: role.sign_up, admin: role.admin }
    };
    design.roles.iter().enumerate().map(resolve).collect()
}

/// The enums.
pub fn enums(context: &mut Context<'_>) -> Vec<Enum> {
    let root = At::Root;
    let list = root.key("enums");
    let design = context.design;
    let mut all = Vec::with_capacity(design.enums.len());
    for (index, set) in design.enums.iter().enumerate() {
        let at = list.index(index);
        if set.values.is_empty() {
            context.problem(&at.key("values"), format!("The enum `{}` has no values, so no record could have one; at least one is needed.", shown(&set.name)));
        }
        let mut siblings = Siblings::new();
        for (value_index, value) in set.values.iter().enumerate() {
            siblings.claim(context, &at.key("values").index(value_index).key("name"), &value.name, "another value of this enum");
        }
        let values =
            set.values.iter().map(|value| EnumValue { id: value.id.clone(), names: Names::new(&value.name, value.label.as_deref()), tone: value.tone });
        all.push(Enum { id: set.id.clone(), names: Names::new(&set.name, None), values: values.collect() });
    }
    all
}

/// The entities.
pub fn entities(context: &mut Context<'_>, enums: &[Enum]) -> Vec<Entity> {
    let root = At::Root;
    let list = root.key("entities");
    type_names(context);
    let design = context.design;
    let mut all = Vec::with_capacity(design.entities.len());
    let mut members: Vec<Siblings> = design.entities.iter().map(|_| Siblings::of_record()).collect();
    for (index, entity) in design.entities.iter().enumerate() {
        let at = list.index(index);
        let siblings = &mut members[index];
        let fields = fields::fields(context, &at, index, siblings, enums);
        let relations = relations::relations(context, &at, index, siblings);
        let names = Names::new(&entity.name, entity.label.as_deref());
        all.push(Entity {
            id: entity.id.clone(),
            plural: Names::plural_of(&entity.name, entity.label.as_deref(), entity.label_plural.as_deref()),
            names,
            description: entity.description.clone().unwrap_or_default(),
            display: Display::Id,
            created_by: entity.created_by,
            soft_delete: entity.soft_delete,
            version: entity.version,
            fields,
            relations,
            inverses: Vec::new(),
            constraints: Vec::new(),
            states: Vec::new(),
            read: Vec::new(),
            create: Vec::new(),
            update: Vec::new(),
            delete: Vec::new(),
        });
    }
    relations::inverses(context, &mut all, &mut members);
    relations::cycles(context, &all);
    for (index, entity) in all.iter_mut().enumerate() {
        let at = list.index(index);
        entity.states = constraints::states(context, &at, index, entity, enums);
        entity.constraints = constraints::constraints(context, &at, index, entity);
        entity.display = display(context, &at, index, entity);
        access::permissions(context, &at, index, entity);
        forms::creatable(context, &at, entity);
    }
    all
}

/// Names of the types that the generated code declares: those of entities, singular and plural, and of enums.
fn type_names(context: &mut Context<'_>) {
    let root = At::Root;
    let design = context.design;
    let mut siblings = Siblings::new().reserve(PEOPLE, "the people of the app exist always; a relation reaches them by the target `user`");
    for (index, entity) in design.entities.iter().enumerate() {
        siblings.claim(context, &root.key("entities").index(index).key("name"), &entity.name, "another entity");
    }
    for (index, entity) in design.entities.iter().enumerate() {
        let many = Names::plural_of(&entity.name, None, None);
        let at = root.key("entities");
        let at = at.index(index);
        let at = at.key("name");
        siblings.claim_derived(context, &at, &many.name, "an entity or of the plural of one");
        if API_SEGMENTS.contains(&many.kebab.trim_end_matches('_')) {
            context.problem(&at, format!("The records of `{}` would be at `/api/{}`, which is taken; choose another name.", shown(&entity.name), many.kebab));
        }
    }
    for (index, set) in design.enums.iter().enumerate() {
        siblings.claim(context, &root.key("enums").index(index).key("name"), &set.name, "an entity or another enum");
    }
}

/// Names of transitions, which are unique in the entity.
pub fn transition_siblings() -> Siblings {
    Siblings::new().reserve(TRANSITION_WORDS, "the app's code does this with every record")
}

/// What stands for a record.
fn display(context: &mut Context<'_>, entity_at: &At<'_>, index: usize, entity: &Entity) -> Display {
    let at = entity_at.key("display");
    let Some(id) = context.designed(index).display.as_deref() else {
        let first = entity.fields.iter().position(|field| {
            !field.list && !field.write_only && !field.sensitive && matches!(field.ty, Type::String | Type::Text | Type::Email | Type::Slug { .. })
        });
        return first.map_or(Display::Id, Display::Field);
    };
    let Some(field) = context.field(&at, index, id) else { return Display::Id };
    let chosen = &entity.fields[field];
    let refusal = if chosen.list {
        "a list"
    } else if matches!(chosen.ty, Type::Json) {
        "a JSON value"
    } else if chosen.write_only {
        "never sent to anybody (`writeOnly`)"
    } else if chosen.sensitive {
        "masked (`sensitive`)"
    } else {
        return Display::Field(field);
    };
    context.problem(&at, format!("The field `{}` is {refusal}, so it cannot stand for a record.", shown(&chosen.names.name)));
    Display::Id
}
