//! Custom domains: their names, and what their owners have to set for them.

use super::RecordPurpose;
use serde::{Deserialize, Serialize};

/// The name of a custom domain, such as `www.example.com`: lower case, at least two labels, no final dot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type)]
#[serde(try_from = "String", into = "String")]
#[sqlx(transparent)]
pub struct DomainName(String);

/// Why a text is no name of a custom domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum DomainNameError {
    #[error("This is longer than the 253 characters that a host name can have.")]
    TooLong,
    #[error("A wildcard cannot be a custom domain. Add each name of its own.")]
    Wildcard,
    #[error("Letters beyond a–z are written in their ASCII form, such as `xn--bcher-kva.example`.")]
    NotAscii,
    #[error(
        "This must be a host name such as `www.example.com`: at least two labels, each with 1 to 63 of a–z, 0–9 and hyphens that stand at neither end, the last one not of digits alone."
    )]
    NotAHostName,
}

impl DomainName {
    /// Reads a host name (RFC 1123, 2.1) in any case, with or without a final dot.
    pub fn parse(text: &str) -> Result<Self, DomainNameError> {
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if !name.is_ascii() {
            return Err(DomainNameError::NotAscii);
        }
        if name.len() > 253 {
            return Err(DomainNameError::TooLong);
        }
        if name.split('.').next() == Some("*") {
            return Err(DomainNameError::Wildcard);
        }
        let fits = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let labels: Vec<&str> = name.split('.').collect();
        // A last label of digits alone would make an address of it.
        let numeric = labels.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
        if labels.len() >= 2 && labels.iter().all(|label| fits(label)) && !numeric { Ok(Self(name)) } else { Err(DomainNameError::NotAHostName) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this domain, or below it.
    pub fn is_within(&self, domain: &str) -> bool {
        self.0.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

impl std::fmt::Display for DomainName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for DomainName {
    type Error = DomainNameError;

    fn try_from(text: String) -> Result<Self, DomainNameError> {
        Self::parse(&text)
    }
}

impl From<DomainName> for String {
    fn from(name: DomainName) -> Self {
        name.0
    }
}

/// A record that the owner of a domain has to set where its zone is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsRecord {
    /// Its full name, without a final dot.
    pub name: String,
    /// `CNAME` …
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it leads, without a final dot.
    pub value: String,
    /// What it is for.
    pub purpose: RecordPurpose,
}

impl DnsRecord {
    /// One that leads to another name.
    pub fn cname(name: &str, value: &str, purpose: RecordPurpose) -> Self {
        let plain = |name: &str| name.trim_end_matches('.').to_owned();
        Self { name: plain(name), kind: "CNAME".to_owned(), value: plain(value), purpose }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_kept_in_lower_case_and_without_a_final_dot() {
        for (text, name) in [("www.example.com", "www.example.com"), ("WWW.Example.COM.", "www.example.com"), ("a.b", "a.b"), ("1-2.xn--p1ai", "1-2.xn--p1ai")]
        {
            assert_eq!(DomainName::parse(text).unwrap().as_str(), name);
        }
        assert!(DomainName::parse(&format!("{}.{}.{}.{}", "a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61))).is_ok());
    }

    #[test]
    fn what_is_no_host_name_is_refused_with_what_would_be_accepted() {
        use DomainNameError::{NotAHostName, NotAscii, TooLong, Wildcard};
        let long = format!("{}.{}.{}.{}", "a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(62));
        for (text, error) in [("*.example.com", Wildcard), ("bücher.example", NotAscii), (long.as_str(), TooLong)] {
            assert_eq!(DomainName::parse(text), Err(error), "{text}");
        }
        for text in [
            "",
            ".",
            "example",
            "example.",
            "a..b",
            ".a.b",
            "a.b..",
            "-a.example",
            "a-.example",
            "a_b.example",
            "a b.example",
            "http://a.example",
            "a.example/",
            "a.example:80",
            "127.0.0.1",
            "[::1]",
            "a.*.example",
            "a\0.example",
            &format!("{}.example", "a".repeat(64)),
        ] {
            assert_eq!(DomainName::parse(text), Err(NotAHostName), "{text}");
        }
    }

    #[test]
    fn a_domain_is_within_itself_and_those_above_it() {
        let name = DomainName::parse("www.apps.example.com").unwrap();
        assert!(name.is_within("apps.example.com") && name.is_within("www.apps.example.com") && name.is_within("com"));
        assert!(!name.is_within("pps.example.com") && !name.is_within("other.example.com"));
    }
}
