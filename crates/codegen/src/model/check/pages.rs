//! Pages, navigation and the start page.

use super::access;
use super::constraints;
use super::context::{At, Context, Element, shown};
use super::data::Siblings;
use super::{forms, limits};
use crate::design::{self, ListLayout, PageKind};
use crate::model::{Entity, Member, Names, NavigationItem, Page, PageAction, Target, Type};
use std::collections::HashMap;

/// First segments of paths that the app has for itself.
const TAKEN: &[&str] = &["sign-in", "sign-up", "account", "people", "api", "assets"];
/// Records a page when a list does not say.
const PAGE_SIZE: u32 = 20;

/// The pages.
pub fn pages(context: &mut Context<'_>, entities: &[Entity]) -> Vec<Page> {
    let root = At::Root;
    let list = root.key("pages");
    let design = context.design;
    let mut names = Siblings::new();
    let mut paths = HashMap::new();
    let mut all: Vec<Option<Page>> = Vec::with_capacity(design.pages.len());
    for (index, page) in design.pages.iter().enumerate() {
        let at = list.index(index);
        names.claim(context, &at.key("name"), &page.name, "another page");
        if let Some(other) = paths.insert(page.path.as_str(), page.id.as_str()) {
            context.problem(&at.key("path"), format!("The path `{}` is already that of the page `{}`.", shown(&page.path), shown(other)));
        }
        all.push(one(context, &at, page, entities));
    }
    for (index, page) in design.pages.iter().enumerate() {
        let at = list.index(index);
        related(context, &at, page, &mut all[index], entities);
        let actions = actions(context, &at, page, &all, entities);
        if let Some(resolved) = &mut all[index] {
            resolved.actions = actions;
        }
    }
    for (index, page) in all.iter().enumerate() {
        if let Some(page) = page {
            forms::complete(context, &list.index(index), page, &entities[page.entity]);
        }
    }
    // A page without an entity is a problem already, so indices into a shorter list are never used.
    all.into_iter().flatten().collect()
}

fn one(context: &mut Context<'_>, at: &At<'_>, page: &design::Page, entities: &[Entity]) -> Option<Page> {
    settings(context, at, page);
    let (path, with_id) = path(context, &at.key("path"), page);
    let allow = access::guards(context, &at.key("allow"), &page.allow);
    let index = context.entity(&at.key("entity"), &page.entity)?;
    let entity = &entities[index];
    let members = members(context, &at.key("fields"), page, index, entity);
    let filters = filters(context, &at.key("filters"), page, index, entity);
    let sort = page.sort.as_ref().and_then(|sort| sorted(context, at, sort, index, entity));
    let title = page.title.clone().unwrap_or_else(|| title(page.kind, with_id, entity));
    Some(Page {
        id: page.id.clone(),
        names: Names::new(&page.name, Some(&title)),
        kind: page.kind,
        entity: index,
        path,
        with_id,
        title,
        description: page.description.clone(),
        members,
        layout: page.layout,
        filters,
        sort,
        page_size: page.page_size.unwrap_or(PAGE_SIZE),
        related: Vec::new(),
        actions: Vec::new(),
        allow,
    })
}

fn title(kind: PageKind, with_id: bool, entity: &Entity) -> String {
    let first_lower = |label: &str| {
        // An abbreviation keeps its capitals.
        let mut letters = label.chars();
        match (letters.next(), letters.clone().next()) {
            (Some(first), second) if !second.is_some_and(char::is_uppercase) => first.to_lowercase().chain(letters).collect(),
            _ => label.to_owned(),
        }
    };
    match (kind, with_id) {
        (PageKind::List, _) => entity.plural.label.clone(),
        (PageKind::Detail, _) => entity.names.label.clone(),
        (PageKind::Form, false) => format!("New {}", first_lower(&entity.names.label)),
        (PageKind::Form, true) => format!("Edit {}", first_lower(&entity.names.label)),
    }
}

/// Refuses settings that do not apply to the kind.
fn settings(context: &mut Context<'_>, at: &At<'_>, page: &design::Page) {
    let (list, detail) = (page.kind == PageKind::List, page.kind == PageKind::Detail);
    let rules = [
        ("layout", page.layout != ListLayout::Table, list),
        ("filters", !page.filters.is_empty(), list),
        ("sort", page.sort.is_some(), list),
        ("pageSize", page.page_size.is_some(), list),
        ("related", !page.related.is_empty(), detail),
        ("actions", !page.actions.is_empty(), detail),
    ];
    let kind = match page.kind {
        PageKind::List => "list",
        PageKind::Detail => "detail",
        PageKind::Form => "form",
    };
    for (key, given, fits) in rules {
        if given && !fits {
            context.problem(&at.key(key), format!("`{key}` does not apply to a page of kind `{kind}`; leave it out."));
        }
    }
    if let Some(size) = page.page_size.filter(|size| !(1..=100).contains(size)) {
        context.problem(&at.key("pageSize"), format!("`{size}` was found; accepted is 1 to 100."));
    }
}

