//! Valid and invalid values of fields, for the generated tests.

use super::literal::{Object, texts};
use crate::generate::escape;
use crate::model::{Constraint, Entity, Field, Model, Type, matches};
use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::Value;
use std::collections::BTreeSet;

/// How many different values a pattern gives at most.
const VARIANTS: usize = 12;

/// A TypeScript function from `n` to a valid record's own values.
pub fn function(model: &Model, entity: &Entity) -> String {
    if entity.fields.is_empty() {
        return "() => ({})".into();
    }
    let object = entity.fields.iter().fold(Object::default(), |object, field| object.code(&field.names.name, valid(model, entity, field)));
    format!("(n) => ({})", object.block(1))
}

/// A TypeScript expression over `n` for a valid value of a field, different for each `n` where the type allows.
fn valid(model: &Model, entity: &Entity, field: &Field) -> String {
    let item = item(model, entity, field);
    if !field.list {
        return item;
    }
    let length = field.min_length.unwrap_or(1).max(1);
    if length == 1 { format!("[{item}]") } else { format!("Array.from({{ length: {length} }}, () => {item})") }
}

fn item(model: &Model, entity: &Entity, field: &Field) -> String {
    let (min, max) = if field.list { (None, None) } else { (field.min_length, field.max_length) };
    if let Some(pattern) = &field.pattern {
        let variants = matching(pattern, min.unwrap_or(u32::from(field.required)), max.unwrap_or(255), &field.ty);
        return format!("make.pick(n, {})", texts(variants.iter().map(String::as_str)));
    }
    let range = || -> String {
        let limits: Vec<_> = [("min", &field.min), ("max", &field.max)]
            .into_iter()
            .filter_map(|(name, limit)| Some(format!("{name}: {}", escape::ts_value(limit.as_ref()?))))
            .collect();
        if limits.is_empty() { String::new() } else { format!(", {{ {} }}", limits.join(", ")) }
    };
    match &field.ty {
        Type::String | Type::Text => {
            let most = max.unwrap_or(255);
            format!("make.words(n, {}, {}, {most})", escape::ts(&field.names.label), min.unwrap_or(1).max(1))
        }
        Type::Integer | Type::Duration => format!("make.whole(n{})", range()),
        Type::Bigint => format!("make.large(n{})", range()),
        Type::Decimal { precision, scale } => format!("make.amount(n, {}, {scale}{})", precision - scale, range()),
        Type::Money { digits, .. } => format!("make.amount(n, 9, {digits}{})", range()),
        Type::Boolean => "n % 2 === 0".into(),
        Type::Date => format!("make.day(n, {}{})", ends_range(entity, field), range()),
        Type::Datetime => format!("make.instant(n, {}{})", ends_range(entity, field), range()),
        Type::Enum { index } => {
            let values = || model.enums[*index].values.iter();
            let counted: Vec<_> = values().filter(|value| !is_excepted(entity, field, &value.id)).collect();
            let names = if counted.is_empty() { values().collect() } else { counted };
            format!("make.pick(n, {})", texts(names.iter().map(|value| value.names.name.as_str())))
        }
        Type::Uuid => "crypto.randomUUID()".into(),
        Type::Email => "`person${n}@example.com`".into(),
        Type::Url => "`https://example.com/${n}`".into(),
        Type::Phone => "`+4930${1_000_000 + n}`".into(),
        Type::Slug { .. } => "`item-${n}`".into(),
        Type::Json => "{ n }".into(),
    }
}

/// 1 for a field that ends a range that another begins, so that the end comes after the start; else 0.
fn ends_range(entity: &Entity, field: &Field) -> u8 {
    let ends = entity.constraints.iter().any(|constraint| match constraint {
        Constraint::NoOverlap { end, .. } => entity.fields[*end].id == field.id,
        _ => false,
    });
    u8::from(ends)
}

/// Whether a record with this value may overlap with others.
fn is_excepted(entity: &Entity, field: &Field, value: &str) -> bool {
    entity.constraints.iter().any(|constraint| match constraint {
        Constraint::NoOverlap { except_field: Some(of), except, .. } => entity.fields[*of].id == field.id && except.iter().any(|id| id == value),
        _ => false,
    })
}

/// TypeScript expressions for values that a field must refuse.
pub fn invalid(field: &Field) -> Vec<String> {
    let mut values = Vec::new();
    if field.required && field.default.is_none() && !matches!(field.ty, Type::Slug { .. }) {
        values.push("null".to_owned());
    }
    if field.list {
        values.push("\"no list\"".into());
        let item = Field { list: false, required: false, min_length: None, max_length: None, ..field.clone() };
        values.extend(invalid(&item).into_iter().map(|value| format!("[{value}]")));
        return values;
    }
    values.extend(wrong_forms(&field.ty).iter().map(|&value| value.to_owned()));
    let textual = matches!(field.ty, Type::String | Type::Text | Type::Email | Type::Url | Type::Slug { .. });
    let most = field.max_length.or((field.ty == Type::String).then_some(255));
    if textual && let Some(most) = most {
        values.push(format!("\"x\".repeat({})", most + 1));
    }
    if let Some(least) = field.min_length.filter(|least| textual && *least > 1) {
        values.push(format!("\"x\".repeat({})", least - 1));
    }
    if let Some(pattern) = &field.pattern {
        values.extend(["!?", "0", "a", "~ ~"].into_iter().find(|text| !matches(pattern, text)).map(escape::ts));
    }
    values.extend(field.min.as_ref().and_then(|min| beyond(&field.ty, min, false)));
    values.extend(field.max.as_ref().and_then(|max| beyond(&field.ty, max, true)));
    values
}

