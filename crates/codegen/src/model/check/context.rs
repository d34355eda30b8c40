//! What every check needs: the document, where each id is, and the list of problems so far.

use crate::design::{Design, Entity};
use crate::model::Problem;
use crate::names;
use std::collections::HashMap;

/// At most so many problems are reported; the last then says how many more there are.
const MOST_PROBLEMS: usize = 100;

/// A place in the document. Only rendered when there is a problem.
#[derive(Debug, Clone, Copy)]
pub enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    pub fn key<'a>(&'a self, key: &'a str) -> At<'a> {
        At::Key(self, key)
    }

    pub fn index(&self, index: usize) -> At<'_> {
        At::Index(self, index)
    }

    /// The place as a JSON Pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        match self {
            At::Root => String::new(),
            At::Key(parent, key) => format!("{}/{}", parent.pointer(), pointer_token(key)),
            At::Index(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

/// A key as it stands in a JSON Pointer.
pub fn pointer_token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// What an id stands for, with the indices that lead there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    Role(usize),
    Enum(usize),
    EnumValue(usize, usize),
    Entity(usize),
    Field(usize, usize),
    Relation(usize, usize),
    Constraint,
    Transition,
    Page(usize),
    Action,
    Navigation,
    SeedUser(usize),
    SeedRecord(usize),
}

impl Element {
    fn words(self) -> &'static str {
        match self {
            Self::Role(_) => "a role",
            Self::Enum(_) => "an enum",
            Self::EnumValue(..) => "a value of an enum",
            Self::Entity(_) => "an entity",
            Self::Field(..) => "a field",
            Self::Relation(..) => "a relation",
            Self::Constraint => "a constraint",
            Self::Transition => "a transition",
            Self::Page(_) => "a page",
            Self::Action => "an action",
            Self::Navigation => "a navigation item",
            Self::SeedUser(_) => "a seed user",
            Self::SeedRecord(_) => "a seed record",
        }
    }
}

/// The document, its ids, and the problems found so far.
pub struct Context<'d> {
    pub design: &'d Design,
    ids: HashMap<&'d str, Element>,
    problems: Vec<Problem>,
    more: usize,
}

impl<'d> Context<'d> {
    /// Indexes every id of the document; a malformed or repeated one is a problem.
    pub fn new(design: &'d Design) -> Self {
        let mut context = Self { design, ids: HashMap::new(), problems: Vec::new(), more: 0 };
        context.index();
        context
    }