/// The path without `/:id`, and whether it had one.
fn path(context: &mut Context<'_>, at: &At<'_>, page: &design::Page) -> (String, bool) {
    let (path, with_id) = page.path.strip_suffix("/:id").map_or((page.path.as_str(), false), |path| (path, true));
    let is_segment = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('-')
            && !segment.ends_with('-')
            && segment.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let segments = path.strip_prefix('/').map(|path| path.split('/').collect::<Vec<_>>()).unwrap_or_default();
    if page.path == "/" {
        context.problem(at, "The path `/` is that of the start page, which `app.home` chooses; give this page a path such as `/cars`.");
    } else if segments.is_empty() || page.path.len() > limits::PATH || segments.len() > 8 || !segments.iter().all(|segment| is_segment(segment)) {
        context.problem(
            at,
            format!("`{}` is no path of a page; accepted is `/` and 1 to 8 words of lower-case letters, digits and inner hyphens, joined by `/`, at most 200 characters, such as `/cars`, and `/:id` at the end where the kind wants it.", shown(&page.path)),
        );
    } else if TAKEN.contains(&segments[0]) {
        context.problem(at, format!("Paths that begin with `/{}` are taken by the app itself.", segments[0]));
    }
    match page.kind {
        PageKind::List if with_id => context.problem(at, "The path of a list page does not end in `/:id`."),
        PageKind::Detail if !with_id => context.problem(at, "The path of a detail page ends in `/:id`, such as `/cars/:id`."),
        _ => {}
    }
    (path.to_owned(), with_id)
}

/// A field, a relation or one of `implicit`.
fn member(context: &mut Context<'_>, at: &At<'_>, index: usize, entity: &Entity, id: &str) -> Option<Member> {
    match id {
        "createdAt" => Some(Member::CreatedAt),
        "updatedAt" => Some(Member::UpdatedAt),
        "createdBy" => {
            if !entity.created_by {
                context.problem(at, format!("`{}` does not keep who created a record; give it `createdBy: true`.", shown(&entity.names.name)));
            }
            Some(Member::CreatedBy)
        }
        _ => constraints::member(context, at, index, id),
    }
}

fn members(context: &mut Context<'_>, at: &At<'_>, page: &design::Page, index: usize, entity: &Entity) -> Vec<Member> {
    if page.fields.is_empty() {
        context.problem(at, "A page shows at least one field or relation.");
    }
    let mut all = Vec::with_capacity(page.fields.len());
    for (position, id) in page.fields.iter().enumerate() {
        let at = at.index(position);
        let Some(member) = member(context, &at, index, entity, id) else { continue };
        if all.contains(&member) {
            context.problem(&at, format!("`{}` stands here twice.", shown(id)));
        }
        let refusal = if page.kind == PageKind::Form { forms::refusal(entity, member) } else { hidden(entity, member) };
        if let Some(detail) = refusal {
            context.problem(&at, detail);
        }
        all.push(member);
    }
    all
}

fn hidden(entity: &Entity, member: Member) -> Option<String> {
    match member {
        Member::Field(field) if entity.fields[field].write_only => {
            Some(format!("`{}` is `writeOnly`, so it is never sent to anybody and cannot be shown.", shown(&entity.fields[field].names.name)))
        }
        _ => None,
    }
}

fn filters(context: &mut Context<'_>, at: &At<'_>, page: &design::Page, index: usize, entity: &Entity) -> Vec<Member> {
    let mut all = Vec::with_capacity(page.filters.len());
    for (position, id) in page.filters.iter().enumerate() {
        let at = at.index(position);
        let Some(member) = constraints::member(context, &at, index, id) else { continue };
        if all.contains(&member) {
            context.problem(&at, format!("`{}` stands here twice.", shown(id)));
        }
        if let Member::Field(field) = member {
            let field = &entity.fields[field];
            if field.write_only || field.ty == Type::Json {
                context.problem(
                    &at,
                    format!(
                        "`{}` cannot be filtered by; accepted are relations, and fields that are not `json` and not `writeOnly`.",
                        shown(&field.names.name)
                    ),
                );
            }
        }
        all.push(member);
    }
    all
}

fn sorted(context: &mut Context<'_>, page_at: &At<'_>, sort: &design::Sort, index: usize, entity: &Entity) -> Option<(Member, bool)> {
    let at = page_at.key("sort");
    let at = at.key("field");
    let member = match sort.field.as_str() {
        "createdAt" => Member::CreatedAt,
        "updatedAt" => Member::UpdatedAt,
        id => Member::Field(context.field(&at, index, id)?),
    };
    if let Member::Field(field) = member {
        let field = &entity.fields[field];
        if field.list || field.write_only || field.ty == Type::Json {
            context.problem(
                &at,
                format!(
                    "`{}` has no order; accepted are fields that are no list, not `json` and not `writeOnly`, and `createdAt`, `updatedAt`.",
                    shown(&field.names.name)
                ),
            );
        }
    }
    Some((member, sort.descending))
}

