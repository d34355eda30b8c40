//! From a document to a [`Model`]: every rule that the types alone do not hold.
//!
//! Resolving goes on after a problem, with a placeholder where something is missing, so that one run finds everything;
//! a model made with placeholders is never handed out, because then there is at least one problem.

mod access;
mod constraints;
mod context;
mod currency;
mod data;
mod fields;
mod forms;
pub mod limits;
mod pages;
mod pattern;
mod relations;
mod seeds;
mod text;
mod theme;
mod time;
mod values;

use super::{Model, Problem};
use crate::design::{Design, FORMAT_VERSION};
use crate::names;
use context::{At, Context};
pub(crate) use context::{pointer_token, shown};
pub(crate) use pattern::matches;

/// Checks a document and resolves it.
pub(super) fn check(design: Design) -> Result<Model, Vec<Problem>> {
    let mut context = Context::new(&design);
    let root = At::Root;
    if design.format_version != FORMAT_VERSION {
        context
            .problem(&root.key("formatVersion"), format!("This is format {}; this version of Slipform reads format {FORMAT_VERSION}.", design.format_version));
    }
    if !limits::check(&mut context) {
        return context.finish().and(Err(Vec::new()));
    }
    text::check(&mut context);
    let roles = data::roles(&mut context);
    let enums = data::enums(&mut context);
    let theme = theme::resolve(&mut context);
    let entities = data::entities(&mut context, &enums);
    let pages = pages::pages(&mut context, &entities);
    let navigation = pages::navigation(&mut context, &pages);
    let home = pages::home(&mut context, &pages, &navigation);
    let seed_users = seeds::users(&mut context);
    let seed_records = seeds::records(&mut context, &enums, &entities);
    seeds::migration(&mut context, &enums, &entities);
    context.finish()?;
    Ok(Model {
        app_name: design.app.name.clone(),
        package: names::package(&design.app.name),
        description: design.app.description.clone().unwrap_or_default(),
        home,
        theme,
        roles,
        enums,
        entities,
        pages,
        navigation,
        seed_users,
        seed_records,
        design,
    })
}
