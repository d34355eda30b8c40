//! One byte sequence for one design.

use super::Design;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The canonical form: RFC 8785 (JSON Canonicalization Scheme) of the document with all defaults left out. Objects are
/// ordered by key, lists stand as designed, because their order means something.
pub fn canonical(design: &Design) -> Vec<u8> {
    // The types hold nothing that JSON cannot: strings as keys, and no number that is not finite.
    let value = serde_json::to_value(design).unwrap_or_default();
    let mut text = String::new();
    write(&value, &mut text);
    text.into_bytes()
}

/// SHA-256 of the canonical form, in hexadecimal.
pub fn content_hash(design: &Design) -> String {
    hex::encode(Sha256::digest(canonical(design)))
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut ordered: Vec<_> = members.iter().collect();
            // RFC 8785 orders by UTF-16 units, which differs from the order of bytes beyond U+FFFF.
            ordered.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            text.push('{');
            for (index, (key, member)) in ordered.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_string(key, text);
                text.push(':');
                write(member, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::String(string) => write_string(string, text),
        Value::Number(_) | Value::Bool(_) | Value::Null => drop(write!(text, "{value}")),
    }
}

fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for letter in string.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\0'..='\u{1f}' => drop(write!(text, "\\u{:04x}", u32::from(letter))),
            _ => text.push(letter),
        }
    }
    text.push('"');
}
