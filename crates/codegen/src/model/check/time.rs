//! Days and instants in text, without a clock and without a calendar library.

/// A day `YYYY-MM-DD` of the years 0001 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: i64,
    month: i64,
    of_month: i64,
}

impl Day {
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let (year, month, day) = (number(&bytes[..4])?, number(&bytes[5..7])?, number(&bytes[8..])?);
        (year >= 1 && (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month)).then_some(Self { year, month, of_month: day })
    }

    /// Days since 1970-01-01 (Howard Hinnant's `days_from_civil`).
    fn since_epoch(self) -> i64 {
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((self.month + 9) % 12) + 2) / 5 + self.of_month - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// The inverse of `since_epoch`.
    fn from_epoch(days: i64) -> Self {
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        Self { year: year_of_era + era * 400 + i64::from(month <= 2), month, of_month: day }
    }
}

/// An RFC 3339 instant, as UTC with milliseconds: `2026-05-01T08:30:00.000Z`, the form that JavaScript writes.
/// None when it is no such text, or more exact than a millisecond.
pub fn instant(text: &str) -> Option<String> {
    if !text.is_ascii() || text.len() < 20 {
        return None;
    }
    let bytes = text.as_bytes();
    let day = Day::parse(&text[..10])?;
    if !matches!(bytes[10], b'T' | b't') || bytes[13] != b':' || bytes[16] != b':' {
        return None;
    }
    let (hour, minute, second) = (number(&bytes[11..13])?, number(&bytes[14..16])?, number(&bytes[17..19])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (fraction, zone) = match text[19..].strip_prefix('.') {
        Some(rest) => rest.split_at(rest.find(|letter: char| !letter.is_ascii_digit())?),
        None => ("000", &text[19..]),
    };
    let digits = fraction.trim_end_matches('0');
    if fraction.is_empty() || digits.len() > 3 {
        return None;
    }
    let offset = offset_minutes(zone)?;
    let minutes = day.since_epoch() * 1_440 + hour * 60 + minute - offset;
    let utc = Day::from_epoch(minutes.div_euclid(1_440));
    if !(1..=9_999).contains(&utc.year) {
        return None;
    }
    let of_day = minutes.rem_euclid(1_440);
    Some(format!("{:04}-{:02}-{:02}T{:02}:{:02}:{second:02}.{digits:0<3}Z", utc.year, utc.month, utc.of_month, of_day / 60, of_day % 60))
}

fn offset_minutes(zone: &str) -> Option<i64> {
    let bytes = zone.as_bytes();
    match bytes {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (number(&bytes[1..3])?, number(&bytes[4..6])?);
            let total = hours * 60 + minutes;
            (hours <= 23 && minutes <= 59).then_some(if *sign == b'-' { -total } else { total })
        }
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        for good in ["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            let day = Day::parse(good).expect(good);
            assert_eq!(Day::from_epoch(day.since_epoch()), day);
        }
        for bad in ["2023-02-29", "1900-02-29", "2023-13-01", "2023-00-01", "0000-01-01", "2023-1-01", "+023-01-01", "２023-01-1"] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
        assert_eq!(Day::parse("1970-01-01").map(Day::since_epoch), Some(0));
    }

    #[test]
    fn instants() {
        for (given, utc) in [
            ("2026-05-01T08:30:00Z", "2026-05-01T08:30:00.000Z"),
            ("2026-01-01T00:30:00.5+02:00", "2025-12-31T22:30:00.500Z"),
            ("2026-02-28T23:30:00-01:00", "2026-03-01T00:30:00.000Z"),
        ] {
            assert_eq!(instant(given).as_deref(), Some(utc));
        }
        for bad in [
            "2026-05-01",
            "2026-05-01T08:30:00",
            "2026-05-01T24:00:00Z",
            "2026-05-01T08:30:00.Z",
            "2026-05-01T08:30:00.1234Z",
            "0001-01-01T00:00:00+01:00",
            "2026-05-01 08:30:00Z",
        ] {
            assert_eq!(instant(bad), None, "{bad}");
        }
    }
}
