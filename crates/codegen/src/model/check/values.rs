//! Literals of the document: does a value fit its field, and what is its normal form.

use super::context::shown;
use super::limits::TEXT_CHARACTERS;
use super::text;
use super::time::{self, Day};
use crate::model::{Enum, Field, Type};
use serde_json::Value;
use std::cmp::Ordering;

/// Most items of a list whose field does not say.
pub const LIST_ITEMS: u32 = 100;
/// Largest JSON value, in bytes.
const JSON_BYTES: usize = 64 * 1024;
/// Deepest JSON value.
const JSON_DEPTH: usize = 100;
/// The largest whole number that every JSON program reads exactly.
const SAFE_INTEGER: i64 = 9_007_199_254_740_991;

/// The field's value in normal form, or what is wrong with it. All settings of the field are regarded but `required`.
pub fn of_field(field: &Field, enums: &[Enum], value: &Value) -> Result<Value, String> {
    if !field.list {
        let normal = item(field, enums, value)?;
        if let Some(text) = normal.as_str() {
            length(field, text.chars().count(), "characters")?;
        }
        return Ok(normal);
    }
    let items = value.as_array().ok_or_else(|| format!("{} was found, but the field is a list: accepted is an array of values.", described(value)))?;
    length(field, items.len(), "items")?;
    let normal = items.iter().enumerate().map(|(index, value)| {
        let normal = item(field, enums, value).map_err(|detail| format!("Item {index}: {detail}"))?;
        match most_characters(&field.ty) {
            Some(most) if normal.as_str().is_some_and(|text| text.chars().count() > most as usize) => {
                Err(format!("Item {index} has more than {most} characters."))
            }
            _ => Ok(normal),
        }
    });
    normal.collect::<Result<Vec<_>, _>>().map(Value::Array)
}

/// One value of a field, which may be a list of such.
fn item(field: &Field, enums: &[Enum], value: &Value) -> Result<Value, String> {
    let normal = scalar(&field.ty, enums, value)?;
    bounds(field, &normal)?;
    if let (Some(pattern), Some(text)) = (&field.pattern, normal.as_str())
        && !super::pattern::matches(pattern, text)
    {
        return Err(format!("`{}` does not match the pattern of the field.", shown(text)));
    }
    Ok(normal)
}

/// Most characters of one value when the field does not say.
pub const fn most_characters(ty: &Type) -> Option<u32> {
    match ty {
        Type::String => Some(255),
        Type::Text => Some(TEXT_CHARACTERS),
        Type::Email => Some(254),
        Type::Url => Some(2_048),
        Type::Phone => Some(16),
        Type::Slug { .. } => Some(100),
        _ => None,
    }
}

fn length(field: &Field, found: usize, what: &str) -> Result<(), String> {
    let counts = field.list || most_characters(&field.ty).is_some();
    match (field.min_length, field.max_length) {
        (Some(least), _) if counts && found < least as usize => Err(format!("{found} {what} are fewer than the {least} that the field demands.")),
        (_, Some(most)) if counts && found > most as usize => Err(format!("{found} {what} are more than the {most} that the field accepts.")),
        _ => Ok(()),
    }
}

fn bounds(field: &Field, value: &Value) -> Result<(), String> {
    let beyond = |bound: &Option<Value>, wrong: Ordering| bound.as_ref().filter(|bound| compare(&field.ty, value, bound) == Some(wrong)).map(plain);
    if let Some(min) = beyond(&field.min, Ordering::Less) {
        return Err(format!("{} is below the field's smallest value {min}.", plain(value)));
    }
    if let Some(max) = beyond(&field.max, Ordering::Greater) {
        return Err(format!("{} is above the field's largest value {max}.", plain(value)));
    }
    Ok(())
}

/// The order of two values in normal form, where the type has one.
pub fn compare(ty: &Type, a: &Value, b: &Value) -> Option<Ordering> {
    match ty {
        Type::Integer | Type::Duration => Some(a.as_i64()?.cmp(&b.as_i64()?)),
        Type::Bigint => Some(a.as_str()?.parse::<i64>().ok()?.cmp(&b.as_str()?.parse::<i64>().ok()?)),
        Type::Decimal { .. } | Type::Money { .. } => Some(scaled(a.as_str()?)?.cmp(&scaled(b.as_str()?)?)),
        Type::Date | Type::Datetime => Some(a.as_str()?.cmp(b.as_str()?)),
        _ => None,
    }
}

