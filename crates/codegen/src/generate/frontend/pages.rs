//! `web/src/gen/pages/`: a file a page, a component with what the design says about it.

use super::code::{self, Object};
use super::role_names;
use crate::design::{ListLayout, PageKind};
use crate::generate::render::{self, Code, EntityPlan};
use crate::model::{Entity, Field, Grant, Member, Model, Page, Relation, Type, Who};
use serde::Serialize;
use std::collections::BTreeSet;

/// Columns of a related list whose entity has no list page to take them from.
const RELATED_COLUMNS: usize = 4;

/// Records a page when a list does not say; the default of ui/list-page.tsx.
const PAGE_SIZE: u32 = 20;

/// Where the properties of a component stand, in spaces.
const INDENT: usize = 6;

/// What a page's template sees.
#[derive(Debug, Serialize)]
struct PagePlan {
    imports: Vec<Code>,
    /// Name of the function.
    name: Code,
    /// The component that it renders.
    component: Code,
    /// Its properties.
    properties: Vec<Code>,
}

/// The plan of every page.
pub fn plans(model: &Model) -> Vec<EntityPlan> {
    let explicit_titles = model.design.pages.iter().map(|page| page.title.is_some());
    model
        .pages
        .iter()
        .zip(explicit_titles)
        .map(|(page, titled)| EntityPlan { path: page.names.kebab.clone(), value: render::plan(&Writer::new(model, page).write(titled)) })
        .collect()
}

/// Collects the imports and properties of one page.
struct Writer<'a> {
    model: &'a Model,
    page: &'a Page,
    entity: &'a Entity,
    /// File of `shared/gen` and name in it.
    shared: BTreeSet<(&'a str, String)>,
    properties: Vec<String>,
}

impl<'a> Writer<'a> {
    fn new(model: &'a Model, page: &'a Page) -> Self {
        Self { model, page, entity: &model.entities[page.entity], shared: BTreeSet::new(), properties: Vec::new() }
    }

    fn write(mut self, titled: bool) -> PagePlan {
        let meta = self.import(self.entity, "Meta");
        self.code("entity", &meta);
        let (file, component) = match self.page.kind {
            PageKind::List => ("list-page", self.list()),
            PageKind::Detail => ("detail-page", self.detail(titled)),
            PageKind::Form => ("form-page", self.form()),
        };
        // A page may be called as its component is.
        let name = if self.page.names.pascal == component { "Page" } else { &self.page.names.pascal };
        PagePlan {
            imports: self.imports(file, component),
            name: Code::new(name),
            component: Code::new(component),
            properties: self.properties.into_iter().map(Code::new).collect(),
        }
    }

    fn list(&mut self) -> &'static str {
        let page = self.page;
        self.heading();
        if page.layout == ListLayout::Cards {
            self.text("layout", "cards");
        }
        self.names("columns", &page.members);
        if !page.filters.is_empty() {
            self.names("filters", &page.filters);
        }
        if let Some((member, descending)) = page.sort {
            let sign = if descending { "-" } else { "" };
            self.text("sort", &format!("{sign}{}", member_name(self.entity, member)));
        }
        if page.page_size != PAGE_SIZE {
            self.code("pageSize", &page.page_size.to_string());
        }
        "ListPage"
    }

    fn detail(&mut self, titled: bool) -> &'static str {
        let (model, page) = (self.model, self.page);
        if titled {
            self.text("title", &page.title);
        }
        if let Some(description) = &page.description {
            self.text("description", description);
        }
        self.names("facts", &page.members);
        if model.pages.iter().any(|other| other.entity == page.entity && other.kind == PageKind::List && other.layout == ListLayout::Cards) {
            self.properties.push("cover".to_owned());
        }
        if !page.actions.is_empty() {
            let actions: Vec<_> = page.actions.iter().map(|action| action_code(model, action)).collect();
            self.list_code("actions", &actions);
        }
        if !page.related.is_empty() {
            let related: Vec<_> = page.related.iter().map(|&(entity, relation)| self.related(entity, relation)).collect();
            self.list_code("related", &related);
        }
        "DetailPage"
    }

    fn form(&mut self) -> &'static str {
        let (model, page) = (self.model, self.page);
        self.heading();
        let (component, suffix) = if page.with_id { ("EditPage", "Update") } else { ("CreatePage", "Create") };
        let schema = self.import(self.entity, suffix);
        self.code("schema", &schema);
        let writable: Vec<Member> = page.members.iter().copied().filter(|&member| is_writable(self.entity, member)).collect();
        self.names("fields", &writable);

        let mut only = Object::new();
        for &member in &writable {
            if let Some(roles) = reserved_for(model, self.entity, member) {
                only = only.code(member_name(self.entity, member), &code::strings(&roles));
            }
        }
        let only = only.to_string();
        if only != "{}" {
            self.code("only", &only);
        }
        component
    }

    /// Records of another entity that point here.
    fn related(&mut self, entity_index: usize, relation_index: usize) -> String {
        let model = self.model;
        let entity = &model.entities[entity_index];
        let relation = &entity.relations[relation_index];
        let inverse = self.entity.inverses.iter().find(|inverse| (inverse.entity, inverse.relation) == (entity_index, relation_index));
        let title = inverse.and_then(|inverse| inverse.names.as_ref()).map_or(&entity.plural.label, |names| &names.label);
        let columns = related_columns(model, entity_index, Member::Relation(relation_index));
        let names: Vec<_> = columns.iter().map(|&member| member_name(entity, member).to_owned()).collect();
        Object::new()
            .code("entity", &self.import(entity, "Meta"))
            .text("title", title)
            .text("relation", &relation.names.name)
            .code("columns", &code::strings(&names))
            .to_string()
    }

    fn heading(&mut self) {
        let page = self.page;
        self.text("title", &page.title);
        if let Some(description) = &page.description {
            self.text("description", description);
        }
    }

    fn text(&mut self, name: &str, text: &str) {
        self.properties.push(code::attribute(name, text));
    }

    fn code(&mut self, name: &str, code: &str) {
        // An object literal has braces of its own within those of JSX.
        self.properties.push(format!("{name}={{{code}}}"));
    }

    fn list_code(&mut self, name: &str, items: &[String]) {
        self.code(name, &code::list(items, INDENT, name.len() + 3));
    }

    fn names(&mut self, name: &str, members: &[Member]) {
        let items: Vec<_> = members.iter().map(|&member| code::string(member_name(self.entity, member))).collect();
        self.list_code(name, &items);
    }

    /// Imports something from `shared/gen` and returns its name.
    fn import(&mut self, entity: &'a Entity, suffix: &str) -> String {
        let name = format!("{}{suffix}", entity.names.camel);
        self.shared.insert((&entity.names.kebab, name.clone()));
        name
    }

    fn imports(&self, file: &str, component: &str) -> Vec<Code> {
        let mut lines = Vec::new();
        let files: BTreeSet<_> = self.shared.iter().map(|(file, _)| *file).collect();
        for file in files {
            let names: Vec<_> = self.shared.iter().filter(|(other, _)| *other == file).map(|(_, name)| name.as_str()).collect();
            lines.push(format!("import {{ {} }} from \"../../../../shared/gen/{file}.ts\";", names.join(", ")));
        }
        lines.push(format!("import {{ {component} }} from \"../ui/{file}.tsx\";"));
        lines.into_iter().map(Code::new).collect()
    }
}

