//! What an organization may have at most.

use super::states::Quota;

/// How much of each thing an organization may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Quotas {
    pub apps: i64,
    pub previews: i64,
    pub running_builds: i64,
    pub waiting_builds: i64,
    /// In bytes.
    pub storage: i64,
    /// In a minute.
    pub requests: i64,
}

impl Quotas {
    /// How much of one thing.
    pub const fn of(&self, quota: Quota) -> i64 {
        match quota {
            Quota::Apps => self.apps,
            Quota::Previews => self.previews,
            Quota::RunningBuilds => self.running_builds,
            Quota::WaitingBuilds => self.waiting_builds,
            Quota::Storage => self.storage,
            Quota::Requests => self.requests,
        }
    }

    /// With another value for one thing.
    #[must_use]
    pub const fn with(mut self, quota: Quota, value: i64) -> Self {
        match quota {
            Quota::Apps => self.apps = value,
            Quota::Previews => self.previews = value,
            Quota::RunningBuilds => self.running_builds = value,
            Quota::WaitingBuilds => self.waiting_builds = value,
            Quota::Storage => self.storage = value,
            Quota::Requests => self.requests = value,
        }
        self
    }
}

impl Quota {
    /// The smallest and the largest that an operator can allow.
    pub const fn range(self) -> (i64, i64) {
        match self {
            Self::Apps | Self::Previews | Self::WaitingBuilds => (0, 1_000_000),
            // An organization whose builds never run, or that is never answered, would not know why.
            Self::RunningBuilds => (1, 10_000),
            Self::Requests => (10, 10_000_000),
            Self::Storage => (0, 1 << 50),
        }
    }

    /// Reads a value that an operator gives: a number; of storage, bytes or a number with `KiB`, `MiB`, `GiB` or `TiB` behind it.
    pub fn read(self, text: &str) -> Result<i64, String> {
        let (least, most) = self.range();
        let accepted = || match self {
            Self::Storage => format!("{text:?} was found; `{self}` must be bytes, or a number with KiB, MiB, GiB or TiB behind it, up to 1024TiB"),
            _ => format!("{text:?} was found; `{self}` must be a number from {least} to {most}"),
        };
        let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];
        let unit = units.iter().find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, *shift))).filter(|_| self == Self::Storage);
        let (digits, shift) = unit.unwrap_or((text, 0));
        let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<i64>().ok()).flatten();
        let value = number.and_then(|number| number.checked_mul(1 << shift)).filter(|value| (least..=most).contains(value));
        value.ok_or_else(accepted)
    }

    /// A value as people read it.
    pub fn words(self, value: i64) -> String {
        if self != Self::Storage {
            return value.to_string();
        }
        let units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
        let Some((unit, shift)) = units.into_iter().find(|(_, shift)| value >= 1 << shift) else { return format!("{value} bytes") };
        // To the tenth, rounded down.
        let tenths = (i128::from(value) * 10) >> shift;
        if tenths % 10 == 0 { format!("{} {unit}", tenths / 10) } else { format!("{}.{} {unit}", tenths / 10, tenths % 10) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_gives_is_read_or_refused_with_what_would_be_accepted() {
        assert_eq!(Quota::Apps.read("0"), Ok(0));
        assert_eq!(Quota::Storage.read("20GiB"), Ok(20 << 30));
        assert_eq!(Quota::Storage.read("1024TiB"), Ok(1 << 50));
        assert_eq!(Quota::Storage.read("12345"), Ok(12_345));
        for (quota, text) in [
            (Quota::Apps, "-1"),
            (Quota::Apps, "1GiB"),
            (Quota::Apps, ""),
            (Quota::Apps, "+1"),
            (Quota::RunningBuilds, "0"),
            (Quota::Requests, "9"),
            (Quota::Storage, "1GB"),
            (Quota::Storage, "GiB"),
            (Quota::Storage, "9999999999TiB"),
            (Quota::Storage, "1025TiB"),
        ] {
            let refused = quota.read(text).unwrap_err();
            assert!(refused.contains(&format!("`{quota}` must be")), "{refused}");
        }
    }

    #[test]
    fn bytes_are_said_in_words() {
        let words = |value| Quota::Storage.words(value);
        assert_eq!(
            [words(0), words(1023), words(1024), words(1536), words(10 << 30), words((10 << 30) - 1)],
            ["0 bytes", "1023 bytes", "1 KiB", "1.5 KiB", "10 GiB", "9.9 GiB"]
        );
        assert_eq!(Quota::Apps.words(2048), "2048");
    }
}