/// A decimal in normal form without its point. Two of one field have the same number of digits after it.
fn scaled(text: &str) -> Option<i128> {
    text.replace('.', "").parse().ok()
}

/// One value in the normal form of its type, without regard to the field's settings.
pub fn scalar(ty: &Type, enums: &[Enum], value: &Value) -> Result<Value, String> {
    match ty {
        Type::Integer => whole(value, i64::from(i32::MIN), i64::from(i32::MAX)),
        Type::Duration => whole(value, 0, SAFE_INTEGER).map_err(|detail| format!("{detail} A duration is given in seconds.")),
        Type::Boolean => value.is_boolean().then(|| value.clone()).ok_or_else(|| format!("{} was found; accepted is true or false.", described(value))),
        Type::Json => json(value),
        _ => {
            let text = value.as_str().ok_or_else(|| format!("{} was found; accepted is {}.", described(value), form(ty, enums)))?;
            string(ty, enums, text).map(Value::String).ok_or_else(|| format!("`{}` was found; accepted is {}.", shown(text), form(ty, enums)))
        }
    }
}

/// The normal form of a type whose JSON form is a string.
fn string(ty: &Type, enums: &[Enum], text: &str) -> Option<String> {
    match ty {
        Type::String => text.chars().all(text::is_harmless).then(|| text.to_owned()),
        Type::Text => text.chars().all(text::is_storable).then(|| text.to_owned()),
        Type::Bigint => text.parse::<i64>().ok().map(|number| number.to_string()).filter(|normal| normal == text),
        Type::Decimal { precision, scale } => decimal(text, *precision, *scale),
        Type::Money { digits, .. } => decimal(text, 19, *digits),
        Type::Date => Day::parse(text).map(|_| text.to_owned()),
        Type::Datetime => time::instant(text),
        Type::Enum { index } => enums.get(*index)?.values.iter().find(|value| value.names.name == text).map(|_| text.to_owned()),
        Type::Uuid => (text.len() == 36).then(|| uuid::Uuid::try_parse(text).ok()).flatten().map(|uuid| uuid.to_string()),
        Type::Email => email(text),
        Type::Url => is_url(text).then(|| text.to_owned()),
        Type::Phone => text.strip_prefix('+').filter(|digits| is_phone(digits)).map(|_| text.to_owned()),
        Type::Slug { .. } => is_slug(text).then(|| text.to_owned()),
        Type::Integer | Type::Boolean | Type::Duration | Type::Json => None,
    }
}

/// What would be accepted, in words.
fn form(ty: &Type, enums: &[Enum]) -> String {
    match ty {
        Type::String => "one line of text without control characters".into(),
        Type::Text => "text without control characters".into(),
        Type::Bigint => "a string of digits such as \"1200\", from -9223372036854775808 to 9223372036854775807".into(),
        Type::Decimal { precision, scale } => format!("a string such as \"12.5\" with at most {} digits before and {scale} after the point", precision - scale),
        Type::Money { currency, digits } => format!(
            "an amount in {currency} as a string such as \"{}\", with at most {digits} digits after the point",
            decimal("12", 19, *digits).unwrap_or_default()
        ),
        Type::Date => "a day \"YYYY-MM-DD\"".into(),
        Type::Datetime => "an instant such as \"2026-05-01T08:30:00Z\", to the millisecond".into(),
        Type::Enum { index } => {
            let values: Vec<_> = enums.get(*index).into_iter().flat_map(|set| &set.values).map(|value| value.names.name.as_str()).take(20).collect();
            format!("the name of a value: {}", super::context::listed(&values))
        }
        Type::Uuid => "a UUID such as \"6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13\"".into(),
        Type::Email => "an e-mail address such as \"ada@example.com\"".into(),
        Type::Url => "an address that begins with \"https://\" or \"http://\"".into(),
        Type::Phone => "an international number such as \"+4930123456\"".into(),
        Type::Slug { .. } => "lower-case letters and digits in words joined by hyphens, such as \"summer-sale\"".into(),
        Type::Integer | Type::Boolean | Type::Duration | Type::Json => "a value".into(),
    }
}

fn whole(value: &Value, least: i64, most: i64) -> Result<Value, String> {
    let fits = value.as_i64().filter(|number| (least..=most).contains(number));
    fits.map(Value::from).ok_or_else(|| format!("{} was found; accepted is a whole number from {least} to {most}.", described(value)))
}