fn related(context: &mut Context<'_>, page_at: &At<'_>, page: &design::Page, resolved: &mut Option<Page>, entities: &[Entity]) {
    let Some(resolved) = resolved else { return };
    let list = page_at.key("related");
    for (position, id) in page.related.iter().enumerate() {
        let at = list.index(position);
        let points_here = |entity: usize, relation: usize| entities[entity].relations[relation].target == Target::Entity(resolved.entity);
        if let Some(Element::Relation(entity, relation)) = context.element(id)
            && points_here(entity, relation)
        {
            if resolved.related.contains(&(entity, relation)) {
                context.problem(&at, format!("`{}` stands here twice.", shown(id)));
            }
            resolved.related.push((entity, relation));
            continue;
        }
        let known: Vec<_> = entities[resolved.entity].inverses.iter().map(|inverse| entities[inverse.entity].relations[inverse.relation].id.as_str()).collect();
        let wanted = format!("a relation whose target is `{}`", shown(&entities[resolved.entity].names.name));
        context.unresolved(&at, &wanted, id, known.into_iter());
    }
}

fn actions(context: &mut Context<'_>, page_at: &At<'_>, page: &design::Page, pages: &[Option<Page>], entities: &[Entity]) -> Vec<PageAction> {
    let list = page_at.key("actions");
    let design = context.design;
    let shown_entity = context.element(&page.entity);
    let mut all = Vec::with_capacity(page.actions.len());
    for (position, action) in page.actions.iter().enumerate() {
        let at = list.index(position);
        let form = match context.element(&action.page) {
            Some(Element::Page(index)) if creates(&design.pages[index]) => index,
            _ => {
                let known = design.pages.iter().filter(|page| creates(page)).map(|page| page.id.as_str());
                context.unresolved(&at.key("page"), "a form page that creates a record", &action.page, known);
                continue;
            }
        };
        let Some(target) = &pages[form] else { continue };
        let at = at.key("relation");
        let declared = &entities[target.entity].relations;
        let here = |relation: &crate::model::Relation| matches!((relation.target, shown_entity), (Target::Entity(a), Some(Element::Entity(b))) if a == b);
        let Some(relation) = declared.iter().position(|relation| relation.id == action.relation && here(relation)) else {
            let wanted = format!("a relation from `{}` to the entity of this page", shown(&entities[target.entity].names.name));
            context.unresolved(&at, &wanted, &action.relation, declared.iter().filter(|relation| here(relation)).map(|relation| relation.id.as_str()));
            continue;
        };
        if !target.members.contains(&Member::Relation(relation)) {
            context.problem(
                &at,
                format!(
                    "The form page `{}` must have the relation `{}` among its fields, so that it can be filled in.",
                    shown(&target.id),
                    shown(&action.relation)
                ),
            );
        }
        all.push(PageAction { id: action.id.clone(), label: action.label.clone(), page: form, relation });
    }
    all
}

fn creates(page: &design::Page) -> bool {
    page.kind == PageKind::Form && !page.path.ends_with("/:id")
}

/// The main navigation.
pub fn navigation(context: &mut Context<'_>, pages: &[Page]) -> Vec<NavigationItem> {
    let root = At::Root;
    let list = root.key("navigation");
    let design = context.design;
    let mut all = Vec::with_capacity(design.navigation.len());
    for (index, item) in design.navigation.iter().enumerate() {
        let at = list.index(index);
        let at = at.key("page");
        let Some(page) = openable(context, &at, &item.page) else { continue };
        let title = pages.get(page).map(|page| page.title.clone()).unwrap_or_default();
        all.push(NavigationItem { id: item.id.clone(), label: item.label.clone().unwrap_or(title), page });
    }
    all
}

/// A page that can be opened without choosing a record first.
fn openable(context: &mut Context<'_>, at: &At<'_>, id: &str) -> Option<usize> {
    let design = context.design;
    let fits = |page: &design::Page| !page.path.ends_with("/:id");
    if let Some(Element::Page(index)) = context.element(id)
        && fits(&design.pages[index])
    {
        return Some(index);
    }
    let known = design.pages.iter().filter(|page| fits(page)).map(|page| page.id.as_str());
    context.unresolved(at, "a page whose path does not end in `/:id`", id, known);
    None
}

/// The page at `/`: the chosen one, else the first of the navigation, else the first that can be opened at once.
pub fn home(context: &mut Context<'_>, pages: &[Page], navigation: &[NavigationItem]) -> Option<usize> {
    let root = At::Root;
    if let Some(id) = context.design.app.home.as_deref() {
        return openable(context, &root.key("app").key("home"), id);
    }
    let first = navigation.first().map(|item| item.page).or_else(|| pages.iter().position(|page| !page.with_id));
    if first.is_none() && !pages.is_empty() {
        context.problem(
            &root.key("pages"),
            "No page can be the start page, because all paths end in `/:id`; at least one page must be a list or a creating form.",
        );
    }
    first
}
