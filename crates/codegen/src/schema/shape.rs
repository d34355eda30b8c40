//! What a field is in SQL: its shape, its type, and its JSON values as literals.

use super::sql::literal;
use super::state::{Holds, Shape};
use crate::model::{Enum, Field, Model, Target, Type};
use serde_json::Value;

/// The shape of a field.
pub fn of_field(model: &Model, field: &Field) -> Shape {
    let holds = match &field.ty {
        Type::String | Type::Text | Type::Email | Type::Url | Type::Phone | Type::Slug { .. } => Holds::Text,
        Type::Integer => Holds::Integer,
        Type::Bigint | Type::Duration => Holds::Bigint,
        Type::Decimal { precision, scale } => Holds::Numeric { precision: *precision, scale: *scale },
        Type::Money { digits, .. } => Holds::Numeric { precision: 19, scale: *digits },
        Type::Boolean => Holds::Boolean,
        Type::Date => Holds::Date,
        Type::Datetime => Holds::Datetime,
        Type::Enum { index } => Holds::Enum { id: model.enums[*index].id.clone() },
        Type::Uuid => Holds::Uuid,
        Type::Json => Holds::Json,
    };
    Shape { holds, list: field.list }
}

/// The shape of a key-keeping relation.
pub fn of_target(model: &Model, target: Target) -> Shape {
    Shape { holds: Holds::Relation { target: target_id(model, target) }, list: false }
}

/// Id of a relation's target.
pub fn target_id(model: &Model, target: Target) -> String {
    match target {
        Target::User => "user".to_owned(),
        Target::Entity(index) => model.entities[index].id.clone(),
    }
}

impl Holds {
    /// The SQL type of one value.
    pub fn sql_type(&self) -> String {
        match self {
            Self::Text | Self::Enum { .. } => "text".to_owned(),
            Self::Integer => "integer".to_owned(),
            Self::Bigint => "bigint".to_owned(),
            Self::Numeric { precision, scale } => format!("numeric({precision}, {scale})"),
            Self::Boolean => "boolean".to_owned(),
            Self::Date => "date".to_owned(),
            Self::Datetime => "timestamptz".to_owned(),
            Self::Uuid | Self::Relation { .. } => "uuid".to_owned(),
            Self::Json => "jsonb".to_owned(),
        }
    }
}

impl Shape {
    /// The SQL type.
    pub fn sql_type(&self) -> String {
        let one = self.holds.sql_type();
        if self.list { format!("{one}[]") } else { one }
    }

    /// Whether a column of this shape can become `wider` where it stands: the same numbers with more room.
    pub fn widens_to(&self, wider: &Self) -> bool {
        match (&self.holds, &wider.holds) {
            (Holds::Numeric { precision: p, scale: s }, Holds::Numeric { precision: q, scale: t }) => self.list == wider.list && t >= s && q - t >= p - s,
            _ => false,
        }
    }
}

/// A field's value in the API's JSON form as a typed SQL expression. Says what is wrong with a value that does not fit.
pub fn value(model: &Model, field: &Field, json: &Value) -> Result<String, String> {
    if json.is_null() && field.ty != Type::Json {
        return Ok("NULL".to_owned());
    }
    if !field.list {
        return one(model, &field.ty, json);
    }
    let items = json.as_array().ok_or("a list is wanted")?;
    let items = items.iter().map(|item| one(model, &field.ty, item)).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("ARRAY[{}]::{}", items.join(", "), of_field(model, field).sql_type()))
}

fn one(model: &Model, ty: &Type, json: &Value) -> Result<String, String> {
    let text = || json.as_str().ok_or_else(|| format!("a string is wanted, not {json}"));
    let number = |wanted: &str| match json {
        Value::Number(number) => Ok(number.to_string()),
        Value::String(text) if is_number(text) => Ok(text.clone()),
        _ => Err(format!("{wanted} is wanted, not {json}")),
    };
    match ty {
        Type::String | Type::Text | Type::Url | Type::Phone | Type::Slug { .. } => Ok(literal(text()?)),
        Type::Email => Ok(literal(&text()?.to_lowercase())),
        Type::Integer => {
            json.as_i64().and_then(|n| i32::try_from(n).ok()).map(|n| n.to_string()).ok_or_else(|| format!("a whole number of 32 bits is wanted, not {json}"))
        }
        Type::Bigint | Type::Duration => {
            let digits = number("a whole number")?;
            digits.parse::<i64>().map(|n| n.to_string()).map_err(|_| format!("a whole number of 64 bits is wanted, not {json}"))
        }
        Type::Decimal { precision, scale } => fitting(number("a number")?, *precision, *scale),
        Type::Money { digits, .. } => fitting(number("an amount")?, 19, *digits),
        Type::Boolean => json.as_bool().map(|b| b.to_string()).ok_or_else(|| format!("true or false is wanted, not {json}")),
        Type::Date => shaped(text()?, "dddd-dd-dd").map(|text| format!("{}::date", literal(text))),
        Type::Datetime => shaped(text()?, "dddd-dd-ddTdd:dd").map(|text| format!("{}::timestamptz", literal(text))),
        Type::Enum { index } => enum_value(&model.enums[*index], text()?).map(literal),
        Type::Uuid => uuid::Uuid::parse_str(text()?).map(|id| format!("'{id}'::uuid")).map_err(|_| format!("a UUID is wanted, not {json}")),
        Type::Json => Ok(format!("{}::jsonb", literal(&json.to_string()))),
    }
}

/// Id of an enum's value by its name, which the API uses, or else by its id.
fn enum_value<'a>(of: &'a Enum, text: &str) -> Result<&'a str, String> {
    let by_name = of.values.iter().find(|value| value.names.name == text);
    by_name.or_else(|| of.values.iter().find(|value| value.id == text)).map(|value| value.id.as_str()).ok_or_else(|| {
        let names: Vec<_> = of.values.iter().map(|value| value.names.name.as_str()).collect();
        format!("one of {} is wanted, not {text:?}", names.join(", "))
    })
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

fn fitting(number: String, precision: u8, scale: u8) -> Result<String, String> {
    let digits = number.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fits = is_number(&number)
        && whole.trim_start_matches('0').len() <= usize::from(precision - scale)
        && fraction.trim_end_matches('0').len() <= usize::from(scale);
    if fits {
        Ok(number)
    } else {
        Err(format!("a number with at most {} digits before and {scale} after the point is wanted, not {number}", precision - scale))
    }
}

/// The text, if it begins as the pattern says (`d` for a digit).
fn shaped<'a>(text: &'a str, pattern: &str) -> Result<&'a str, String> {
    let fits = text.len() >= pattern.len() && text.bytes().zip(pattern.bytes()).all(|(b, p)| if p == b'd' { b.is_ascii_digit() } else { b == p });
    if fits {
        Ok(text)
    } else {
        Err(format!("{} is wanted, not {text:?}", if pattern.contains('T') { "a time such as 2026-01-31T12:00:00Z" } else { "a day such as 2026-01-31" }))
    }
}