fn wrong_forms(ty: &Type) -> &'static [&'static str] {
    match ty {
        Type::String | Type::Text => &["7"],
        Type::Integer => &["1.5"],
        Type::Bigint => &["\"99999999999999999999\"", "\"12a\""],
        Type::Decimal { .. } | Type::Money { .. } => &["\"twelve\""],
        Type::Boolean => &["\"yes\""],
        Type::Date => &["\"2026-02-30\"", "\"0000-12-31\""],
        Type::Datetime => &["\"yesterday\"", "\"0001-01-01T00:00:00+12:00\"", "\"9999-12-31T23:59:59-12:00\""],
        Type::Duration => &["\"1h\""],
        Type::Enum { .. } => &["\"no such value\""],
        Type::Uuid => &["\"1234\""],
        Type::Email => &["\"nobody\""],
        Type::Url => &["\"javascript:alert(1)\""],
        Type::Phone => &["\"0123\""],
        Type::Slug { .. } => &["\"Not A Slug\""],
        Type::Json => &["\"x\".repeat(70_000)", "\"\\0\"", "JSON.parse(\"[\".repeat(1000) + \"]\".repeat(1000))"],
    }
}

fn beyond(ty: &Type, limit: &Value, above: bool) -> Option<String> {
    match ty {
        Type::Integer | Type::Duration => {
            let limit = limit.as_i64()?;
            Some((if above { limit.checked_add(1)? } else { limit.checked_sub(1)? }).to_string())
        }
        Type::Date => Some(if above { "\"9999-12-31\"" } else { "\"0001-01-01\"" }.to_owned()).filter(|value| Some(value.trim_matches('"')) != limit.as_str()),
        Type::Datetime => Some(if above { "\"9999-12-31T23:59:59Z\"" } else { "\"0001-01-01T00:00:00Z\"" }.to_owned())
            .filter(|value| Some(value.trim_matches('"')) != limit.as_str()),
        // Beyond the limit, or beyond what the type holds: refused either way.
        Type::Bigint | Type::Decimal { .. } | Type::Money { .. } => {
            let limit = limit.as_str()?;
            let whole = limit.trim_start_matches('-').split('.').next()?;
            Some(format!("\"{}9{whole}\"", if above { "" } else { "-" }))
        }
        _ => None,
    }
}

/// Different texts that match a pattern and have a length within bounds.
fn matching(pattern: &str, min: u32, max: u32, ty: &Type) -> Vec<String> {
    let fits = |text: &str| {
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        (min..=max).contains(&length)
    };
    let plain = |number: usize| match ty {
        Type::Email => format!("person{number}@example.com"),
        Type::Url => format!("https://example.com/{number}"),
        Type::Phone => format!("+4930{}", 1_000_000 + number),
        Type::Slug { .. } => format!("item-{number}"),
        _ => format!("Sample {number}"),
    };
    if fits(&plain(1)) && matches(pattern, &plain(1)) {
        return (0..VARIANTS).map(plain).filter(|text| fits(text) && matches(pattern, text)).collect();
    }
    let mut found = BTreeSet::new();
    let Ok(hir) = regex_syntax::parse(pattern) else { return Vec::new() };
    for extra in 0..=max.min(64) {
        for number in 0..VARIANTS {
            if found.len() >= VARIANTS {
                return found.into_iter().collect();
            }
            let mut text = String::new();
            let mut choice = number;
            write(&hir, extra, &mut choice, &mut text);
            if fits(&text) {
                found.insert(text);
            }
        }
    }
    found.into_iter().collect()
}

/// Writes one text that matches; `choice` picks among the alternatives, `extra` is how often more than needed things repeat.
fn write(hir: &Hir, extra: u32, choice: &mut usize, text: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.push(member(class, choice)),
        HirKind::Capture(capture) => write(&capture.sub, extra, choice, text),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            for _ in 0..repetition.min.saturating_add(extra).min(most) {
                write(&repetition.sub, extra, choice, text);
            }
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, extra, choice, text)),
        HirKind::Alternation(options) => {
            let option = &options[*choice % options.len()];
            write(option, extra, choice, text);
        }
    }
}

/// A character of a class, a letter or digit where there is one.
fn member(class: &Class, choice: &mut usize) -> char {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect(),
    };
    let ascii: Vec<char> = (' '..='~').filter(|c| ranges.iter().any(|(start, end)| (*start..=*end).contains(c))).collect();
    let plain: Vec<char> = ascii.iter().copied().filter(char::is_ascii_alphanumeric).collect();
    let candidates = if plain.is_empty() { ascii } else { plain };
    let index = *choice;
    *choice = choice.wrapping_mul(7).wrapping_add(3);
    match candidates.get(index % candidates.len().max(1)) {
        Some(c) => *c,
        None => ranges.first().map_or('x', |(start, _)| *start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_give_texts_that_match_them() {
        for pattern in ["[A-Z]{2}[0-9]{4}", "(foo|bar)-[a-z]+", "[0-9A-F]{8}", "a?b*c+"] {
            let found = matching(pattern, 1, 20, &Type::String);
            assert!(!found.is_empty(), "{pattern}");
            assert!(found.iter().all(|text| matches(pattern, text)), "{pattern}: {found:?}");
        }
    }
}
