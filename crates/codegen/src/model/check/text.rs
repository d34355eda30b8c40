//! Characters and lengths of the document's texts.

use super::context::{At, Context};
use super::limits::{APP_NAME, LABEL, SENTENCE};
use crate::design::Design;

/// Whether a character may stand in a label or sentence. Refused are control characters, line and paragraph
/// separators, and what makes text read otherwise than it is written: directional overrides and isolates (the
/// "Trojan Source" attack) and the byte order mark. Marks that Hebrew or Arabic text needs are welcome.
pub fn is_harmless(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a character may stand in a record's text that the design gives: as in a sentence, and line breaks and tabs.
pub fn is_storable(letter: char) -> bool {
    is_harmless(letter) || matches!(letter, '\n' | '\t' | '\r')
}

/// Checks all texts that people read.
pub fn check(context: &mut Context<'_>) {
    let root = At::Root;
    let design: &Design = context.design;
    let app = root.key("app");
    line(context, &app.key("name"), &design.app.name, APP_NAME);
    optional(context, &app.key("description"), design.app.description.as_deref(), SENTENCE);
    for (i, role) in design.roles.iter().enumerate() {
        optional(context, &root.key("roles").index(i).key("label"), role.label.as_deref(), LABEL);
    }
    for (i, set) in design.enums.iter().enumerate() {
        for (j, value) in set.values.iter().enumerate() {
            optional(context, &root.key("enums").index(i).key("values").index(j).key("label"), value.label.as_deref(), LABEL);
        }
    }
    let entities = root.key("entities");
    for (i, entity) in design.entities.iter().enumerate() {
        let at = entities.index(i);
        optional(context, &at.key("label"), entity.label.as_deref(), LABEL);
        optional(context, &at.key("labelPlural"), entity.label_plural.as_deref(), LABEL);
        optional(context, &at.key("description"), entity.description.as_deref(), SENTENCE);
        for (j, field) in entity.fields.iter().enumerate() {
            optional(context, &at.key("fields").index(j).key("label"), field.label.as_deref(), LABEL);
            optional(context, &at.key("fields").index(j).key("help"), field.help.as_deref(), SENTENCE);
        }
        for (j, relation) in entity.relations.iter().enumerate() {
            optional(context, &at.key("relations").index(j).key("label"), relation.label.as_deref(), LABEL);
            let inverse = relation.inverse.as_ref().and_then(|inverse| inverse.label.as_deref());
            optional(context, &at.key("relations").index(j).key("inverse").key("label"), inverse, LABEL);
        }
        for (j, constraint) in entity.constraints.iter().enumerate() {
            optional(context, &at.key("constraints").index(j).key("message"), constraint.message.as_deref(), SENTENCE);
        }
        for (j, states) in entity.states.iter().enumerate() {
            for (k, transition) in states.transitions.iter().enumerate() {
                optional(context, &at.key("states").index(j).key("transitions").index(k).key("label"), transition.label.as_deref(), LABEL);
            }
        }
    }
    let pages = root.key("pages");
    for (i, page) in design.pages.iter().enumerate() {
        let at = pages.index(i);
        optional(context, &at.key("title"), page.title.as_deref(), LABEL);
        optional(context, &at.key("description"), page.description.as_deref(), SENTENCE);
        for (j, action) in page.actions.iter().enumerate() {
            line(context, &at.key("actions").index(j).key("label"), &action.label, LABEL);
        }
    }
    for (i, item) in design.navigation.iter().enumerate() {
        optional(context, &root.key("navigation").index(i).key("label"), item.label.as_deref(), LABEL);
    }
    for (i, user) in design.seeds.users.iter().enumerate() {
        line(context, &root.key("seeds").key("users").index(i).key("name"), &user.name, LABEL);
    }
}

fn optional(context: &mut Context<'_>, at: &At<'_>, text: Option<&str>, most: usize) {
    if let Some(text) = text {
        line(context, at, text, most);
    }
}

/// One line: not blank, not too long, nothing invisible that changes how it reads.
fn line(context: &mut Context<'_>, at: &At<'_>, text: &str, most: usize) {
    let length = text.chars().count();
    if text.trim().is_empty() {
        context.problem(at, "This text is empty; leave the key out or write something.");
    } else if length > most {
        context.problem(at, format!("This text has {length} characters; at most {most} are accepted here."));
    }
    if let Some(letter) = text.chars().find(|letter| !is_harmless(*letter)) {
        context.problem(at, format!("This text contains the character U+{:04X}, which cannot be shown in one line of text.", u32::from(letter)));
    }
}
