//! One escape per place. A design is data: none of its strings may end the literal, comment or element that it stands in.

use serde_json::Value;
use std::fmt::Write as _;

/// A TypeScript (or JavaScript, or JSON) string literal with its quotes.
pub fn ts(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut previous = '\0';
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Nothing may end a script element or begin an HTML comment, should the code be put into a page.
            '/' | '!' if previous == '<' => unicode(&mut out, c),
            c if c.is_control() || is_invisible(c) => unicode(&mut out, c),
            c => out.push(c),
        }
        previous = c;
    }
    out.push('"');
    out
}

/// A JSON value as a TypeScript expression.
pub fn ts_value(value: &Value) -> String {
    match value {
        Value::String(text) => ts(text),
        Value::Array(items) => format!("[{}]", items.iter().map(ts_value).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) if entries.is_empty() => "{}".into(),
        Value::Object(entries) => {
            // A computed key, because `"__proto__": x` in a literal sets the prototype.
            let entry = |(key, value): (&String, &Value)| {
                if key == "__proto__" { format!("[\"__proto__\"]: {}", ts_value(value)) } else { format!("{}: {}", ts(key), ts_value(value)) }
            };
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A JSON value, with its quotes.
pub fn json(text: &str) -> String {
    ts(text)
}

/// Text in a comment of TypeScript, CSS, SQL or a shell file: one line that ends none of them.
pub fn comment(text: &str) -> String {
    one_line(text).replace("*/", "*\u{2060}/").replace("-->", "--\u{2060}>")
}

/// Text between tags.
pub fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The value of an HTML attribute, without its quotes.
pub fn attribute(text: &str) -> String {
    html(text).replace('"', "&quot;").replace('\'', "&#39;")
}

/// A CSS string with its quotes.
pub fn css(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '<' | '>' | '\0'..='\u{1f}' | '\u{7f}' => {
                let _ = write!(out, "\\{:x} ", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Inline text of a Markdown document: one line without markup.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}

/// A SQL string literal with its quotes (`standard_conforming_strings` on, as always since Postgres 9.1).
pub fn sql(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}

/// A quoted SQL identifier.
pub fn sql_name(name: &str) -> String {
    format!("\"{}\"", name.replace('\0', "").replace('"', "\"\""))
}

fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() || is_invisible(c) { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Line separators, which end a comment in JavaScript, and marks that reorder what a reader sees ("Trojan Source").
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn unicode(out: &mut String, c: char) {
    let mut units = [0; 2];
    for unit in c.encode_utf16(&mut units) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_stay_in_their_place() {
        assert_eq!(ts("a\"b\\c\n</script>${x}\u{2028}"), "\"a\\\"b\\\\c\\n<\\u002fscript>${x}\\u2028\"");
        assert_eq!(comment("end */ of\nline -- x"), "end *\u{2060}/ of line -- x");
        assert_eq!(attribute("\"<x> & 'y'"), "&quot;&lt;x&gt; &amp; &#39;y&#39;");
        assert_eq!(css("a\"b\\</style>"), "\"a\\22 b\\5c \\3c /style\\3e \"");
        assert_eq!(markdown("*a* [b](c) <d>"), "\\*a\\* \\[b\\](c) &lt;d&gt;");
        assert_eq!(sql("it's"), "'it''s'");
        assert_eq!(sql_name("a\"b"), "\"a\"\"b\"");
    }

    #[test]
    fn a_literal_never_sets_a_prototype() {
        let value: Value = serde_json::from_str(r#"{"__proto__": {"a": [1, "x"]}}"#).expect("JSON");
        assert_eq!(ts_value(&value), "{ [\"__proto__\"]: { \"a\": [1, \"x\"] } }");
    }
}
