//! JSON in which a repeated key is a problem and not a silent choice.

use crate::model::{Problem, pointer_token};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::RefCell;
use std::fmt;

/// At most so many repeated keys are reported.
const MOST_PROBLEMS: usize = 100;

/// Reads JSON. Nesting deeper than 128 levels, text after the document and lone surrogates are refused.
pub fn read(bytes: &[u8]) -> Result<Value, Vec<Problem>> {
    let state = RefCell::new(State::default());
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Seed { state: &state }.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    let state = state.into_inner();
    match value {
        Ok(value) if state.problems.is_empty() => Ok(value),
        Ok(_) => Err(state.problems),
        Err(error) => {
            let detail = if error.to_string().starts_with("recursion limit") {
                format!("The document is nested deeper than 128 levels at line {}, column {}.", error.line(), error.column())
            } else {
                format!("This is not JSON: {error}.")
            };
            let pointer = state.path.concat();
            Err(vec![Problem { pointer, detail }])
        }
    }
}

#[derive(Default)]
struct State {
    path: Vec<String>,
    problems: Vec<Problem>,
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    state: &'a RefCell<State>,
}

impl Seed<'_> {
    /// Runs `read` one level deeper. After an error the path stays, because it leads to the place.
    fn within<T, E>(self, token: String, read: impl FnOnce(Self) -> Result<T, E>) -> Result<T, E> {
        self.state.borrow_mut().path.push(token);
        let value = read(self)?;
        self.state.borrow_mut().path.pop();
        Ok(value)
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = self.within(format!("/{}", all.len()), |seed| items.next_element_seed(seed))? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let token = format!("/{}", pointer_token(&key));
            let value = self.within(token, |seed| members.next_value_seed(seed))?;
            if all.contains_key(&key) {
                let mut state = self.state.borrow_mut();
                if state.problems.len() < MOST_PROBLEMS {
                    let pointer = format!("{}/{}", state.path.concat(), pointer_token(&key));
                    state.problems.push(Problem { pointer, detail: "This key stands twice in its object; only one of its values could count.".into() });
                }
            }
            all.insert(key, value);
        }
        Ok(Value::Object(all))
    }
}
