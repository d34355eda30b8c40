//! From one shape to another: the expression that converts, and the condition under which something is lost.

use super::sql::literal;
use super::state::{Holds, Shape};
use crate::model::{Enum, Model};

/// A conversion of an expression. Both are total: what does not convert becomes null, and nothing raises an error.
#[derive(Debug)]
pub struct Conversion {
    /// The converted value.
    pub value: String,
    /// True for a value that is not null and does not survive; none when every value survives.
    pub lossy: Option<String>,
}

/// Converts `from` to `to`; none when there is no way at all (a relation's key means nothing elsewhere).
pub fn convert(model: &Model, value: &str, from: &Shape, to: &Shape) -> Option<Conversion> {
    if from == to {
        return Some(Conversion { value: value.to_owned(), lossy: None });
    }
    let relation = |shape: &Shape| matches!(shape.holds, Holds::Relation { .. });
    if relation(from) || relation(to) {
        return None;
    }
    let one = |item: &str| (scalar(model, item, &from.holds, &to.holds), lossy(model, item, &from.holds, &to.holds));
    Some(match (from.list, to.list) {
        (false, false) => {
            let (value, lossy) = one(value);
            Conversion { value, lossy }
        }
        (true, false) if to.holds == Holds::Json => Conversion { value: format!("to_jsonb({})", list(model, value, &from.holds, &Holds::Text)), lossy: None },
        (false, true) => {
            let (item, lossy) = one(value);
            Conversion { value: format!("CASE WHEN {value} IS NOT NULL THEN array_remove(ARRAY[{item}], NULL) END"), lossy }
        }
        (true, false) => {
            let (item, item_lossy) = one(&format!("({value})[1]"));
            let many = format!("cardinality({value}) > 1");
            Conversion { value: item, lossy: Some(item_lossy.map_or(many.clone(), |item| format!("({many} OR {item})"))) }
        }
        (true, true) => Conversion { value: list(model, value, &from.holds, &to.holds), lossy: lossy_item(model, value, &from.holds, &to.holds) },
    })
}

/// A list converted item by item; an item that does not convert is left out.
fn list(model: &Model, value: &str, from: &Holds, to: &Holds) -> String {
    let item = scalar(model, "item", from, to);
    format!(
        "CASE WHEN {value} IS NOT NULL THEN ARRAY(SELECT {item} FROM unnest({value}) WITH ORDINALITY AS items (item, place) \
         WHERE ({item}) IS NOT NULL ORDER BY place)::{}[] END",
        to.sql_type()
    )
}

fn lossy_item(model: &Model, value: &str, from: &Holds, to: &Holds) -> Option<String> {
    lossy(model, "item", from, to).map(|lossy| format!("EXISTS (SELECT FROM unnest({value}) AS items (item) WHERE {lossy})"))
}

fn scalar(model: &Model, value: &str, from: &Holds, to: &Holds) -> String {
    use Holds::{Bigint, Boolean, Date, Datetime, Enum, Integer, Json, Numeric, Text, Uuid};
    let cast = |text: String, form: &str| {
        let ty = to.sql_type();
        format!("CASE WHEN {text} ~ {} THEN \"_slipform\".\"try_cast\"({text}, {})::{ty} END", literal(form), literal(&ty))
    };
    match (from, to) {
        (from, to) if from == to => value.to_owned(),
        (Integer | Bigint | Numeric { .. } | Uuid | Boolean, Text) => format!("({value})::text"),
        (Date, Text) => format!("to_char({value}, 'YYYY-MM-DD')"),
        (Datetime, Text) => format!("to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"),
        (Json, Text) => format!("({value} #>> '{{}}')"),
        (Enum { id }, Text) => enum_case(model, value, id, |value| (literal(&value.id), literal(&value.names.name)), value),
        (Text, Enum { id }) => enum_case(model, value, id, |value| (literal(&value.names.name), literal(&value.id)), "NULL"),
        (Integer | Bigint | Numeric { .. } | Boolean | Text, Json) => format!("to_jsonb({value})"),
        (from, Json) => format!("to_jsonb({})", scalar(model, value, from, &Text)),
        (Integer, Bigint) => format!("({value})::bigint"),
        (Integer | Bigint | Numeric { .. }, Integer | Bigint | Numeric { .. }) => {
            let rounded = if matches!((from, to), (Numeric { .. }, Integer | Bigint)) { format!("round({value})") } else { format!("({value})") };
            let ty = to.sql_type();
            format!("\"_slipform\".\"try_cast\"({rounded}::text, {})::{ty}", literal(&ty))
        }
        (Boolean, Integer) => format!("({value})::integer"),
        (Boolean, Bigint | Numeric { .. }) => format!("({value})::integer::{}", to.sql_type()),
        (Integer | Bigint | Numeric { .. }, Boolean) => format!("({value} <> 0)"),
        (Date, Datetime) => format!("(({value})::timestamp AT TIME ZONE 'UTC')"),
        (Datetime, Date) => format!("({value} AT TIME ZONE 'UTC')::date"),
        (Text, Integer | Bigint | Numeric { .. }) => cast(format!("trim({value})"), r"^[-+]?[0-9]+([.][0-9]+)?$"),
        (Text, Date) => cast(format!("trim({value})"), r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        (Text, Datetime) => cast(format!("trim({value})"), r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}|$)"),
        (Text, Uuid) => cast(format!("trim({value})"), r"^[0-9a-fA-F-]{32,36}$"),
        (Text, Boolean) => format!("CASE lower(trim({value})) WHEN 'true' THEN true WHEN 'yes' THEN true WHEN 'false' THEN false WHEN 'no' THEN false END"),
        (from, to) => scalar(model, &format!("({})", scalar(model, value, from, &Text)), &Text, to),
    }
}

/// `CASE` over the values of an enum; the enum may be gone from the design, then only `otherwise` is left.
fn enum_case(model: &Model, value: &str, id: &str, pair: impl Fn(&crate::model::EnumValue) -> (String, String), otherwise: &str) -> String {
    let Some(Enum { values, .. }) = model.enums.iter().find(|candidate| candidate.id == id) else { return otherwise.to_owned() };
    let arms: Vec<_> = values.iter().map(pair).map(|(when, then)| format!("WHEN {when} THEN {then}")).collect();
    format!("CASE {value} {} ELSE {otherwise} END", arms.join(" "))
}

/// When a value does not survive; none when every value does.
fn lossy(model: &Model, value: &str, from: &Holds, to: &Holds) -> Option<String> {
    use Holds::{Bigint, Boolean, Date, Datetime, Integer, Json, Numeric, Text};
    let converted = || scalar(model, value, from, to);
    match (from, to) {
        (from, to) if from == to => None,
        (_, Text | Json) | (Integer, Bigint) | (Date, Datetime) | (Boolean, Integer | Bigint) => None,
        (Boolean, Numeric { precision, scale }) if precision > scale => None,
        (Integer | Bigint | Numeric { .. }, Integer | Bigint | Numeric { .. }) => {
            Some(format!("({value} IS NOT NULL AND ({})::numeric IS DISTINCT FROM ({value})::numeric)", converted()))
        }
        (Integer | Bigint | Numeric { .. }, Boolean) => Some(format!("({value} NOT IN (0, 1))")),
        (Datetime, Date) => Some(format!("(({value} AT TIME ZONE 'UTC')::time <> '00:00')")),
        _ => Some(format!("({value} IS NOT NULL AND ({}) IS NULL)", converted())),
    }
}
