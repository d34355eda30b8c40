//! What requests hold and JSON has no type for: read at the edge, within limits.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde::de::{Deserialize, Deserializer, Error as _};

/// A moment as RFC 3339 writes it, in a year that every part of Slipform can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(pub DateTime<Utc>);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = DateTime::parse_from_rfc3339(&text).ok().map(|at| at.to_utc());
        // A blank instead of the T is read elsewhere, and is no `date-time` of JSON Schema.
        let fine = read.filter(|at| (0..=9999).contains(&at.year()) && text.as_bytes().get(10).is_some_and(|b| b.eq_ignore_ascii_case(&b'T')));
        fine.map(Self).ok_or_else(|| D::Error::custom("it must be a moment of the years 0 to 9999 such as 2026-01-31T12:00:00Z"))
    }
}

/// A day as RFC 3339 writes it, in a year that every part of Slipform can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub NaiveDate);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let spelled = text.len() == 10 && text.bytes().enumerate().all(|(at, b)| if matches!(at, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
        let fine = text.parse::<NaiveDate>().ok().filter(|day| spelled && day.year() > 0);
        fine.map(Self).ok_or_else(|| D::Error::custom("it must be a day of the years 1 to 9999 such as 2026-01-31"))
    }
}

/// Text of at most so many characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MOST: usize>(pub String);

impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.chars().count() > MOST {
            return Err(D::Error::custom(format_args!("it can have {MOST} characters")));
        }
        Ok(Self(text))
    }
}

/// A key that may be left out, but is not null: `#[serde(default, deserialize_with = "given")]`.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn moments_are_those_of_rfc_3339_in_years_that_exist() {
        for fine in ["2026-01-31T12:00:00Z", "2026-01-31t12:00:00.123456+01:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
            assert!(from_value::<Instant>(json!(fine)).is_ok(), "{fine}");
        }
        for wrong in
            ["-9999-01-01T00:00:00Z", "+262000-01-01T00:00:00Z", "2026-01-31 12:00:00Z", "2026-01-31", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59-01:00", ""]
        {
            assert!(from_value::<Instant>(json!(wrong)).is_err(), "{wrong}");
        }
        assert!(from_value::<Instant>(json!(1)).is_err());
    }

    #[test]
    fn days_are_those_of_rfc_3339_in_years_that_exist() {
        for fine in ["2026-01-31", "0001-01-01", "9999-12-31"] {
            assert!(from_value::<Day>(json!(fine)).is_ok(), "{fine}");
        }
        for wrong in ["0000-01-01", "-999-01-01", "+9999-1-01", "2026-1-31", "2026-02-30", "2026-01-31T00:00:00Z", "today", ""] {
            assert!(from_value::<Day>(json!(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn text_is_counted_in_characters() {
        assert_eq!(from_value(json!("ääää")).ok(), Some(Text::<4>("ääää".into())));
        assert!(from_value::<Text<4>>(json!("ääääa")).is_err());
    }
}
