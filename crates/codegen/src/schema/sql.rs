//! The only ways a string enters SQL.

/// A quoted identifier.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Identifiers in parentheses-free order: `"a", "b"`.
pub fn identifiers<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(identifier).collect::<Vec<_>>().join(", ")
}

/// A string literal that means the same whatever `standard_conforming_strings` says. Postgres has no NUL in
/// text: the design check refuses it, and here it is left out.
pub fn literal(text: &str) -> String {
    let quoted = text.replace('\0', "").replace('\'', "''");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// A list of string literals, `'a', 'b'`.
pub fn literals<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(literal).collect::<Vec<_>>().join(", ")
}

/// A body in dollar quotes whose tag does not occur in it.
pub fn dollar_quoted(body: &str) -> String {
    let mut tag = "$body$".to_owned();
    let mut number = 1;
    while body.contains(&tag) {
        number += 1;
        tag = format!("$body{number}$");
    }
    format!("{tag}{body}{tag}")
}

/// Text for a one-line comment: nothing that could end the line.
pub fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled_and_backslashes_survive() {
        assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\'b"), "E'a\\\\''b'");
        assert_eq!(dollar_quoted("x $body$ y"), "$body2$x $body$ y$body2$");
        assert_eq!(comment("a\nDROP TABLE x"), "a DROP TABLE x");
    }
}
