//! TypeScript of lists and objects, broken into lines as a formatter would.

use crate::generate::escape;
use std::fmt::{self, Display, Write as _};

/// Longer code is broken into lines.
const WIDTH: usize = 110;

/// A string literal.
pub fn string(text: &str) -> String {
    escape::ts(text)
}

/// A property of a JSX element. Where the text needs no escape it reads as one would write it.
pub fn attribute(name: &str, text: &str) -> String {
    let literal = escape::ts(text);
    // Inside the quotes of JSX a backslash is itself and an ampersand may begin an entity.
    if literal.len() == text.len() + 2 && !text.contains(['&', '\\']) { format!("{name}={literal}") } else { format!("{name}={{{literal}}}") }
}

/// A list of strings on one line.
pub fn strings(items: &[String]) -> String {
    format!("[{}]", items.iter().map(|item| string(item)).collect::<Vec<_>>().join(", "))
}

/// A list of code, on one line if that is short enough, else an item a line. `indent`: of the line that it begins on, in
/// spaces; `used`: what stands there already, in characters.
pub fn list(items: &[String], indent: usize, used: usize) -> String {
    let line = format!("[{}]", items.join(", "));
    if indent + used + line.chars().count() <= WIDTH && !line.contains('\n') {
        return line;
    }
    let mut lines = String::from("[\n");
    for item in items {
        let _ = writeln!(lines, "{:width$}{item},", "", width = indent + 2);
    }
    let _ = write!(lines, "{:indent$}]", "");
    lines
}

/// An object literal on one line, built key by key. Keys are identifiers that the caller vouches for.
#[derive(Debug, Default)]
pub struct Object(Vec<String>);

impl Object {
    pub fn new() -> Self {
        Self::default()
    }

    /// A string.
    pub fn text(self, key: &str, text: &str) -> Self {
        self.code(key, &string(text))
    }

    /// A string, where there is one.
    pub fn text_if(self, key: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(key, text),
            None => self,
        }
    }

    /// Code.
    pub fn code(mut self, key: &str, code: &str) -> Self {
        self.0.push(format!("{key}: {code}"));
        self
    }
}

impl Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("{}") } else { write!(f, "{{ {} }}", self.0.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_reads_plainly_where_it_can() {
        assert_eq!(attribute("title", "Find a car"), "title=\"Find a car\"");
        assert_eq!(attribute("title", "a \"b\""), "title={\"a \\\"b\\\"\"}");
        assert_eq!(attribute("title", "a &quot; b"), "title={\"a &quot; b\"}");
        assert_eq!(attribute("title", "\\"), "title={\"\\\\\"}");
    }

    #[test]
    fn a_long_list_is_broken() {
        assert_eq!(list(&["\"a\"".to_owned(), "\"b\"".to_owned()], 6, 8), "[\"a\", \"b\"]");
        let long = list(&vec!["\"abcdefghijklmnopqrstuvwxyz\"".to_owned(); 4], 6, 8);
        assert!(long.starts_with("[\n        \"abc") && long.ends_with(",\n      ]"));
    }
}
