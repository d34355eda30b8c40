//! `web/`: the interface.
//!
//! Nearly all of it is copied: components, styles and the client of the API are the same in every app. What a design
//! decides is small and declarative: a file for each page, the routes, the navigation, the directory of entities and the
//! colors.

mod code;
mod pages;

use super::Input;
use super::render::{self, Code};
use crate::design::{Mode, PageKind};
use crate::files::Files;
use crate::model::{Display, Entity, Model, Page, Type, Who};
use code::Object;
use serde::Serialize;
use std::fmt::Write as _;

/// Writes the interface's part of the code base.
pub fn generate(input: Input<'_>) -> Files {
    let model = input.model;
    let mut files = Files::default();
    let app = render::plan(&AppPlan::new(model));
    render::render(&mut files, |path| path.starts_with("web/"), &app, &[]);
    render::render_pages(&mut files, &pages::plans(model));
    files
}

/// What the templates see that are written once.
#[derive(Debug, Serialize)]
struct AppPlan {
    name: String,
    description: String,
    /// An icon as a `data:` address.
    icon: Code,
    /// Attributes of the `html` element that choose light or dark.
    mode: Code,
    /// Entries of the main navigation.
    navigation: Vec<Code>,
    routes: Vec<Code>,
    /// The route of the page at `/`.
    home: Code,
    /// Entries of the directory.
    directory: Vec<Code>,
    theme: Theme,
}

#[derive(Debug, Serialize)]
struct Theme {
    primary: Code,
    primary_dark: Code,
    on_primary: Code,
    on_primary_dark: Code,
    neutral: Code,
    font: Code,
    radius: u8,
}

impl AppPlan {
    fn new(model: &Model) -> Self {
        let theme = &model.theme;
        Self {
            name: model.app_name.clone(),
            description: model.description.clone(),
            icon: icon(&model.app_name, &theme.primary, &theme.on_primary),
            mode: Code::new(match theme.mode {
                Mode::System => "",
                Mode::Light => r#" data-theme="light" data-default-theme="light""#,
                Mode::Dark => r#" data-theme="dark" data-default-theme="dark""#,
            }),
            navigation: model.navigation.iter().map(|item| navigation_item(model, &item.label, &model.pages[item.page])).collect(),
            routes: model.pages.iter().map(|page| route(model, page)).collect(),
            home: Code::new(match model.home {
                Some(home) => format!("pages.find((page) => page.path === {})", code::string(&route_path(&model.pages[home]))),
                None => "undefined".to_owned(),
            }),
            directory: model.entities.iter().enumerate().map(|(index, entity)| directory_entry(model, index, entity)).collect(),
            theme: Theme {
                primary: Code::new(&theme.primary),
                primary_dark: Code::new(&theme.primary_dark),
                on_primary: Code::new(&theme.on_primary),
                on_primary_dark: Code::new(&theme.on_primary_dark),
                neutral: Code::new(&theme.neutral),
                font: Code::new(&theme.font_family),
                radius: theme.radius,
            },
        }
    }
}

/// The first letter of the app's name on its color.
fn icon(name: &str, primary: &str, on_primary: &str) -> Code {
    let letter = name.chars().find(|c| c.is_alphanumeric()).map_or(String::new(), |c| c.to_uppercase().collect());
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='8' fill='{primary}'/>\
         <text x='16' y='22.5' font-family='system-ui,sans-serif' font-size='19' font-weight='700' text-anchor='middle' fill='{on_primary}'>{letter}</text></svg>"
    );
    let mut address = String::from("data:image/svg+xml,");
    for byte in svg.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~='/: ,".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    Code::new(address)
}

fn navigation_item(model: &Model, label: &str, page: &Page) -> Code {
    let item = Object::new().text("label", label).text("to", &page.path).code("access", &access(model, page));
    Code::new(item.to_string())
}

/// The path of a page as the router wants it.
fn route_path(page: &Page) -> String {
    if page.with_id { format!("{}/:id", page.path) } else { page.path.clone() }
}

fn route(model: &Model, page: &Page) -> Code {
    let (path, file) = (code::string(&route_path(page)), code::string(&format!("./pages/{}.tsx", page.names.kebab)));
    Code::new(format!("route({path}, {}, () => import({file}))", access(model, page)))
}

/// Who may open a page, as ui/access.ts wants it.
fn access(model: &Model, page: &Page) -> String {
    let what = match page.kind {
        PageKind::List | PageKind::Detail => "read",
        PageKind::Form if page.with_id => "update",
        PageKind::Form => "create",
    };
    let object = Object::new().text("entity", &model.entities[page.entity].names.name).text("what", what);
    let object = if page.allow.is_empty() || page.allow.contains(&Who::Everyone) {
        object
    } else if page.allow.contains(&Who::SignedIn) {
        object.text("allow", "signedIn")
    } else {
        object.code("allow", &code::strings(&role_names(model, page.allow.iter().copied())))
    };
    object.to_string()
}

fn role_names(model: &Model, people: impl Iterator<Item = Who>) -> Vec<String> {
    people
        .filter_map(|who| match who {
            Who::Role(role) => Some(model.roles[role].names.name.clone()),
            Who::Everyone | Who::SignedIn => None,
        })
        .collect()
}

/// How an entity is named, found and where its pages are.
fn directory_entry(model: &Model, index: usize, entity: &Entity) -> Code {
    let page = |kind: PageKind, with_id: bool| {
        model.pages.iter().find(|page| page.entity == index && page.kind == kind && page.with_id == with_id).map(|page| page.path.as_str())
    };
    let place = Object::new()
        .text("label", &entity.names.label)
        .text("display", display(entity))
        .text_if("search", search_parameter(entity).as_deref())
        .text_if("list", page(PageKind::List, false))
        .text_if("detail", page(PageKind::Detail, true))
        .text_if("create", page(PageKind::Form, false))
        .text_if("edit", page(PageKind::Form, true));
    Code::new(format!("{}: {place}", entity.names.name))
}

fn display(entity: &Entity) -> &str {
    match entity.display {
        Display::Field(field) => &entity.fields[field].names.name,
        Display::Id => "id",
    }
}

/// The query parameter by which the API finds records by text.
fn search_parameter(entity: &Entity) -> Option<String> {
    if entity.fields.iter().any(|field| field.searchable) {
        return Some("search".to_owned());
    }
    let Display::Field(index) = entity.display else { return None };
    let field = &entity.fields[index];
    let text = matches!(field.ty, Type::String | Type::Text | Type::Email | Type::Url | Type::Phone | Type::Slug { .. });
    (text && !field.list && !field.write_only).then(|| format!("{}.contains", field.names.name))
}
