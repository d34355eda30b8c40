//! Templates into files.
//!
//! The template tree is the generated tree: a file ending in `.j2` is a template, any other is copied byte for byte,
//! and `__entity__` in a path means once per entity. Templates are compiled once in a process.
//!
//! A plan's `String` is text from a design until a filter has escaped it for its place: the formatter refuses to write one that is
//! not. What Rust knows to be safe (an identifier, code it wrote) is [`Code`].

use super::escape;
use crate::files::Files;
use include_dir::{Dir, include_dir};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, context};
use serde::{Serialize, Serializer};
use std::fmt::Display;
use std::sync::OnceLock;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/app");

/// Text that goes into a file as it is: an identifier from [`crate::model::Names`], or code made by Rust.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

impl Code {
    /// Vouches for a text.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from_safe_string(self.0.clone()).serialize(serializer)
    }
}

/// What the templates of one entity (or page) see, and the name that stands for `__entity__` (`__page__`) in paths.
#[derive(Debug, Clone)]
pub struct EntityPlan {
    /// Kebab-case.
    pub path: String,
    /// The plan, from [`plan`].
    pub value: Value,
}

/// Makes a plan visible to templates.
pub fn plan(plan: &impl Serialize) -> Value {
    Value::from(Serde(plan))
}

/// Renders all templates whose path `wanted` accepts (a path of the template tree without `.j2`), with `app` and, where the
/// path says `__entity__`, `entity` in scope. A template that renders to nothing writes no file.
///
/// # Panics
/// When a template does not fit its plan: a fault of the generator that no design can cause once the templates are tested.
pub fn render(files: &mut Files, wanted: impl Fn(&str) -> bool, app: &Value, entities: &[EntityPlan]) {
    for entry in engine().entries.iter().filter(|entry| wanted(entry.target)) {
        match &entry.content {
            Content::Plain(bytes) => files.add(entry.target, *bytes),
            Content::Template if entry.target.contains("__entity__") => {
                for entity in entities {
                    let scope = context! { app, entity => entity.value.clone() };
                    add(files, entry.target.replace("__entity__", &entity.path), entry.source, scope);
                }
            }
            Content::Template if entry.target.contains("__page__") => {}
            Content::Template => add(files, entry.target.to_owned(), entry.source, context! { app }),
        }
    }
}

/// Renders the templates whose path says `__page__`, once for each page, with `page` in scope.
///
/// # Panics
/// As [`render`].
pub fn render_pages(files: &mut Files, pages: &[EntityPlan]) {
    for entry in engine().entries.iter().filter(|entry| entry.target.contains("__page__")) {
        for page in pages {
            add(files, entry.target.replace("__page__", &page.path), entry.source, context! { page => page.value.clone() });
        }
    }
}

fn add(files: &mut Files, target: String, source: &str, scope: Value) {
    let template = engine().environment.get_template(source).unwrap_or_else(|error| panic!("{source}: {error:#}"));
    let text = template.render(scope).unwrap_or_else(|error| panic!("{source}: {error:#}"));
    if !text.trim().is_empty() {
        files.add(target, text);
    }
}

enum Content {
    Plain(&'static [u8]),
    Template,
}

struct Entry {
    /// Path in the template tree.
    source: &'static str,
    /// Path in the code base, with `__entity__`.
    target: &'static str,
    content: Content,
}

struct Engine {
    environment: Environment<'static>,
    entries: Vec<Entry>,
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut engine = Engine { environment: environment(), entries: Vec::new() };
        collect(&TEMPLATES, &mut engine);
        engine.entries.sort_by_key(|entry| entry.target);
        engine
    })
}

fn collect(dir: &'static Dir<'static>, engine: &mut Engine) {
    for file in dir.files() {
        let source = file.path().to_str().expect("template paths are UTF-8");
        let (target, content) = match source.strip_suffix(".j2") {
            Some(target) => {
                let text = file.contents_utf8().expect("templates are UTF-8");
                engine.environment.add_template(source, text).unwrap_or_else(|error| panic!("{source}: {error:#}"));
                (target, Content::Template)
            }
            None => (source, Content::Plain(file.contents())),
        };
        engine.entries.push(Entry { source, target, content });
    }
    for dir in dir.dirs() {
        collect(dir, engine);
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .variable_delimiters("[=", "=]")
        .block_delimiters("[%", "%]")
        .comment_delimiters("[#", "#]")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .expect("the delimiters differ");
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_formatter(|out, state, value| match value.kind() {
        ValueKind::String if value.is_safe() => out.write_str(value.as_str().unwrap_or_default()).map_err(Error::from),
        ValueKind::Number => write!(out, "{value}").map_err(Error::from),
        ValueKind::Bool => out.write_str(if value.is_true() { "true" } else { "false" }).map_err(Error::from),
        kind => Err(Error::new(ErrorKind::InvalidOperation, format!("{kind} without a filter for its place in {}: {value}", state.name()))),
    });
    for (name, escape) in [
        ("ts", escape::ts as fn(&str) -> String),
        ("json", escape::json),
        ("comment", escape::comment),
        ("html", escape::html),
        ("attr", escape::attribute),
        ("css", escape::css),
        ("md", escape::markdown),
        ("sql", escape::sql),
    ] {
        environment.add_filter(name, move |text: &str| Value::from_safe_string(escape(text)));
    }
    environment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Plan {
        text: String,
        code: Code,
    }

    fn render_one(source: &str) -> Result<String, Error> {
        let value = plan(&Plan { text: "a\"b".into(), code: Code::new("a+b") });
        environment().render_str(source, context! { p => value })
    }

    #[test]
    fn only_escaped_text_and_code_is_written() {
        assert_eq!(render_one("[= p.text | ts =] [= p.code =]").expect("rendered"), "\"a\\\"b\" a+b");
        assert!(render_one("[= p.text =]").is_err());
        assert!(render_one("[= p.text ~ p.code =]").is_err());
        assert!(render_one("[= p.missing =]").is_err());
    }

    #[test]
    fn every_template_compiles() {
        assert!(engine().entries.iter().all(|entry| !entry.target.is_empty()));
    }
}