/// With all digits of the scale: `12.5` of scale 2 is `12.50`. Never minus zero.
fn decimal(text: &str, precision: u8, scale: u8) -> Option<String> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let only_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !only_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) || !fraction.is_none_or(only_digits) {
        return None;
    }
    let fraction = fraction.unwrap_or("");
    let (precision, scale) = (usize::from(precision), usize::from(scale));
    let significant = if whole == "0" { 0 } else { whole.len() };
    if fraction.len() > scale || significant > precision - scale {
        return None;
    }
    let point = if scale > 0 { "." } else { "" };
    let normal = format!("{whole}{point}{fraction:0<scale$}");
    let zero = normal.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    Some(if zero { normal } else { format!("{sign}{normal}") })
}

fn json(value: &Value) -> Result<Value, String> {
    if serde_json::to_vec(value).map_or(usize::MAX, |bytes| bytes.len()) > JSON_BYTES {
        return Err(format!("The JSON value is larger than {JSON_BYTES} bytes."));
    }
    if !is_storable_json(value, JSON_DEPTH) {
        return Err(format!("The JSON value is deeper than {JSON_DEPTH} levels, or has text with control characters."));
    }
    Ok(value.clone())
}

fn is_storable_json(value: &Value, depth: usize) -> bool {
    match value {
        Value::String(text) => text.chars().all(text::is_storable),
        Value::Array(items) => depth > 0 && items.iter().all(|item| is_storable_json(item, depth - 1)),
        Value::Object(members) => depth > 0 && members.iter().all(|(key, member)| key.chars().all(text::is_storable) && is_storable_json(member, depth - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// An address in lower case, in the form that the generated server's validation (zod's) accepts.
pub fn email(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let (local, domain) = text.split_once('@')?;
    let local_ok = !local.starts_with('.')
        && !local.ends_with(['.', '\''])
        && !local.contains("..")
        && !local.is_empty()
        && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_'+-.".contains(&byte));
    let label_ok = |label: &str| {
        label.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let mut labels: Vec<_> = domain.split('.').collect();
    let top = labels.pop()?;
    let domain_ok = !labels.is_empty() && labels.into_iter().all(label_ok) && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    (local_ok && domain_ok && text.len() <= 254).then_some(text)
}

fn is_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    text.len() <= 2_048
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
        && name.split('.').all(|label| !label.is_empty() && label.len() <= 63 && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        && port.parse::<u16>().is_ok()
}

fn is_phone(digits: &str) -> bool {
    (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_slug(text: &str) -> bool {
    text.len() <= 100 && text.split('-').all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// A found value in words.
pub fn described(value: &Value) -> String {
    match value {
        Value::Null => "Nothing (null)".into(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
        Value::String(text) => format!("The text `{}`", shown(text)),
        Value::Array(_) => "A list".into(),
        Value::Object(_) => "An object (expressions are not supported yet)".into(),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (text, normal) in [
            ("12.5", Some("12.50")),
            ("0", Some("0.00")),
            ("-0.00", Some("0.00")),
            ("-3", Some("-3.00")),
            ("12.345", None),
            ("012", None),
            ("1e3", None),
            (".5", None),
            ("5.", None),
            ("1000", None),
        ] {
            assert_eq!(decimal(text, 5, 2).as_deref(), normal, "{text}");
        }
        assert_eq!(decimal("7", 3, 0).as_deref(), Some("7"));
        assert_eq!(decimal("0.25", 2, 2).as_deref(), Some("0.25"));
    }

    #[test]
    fn addresses() {
        assert_eq!(email("Ada.L+x@Example.co.uk").as_deref(), Some("ada.l+x@example.co.uk"));
        for bad in ["a@b", "a b@c.de", "@c.de", ".a@c.de", "a..b@c.de", "a@-c.de", "a@c.de\n", "a@b@c.de", "a'@c.de"] {
            assert_eq!(email(bad), None, "{bad}");
        }
        assert!(is_url("https://example.com:8080/a?b=c#d") && is_url("http://localhost"));
        for bad in ["javascript:alert(1)", "https://", "//x", "https://a b", "https://x\"y", "https://user@host/", "https://x..y", "ftp://x"] {
            assert!(!is_url(bad), "{bad}");
        }
    }
}
