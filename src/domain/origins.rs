//! Web origins (RFC 6454) whose pages may call the API from a browser.

use reqwest::Url;
use std::str::FromStr;

/// Which origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// Every one. Credentials are bearer tokens, which no browser sends by itself.
    Any,
    /// These, as a browser writes them: `https://editor.example.com`.
    These(Vec<String>),
}

impl Default for Origins {
    fn default() -> Self {
        Self::These(Vec::new())
    }
}

/// An entry is no origin.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no origin such as https://editor.example.com")]
pub struct NoOrigin(String);

impl FromStr for Origins {
    type Err = NoOrigin;

    /// `*`, or origins separated by commas.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(origin).collect::<Result<_, _>>().map(Self::These)
    }
}

/// Compared byte by byte later, so that it has to be written as browsers write it.
fn origin(entry: &str) -> Result<String, NoOrigin> {
    let parsed = Url::parse(entry).ok().filter(|url| matches!(url.scheme(), "http" | "https") && !entry.contains('*'));
    let written = parsed.map(|url| url.origin().ascii_serialization());
    match written {
        Some(written) if written.eq_ignore_ascii_case(entry.trim_end_matches('/')) => Ok(written),
        _ => Err(NoOrigin(entry.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        assert_eq!("*".parse(), Ok(Origins::Any));
        assert_eq!("".parse(), Ok(Origins::default()));
        let two = "https://Editor.example.com/, http://localhost:5173".parse();
        assert_eq!(two, Ok(Origins::These(vec!["https://editor.example.com".into(), "http://localhost:5173".into()])));
        for wrong in [
            "null",
            "editor.example.com",
            "https://a.example/path",
            "https://*.example.com",
            "ftp://a.example",
            "https://user@a.example",
            "https://a.example,*",
        ] {
            assert!(wrong.parse::<Origins>().is_err(), "{wrong}");
        }
        assert!("https://a.example:443".parse::<Origins>().is_err(), "a browser never writes the port that goes without saying");
    }
}
