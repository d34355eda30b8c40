//! From bytes to a [`Design`]: size, JSON, version, keys and kinds of values.

use super::shape;
use super::strict;
use super::{Design, FORMAT_VERSION};
use crate::model::Problem;
use serde_json::Value;

/// Largest design document, in bytes.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;

/// Reads a document. All problems of its shape are returned: keys that are unknown, missing or repeated, and values of
/// the wrong kind. What the document means is checked by [`crate::model::Model::check`].
pub fn parse(bytes: &[u8]) -> Result<Design, Vec<Problem>> {
    if bytes.len() > MOST_BYTES {
        return Err(vec![problem("", format!("The design has {} bytes; at most {MOST_BYTES} are accepted.", bytes.len()))]);
    }
    from_value(&strict::read(bytes)?)
}

/// As [`parse`], of a document that is already JSON.
pub fn from_value(value: &Value) -> Result<Design, Vec<Problem>> {
    version(value)?;
    shape::check(value)?;
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = pointer(error.path());
        vec![problem(&pointer, format!("This cannot be read: {}.", error.into_inner()))]
    })
}

/// Before anything else: another format has other keys.
fn version(value: &Value) -> Result<(), Vec<Problem>> {
    let Some(members) = value.as_object() else {
        return Err(vec![problem("", "A design is a JSON object.".into())]);
    };
    match members.get("formatVersion") {
        Some(found) if found.as_u64() == Some(u64::from(FORMAT_VERSION)) => Ok(()),
        Some(found) => {
            Err(vec![problem("/formatVersion", format!("This is format {}; this version of Slipform reads format {FORMAT_VERSION}.", short(found)))])
        }
        None => Err(vec![problem("", format!("The key `formatVersion` is missing; accepted is {FORMAT_VERSION}."))]),
    }
}

fn short(value: &Value) -> String {
    crate::model::shown(&value.to_string())
}

fn problem(pointer: &str, detail: String) -> Problem {
    Problem { pointer: pointer.to_owned(), detail }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } | Segment::Enum { variant: key } => format!("/{}", crate::model::pointer_token(key)),
            Segment::Unknown => String::new(),
        })
        .collect()
}
