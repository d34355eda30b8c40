//! How much a design may have of everything.

use super::context::{At, Context};

/// Most entities.
pub const ENTITIES: usize = 200;
/// Most fields of an entity.
pub const FIELDS: usize = 200;
/// Most relations that one entity declares.
pub const RELATIONS: usize = 50;
/// Most constraints of an entity.
pub const CONSTRAINTS: usize = 50;
/// Most transitions of a states field.
pub const TRANSITIONS: usize = 100;
/// Most grants in a list.
pub const GRANTS: usize = 50;
/// Most roles.
pub const ROLES: usize = 50;
/// Most enums.
pub const ENUMS: usize = 200;
/// Most values of an enum.
pub const ENUM_VALUES: usize = 200;
/// Most pages.
pub const PAGES: usize = 600;
/// Most members that a page shows or filters by, relations listed or actions offered.
pub const PAGE_MEMBERS: usize = 200;
/// Most navigation items.
pub const NAVIGATION: usize = 100;
/// Most people among the seeds.
pub const SEED_USERS: usize = 200;
/// Most records among the seeds.
pub const SEED_RECORDS: usize = 2_000;

/// Most states fields of an entity.
pub const STATES: usize = 10;
/// Most members of an index, as in Postgres less what it may need itself.
pub const INDEX_MEMBERS: usize = 16;
/// Longest name of an app, in characters.
pub const APP_NAME: usize = 60;
/// Longest label, title or text on a button, in characters.
pub const LABEL: usize = 100;
/// Longest sentence: descriptions, hints and messages, in characters.
pub const SENTENCE: usize = 300;
/// Longest path of a page, in characters.
pub const PATH: usize = 200;
/// Longest regular expression, in characters.
pub const PATTERN: usize = 200;
/// Most characters of a text whose field does not say.
pub const TEXT_CHARACTERS: u32 = 100_000;

/// Checks the lengths of all lists. False when one is too long: then nothing else is worth the time.
pub fn check(context: &mut Context<'_>) -> bool {
    let mut fits = true;
    let mut most = |context: &mut Context<'_>, at: &At<'_>, found: usize, accepted: usize, what: &str| {
        fits &= found <= accepted;
        most(context, at, found, accepted, what);
    };
    let root = At::Root;
    let design = context.design;
    most(context, &root.key("roles"), design.roles.len(), ROLES, "roles");
    most(context, &root.key("enums"), design.enums.len(), ENUMS, "enums");
    most(context, &root.key("entities"), design.entities.len(), ENTITIES, "entities");
    most(context, &root.key("pages"), design.pages.len(), PAGES, "pages");
    most(context, &root.key("navigation"), design.navigation.len(), NAVIGATION, "navigation items");
    most(context, &root.key("seeds").key("users"), design.seeds.users.len(), SEED_USERS, "seed users");
    most(context, &root.key("seeds").key("records"), design.seeds.records.len(), SEED_RECORDS, "seed records");
    for (i, set) in design.enums.iter().enumerate() {
        most(context, &root.key("enums").index(i).key("values"), set.values.len(), ENUM_VALUES, "values");
    }
    let entities = root.key("entities");
    for (i, entity) in design.entities.iter().enumerate() {
        let at = entities.index(i);
        most(context, &at.key("fields"), entity.fields.len(), FIELDS, "fields");
        most(context, &at.key("relations"), entity.relations.len(), RELATIONS, "relations");
        most(context, &at.key("constraints"), entity.constraints.len(), CONSTRAINTS, "constraints");
        most(context, &at.key("states"), entity.states.len(), STATES, "states fields");
        for (j, states) in entity.states.iter().enumerate() {
            most(context, &at.key("states").index(j).key("transitions"), states.transitions.len(), TRANSITIONS, "transitions");
        }
    }
    for (i, page) in design.pages.iter().enumerate() {
        let pages = root.key("pages");
        let at = pages.index(i);
        most(context, &at.key("fields"), page.fields.len(), PAGE_MEMBERS, "fields");
        most(context, &at.key("filters"), page.filters.len(), PAGE_MEMBERS, "filters");
        most(context, &at.key("related"), page.related.len(), PAGE_MEMBERS, "relations");
        most(context, &at.key("actions"), page.actions.len(), PAGE_MEMBERS, "actions");
    }
    fits
}

/// Says so when a list is too long.
pub fn most(context: &mut Context<'_>, at: &At<'_>, found: usize, accepted: usize, what: &str) {
    if found > accepted {
        context.problem(at, format!("There are {found} {what}; at most {accepted} are accepted here."));
    }
}
