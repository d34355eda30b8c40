//! Object literals of TypeScript, laid out as a formatter would.

use crate::generate::escape;
use crate::generate::render::Code;

/// The longest line that is not broken.
const WIDTH: usize = 140;

/// An object literal under construction.
#[derive(Debug, Default)]
pub struct Object {
    entries: Vec<(String, String)>,
}

impl Object {
    /// Adds an entry whose value is code. Keys are identifiers or made safe with [`key`].
    pub fn code(mut self, key: &str, value: impl Into<String>) -> Self {
        self.entries.push((key.to_owned(), value.into()));
        self
    }

    /// Adds a text.
    pub fn text(self, key: &str, value: &str) -> Self {
        let value = escape::ts(value);
        self.code(key, value)
    }

    /// Adds `key: true` when it is.
    pub fn flag(self, key: &str, flag: bool) -> Self {
        if flag { self.code(key, "true") } else { self }
    }

    /// Adds an entry when there is a value.
    pub fn maybe<T>(self, key: &str, value: Option<T>, write: impl FnOnce(T) -> String) -> Self {
        match value {
            Some(value) => self.code(key, write(value)),
            None => self,
        }
    }

    /// Whether it has no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// On one line: `{ a: 1, b: 2 }`.
    pub fn inline(&self) -> String {
        if self.entries.is_empty() {
            return "{}".into();
        }
        format!("{{ {} }}", self.entries.iter().map(entry).collect::<Vec<_>>().join(", "))
    }

    /// On one line where it fits behind `indent` levels and `before` characters, else an entry a line.
    pub fn fitting(&self, indent: usize, before: usize) -> String {
        let inline = self.inline();
        if indent * 2 + before + inline.len() < WIDTH && !inline.contains('\n') { inline } else { self.block(indent) }
    }

    /// An entry a line; the closing brace stands behind `indent` levels.
    pub fn block(&self, indent: usize) -> String {
        if self.entries.is_empty() {
            return "{}".into();
        }
        let inner = "  ".repeat(indent + 1);
        let lines = self.entries.iter().fold(String::new(), |lines, item| lines + &inner + &entry(item) + ",\n");
        format!("{{\n{lines}{}}}", "  ".repeat(indent))
    }

    /// The block as safe code.
    pub fn block_code(&self, indent: usize) -> Code {
        Code::new(self.block(indent))
    }
}

fn entry((key, value): &(String, String)) -> String {
    if key == value { key.clone() } else { format!("{key}: {value}") }
}

/// A property key: bare where it is an identifier, else quoted.
pub fn key(name: &str) -> String {
    let mut chars = name.chars();
    let bare = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_') && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if bare { name.to_owned() } else { escape::ts(name) }
}

/// An array literal of texts.
pub fn texts<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", items.into_iter().map(escape::ts).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_break_where_they_are_long() {
        let short = Object::default().text("a", "x").flag("b", true).flag("c", false);
        assert_eq!(short.fitting(1, 10), "{ a: \"x\", b: true }");
        assert_eq!(short.block(1), "{\n    a: \"x\",\n    b: true,\n  }");
        assert_eq!(Object::default().block(3), "{}");
        assert_eq!(key("a-b"), "\"a-b\"");
        assert_eq!(texts(["a", "b"]), "[\"a\", \"b\"]");
    }
}