fn action_code(model: &Model, action: &crate::model::PageAction) -> String {
    let page = &model.pages[action.page];
    let entity = &model.entities[page.entity];
    Object::new()
        .text("label", &action.label)
        .text("to", &page.path)
        .text("entity", &entity.names.name)
        .text("fill", &entity.relations[action.relation].key)
        .to_string()
}

/// The columns of a related list: those of the entity's own list without the relation that leads here, else its first fields.
fn related_columns(model: &Model, entity_index: usize, without: Member) -> Vec<Member> {
    let entity = &model.entities[entity_index];
    let list = model.pages.iter().find(|page| page.entity == entity_index && page.kind == PageKind::List);
    let columns: Vec<Member> = if let Some(page) = list {
        page.members.iter().copied().filter(|&member| member != without).collect()
    } else {
        let fields = entity.fields.iter().enumerate().filter(|(_, field)| !field.write_only && !matches!(field.ty, Type::Text | Type::Json));
        let relations = (0..entity.relations.len()).map(Member::Relation).filter(|&member| member != without);
        fields.map(|(index, _)| Member::Field(index)).chain(relations).take(RELATED_COLUMNS).collect()
    };
    if columns.is_empty() { vec![Member::CreatedAt] } else { columns }
}

fn member_name(entity: &Entity, member: Member) -> &str {
    match member {
        Member::Field(index) => &entity.fields[index].names.name,
        Member::Relation(index) => &entity.relations[index].names.name,
        Member::CreatedAt => "createdAt",
        Member::UpdatedAt => "updatedAt",
        Member::CreatedBy => "createdBy",
    }
}

/// Whether anybody may fill it in.
fn is_writable(entity: &Entity, member: Member) -> bool {
    let nobody = |write: &Option<Vec<Grant>>| write.as_ref().is_some_and(Vec::is_empty);
    match member {
        Member::Field(index) => {
            let Field { read_only, states, write, .. } = &entity.fields[index];
            !read_only && states.is_none() && !nobody(write)
        }
        Member::Relation(index) => {
            let Relation { read_only, write, .. } = &entity.relations[index];
            !read_only && !nobody(write)
        }
        Member::CreatedAt | Member::UpdatedAt | Member::CreatedBy => false,
    }
}

/// The roles that alone may write a member; none: all who may write the record.
fn reserved_for(model: &Model, entity: &Entity, member: Member) -> Option<Vec<String>> {
    let grants = match member {
        Member::Field(index) => entity.fields[index].write.as_ref(),
        Member::Relation(index) => entity.relations[index].write.as_ref(),
        Member::CreatedAt | Member::UpdatedAt | Member::CreatedBy => None,
    }?;
    let everybody = grants.iter().any(|grant| matches!(grant.who, Who::Everyone | Who::SignedIn));
    (!everybody).then(|| role_names(model, grants.iter().map(|grant| grant.who)))
}