    pub fn problem(&mut self, at: &At<'_>, detail: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            let detail = detail.into();
            // Names and values of the document stand in it; nothing of them may confuse a terminal or log.
            let detail = detail.chars().map(harmless).collect();
            self.problems.push(Problem { pointer: at.pointer(), detail });
        } else {
            self.more += 1;
        }
    }

    /// The problems, if there are any.
    pub fn finish(mut self) -> Result<(), Vec<Problem>> {
        if self.more > 0 {
            self.problems.push(Problem { pointer: String::new(), detail: format!("There are {} more problems.", self.more) });
        }
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems) }
    }

    /// What an id stands for.
    pub fn element(&self, id: &str) -> Option<Element> {
        self.ids.get(id).copied()
    }

    /// Says that `id` does not lead to what is wanted there; `known` is what would be accepted.
    pub fn unresolved<'k>(&mut self, at: &At<'_>, wanted: &str, id: &str, known: impl Iterator<Item = &'k str>) {
        let known: Vec<_> = known.take(21).collect();
        let choice = match known.len() {
            0 => "there is none yet".to_owned(),
            1..=20 => format!("accepted here: {}", listed(&known)),
            _ => format!("accepted here: {} …", listed(&known[..20])),
        };
        let found = match self.element(id) {
            Some(element) => format!("`{}` is the id of {}", shown(id), element.words()),
            None => format!("nothing has the id `{}`", shown(id)),
        };
        self.problem(at, format!("This must be the id of {wanted}, but {found}; {choice}."));
    }

    pub fn role(&mut self, at: &At<'_>, id: &str) -> Option<usize> {
        if let Some(Element::Role(index)) = self.element(id) {
            return Some(index);
        }
        let design = self.design;
        self.unresolved(at, "a role", id, design.roles.iter().map(|role| role.id.as_str()));
        None
    }

    pub fn entity(&mut self, at: &At<'_>, id: &str) -> Option<usize> {
        if let Some(Element::Entity(index)) = self.element(id) {
            return Some(index);
        }
        let design = self.design;
        self.unresolved(at, "an entity", id, design.entities.iter().map(|entity| entity.id.as_str()));
        None
    }

    /// The index of a field of the entity with index `entity`.
    pub fn field(&mut self, at: &At<'_>, entity: usize, id: &str) -> Option<usize> {
        if let Some(Element::Field(owner, index)) = self.element(id)
            && owner == entity
        {
            return Some(index);
        }
        let owner = &self.design.entities[entity];
        let wanted = format!("a field of `{}`", shown(&owner.name));
        self.unresolved(at, &wanted, id, owner.fields.iter().map(|field| field.id.as_str()));
        None
    }

    /// The entity with this index in the document.
    pub fn designed(&self, entity: usize) -> &'d Entity {
        &self.design.entities[entity]
    }

    fn index(&mut self) {
        let design = self.design;
        let root = At::Root;
        for (i, role) in design.roles.iter().enumerate() {
            self.insert(&root.key("roles").index(i), &role.id, Element::Role(i));
        }
        for (i, set) in design.enums.iter().enumerate() {
            let at = root.key("enums");
            let at = at.index(i);
            self.insert(&at, &set.id, Element::Enum(i));
            for (j, value) in set.values.iter().enumerate() {
                self.insert(&at.key("values").index(j), &value.id, Element::EnumValue(i, j));
            }
        }
        for (i, entity) in design.entities.iter().enumerate() {
            self.index_entity(&root.key("entities").index(i), i, entity);
        }
        for (i, page) in design.pages.iter().enumerate() {
            let at = root.key("pages");
            let at = at.index(i);
            self.insert(&at, &page.id, Element::Page(i));
            for (j, action) in page.actions.iter().enumerate() {
                self.insert(&at.key("actions").index(j), &action.id, Element::Action);
            }
        }
        for (i, item) in design.navigation.iter().enumerate() {
            self.insert(&root.key("navigation").index(i), &item.id, Element::Navigation);
        }
        let seeds = root.key("seeds");
        for (i, user) in design.seeds.users.iter().enumerate() {
            self.insert(&seeds.key("users").index(i), &user.id, Element::SeedUser(i));
        }
        for (i, record) in design.seeds.records.iter().enumerate() {
            self.insert(&seeds.key("records").index(i), &record.id, Element::SeedRecord(i));
        }
    }

    fn index_entity(&mut self, at: &At<'_>, i: usize, entity: &'d Entity) {
        self.insert(at, &entity.id, Element::Entity(i));
        for (j, field) in entity.fields.iter().enumerate() {
            self.insert(&at.key("fields").index(j), &field.id, Element::Field(i, j));
        }
        for (j, relation) in entity.relations.iter().enumerate() {
            self.insert(&at.key("relations").index(j), &relation.id, Element::Relation(i, j));
        }
        for (j, constraint) in entity.constraints.iter().enumerate() {
            self.insert(&at.key("constraints").index(j), &constraint.id, Element::Constraint);
        }
        for (j, states) in entity.states.iter().enumerate() {
            let at = at.key("states");
            let at = at.index(j);
            for (k, transition) in states.transitions.iter().enumerate() {
                self.insert(&at.key("transitions").index(k), &transition.id, Element::Transition);
            }
        }
    }

    fn insert(&mut self, element_at: &At<'_>, id: &'d str, element: Element) {
        let at = element_at.key("id");
        if let Some(detail) = id_problem(id) {
            self.problem(&at, detail);
        }
        if let Some(first) = self.ids.insert(id, element) {
            self.ids.insert(id, first);
            self.problem(&at, format!("The id `{}` is already that of {}; every id of a design is used once.", shown(id), first.words()));
        }
    }
}

/// What is wrong with the form of an id.
pub fn id_problem(id: &str) -> Option<String> {
    if matches!(id, "user" | "everyone") {
        return Some(format!("The id `{id}` is reserved."));
    }
    if names::is_object_word(id) {
        return Some(format!("The id `{id}` is a word that every JavaScript object answers to; choose another."));
    }
    (!is_id(id)).then(|| {
        format!("`{}` cannot be an id: 1 to 40 lower-case letters, digits, hyphens and underscores are, beginning with a letter or a digit.", shown(id))
    })
}

fn is_id(id: &str) -> bool {
    let mut bytes = id.bytes();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    id.len() <= 40 && bytes.next().is_some_and(plain) && bytes.all(|byte| plain(byte) || matches!(byte, b'-' | b'_'))
}

/// A text of the document as it stands in a message: shortened, and without what could confuse a terminal or log.
pub fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(60).map(harmless).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}

fn harmless(letter: char) -> char {
    if super::text::is_harmless(letter) { letter } else { char::REPLACEMENT_CHARACTER }
}

/// Words in a sentence: `a`, `b`.
pub fn listed<T: AsRef<str>>(words: &[T]) -> String {
    words.iter().map(|word| format!("`{}`", shown(word.as_ref()))).collect::<Vec<_>>().join(", ")
}
