//! What people type, checked at the edge of a use case. All problems of an input are collected.

use crate::domain::error::{Error, Result};
use slipform_codegen::model::Problem;

/// Collects problems.
#[derive(Debug, Default)]
pub(super) struct Check(Vec<Problem>);

impl Check {
    /// A problem at `pointer` unless `fine`.
    pub fn that(&mut self, fine: bool, pointer: &str, detail: &str) -> &mut Self {
        if !fine {
            self.0.push(Problem { pointer: pointer.to_owned(), detail: detail.to_owned() });
        }
        self
    }

    /// A short name that stands in addresses.
    pub fn slug(&mut self, slug: &str, pointer: &str, longest: usize) -> &mut Self {
        let letters = slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let hyphens = !slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--");
        let fine = (1..=longest).contains(&slug.len()) && letters && hyphens && uuid::Uuid::parse_str(slug).is_err();
        let detail = format!("This must be 1 to {longest} of a–z, 0–9 and single hyphens between them, and not have the form of an id.");
        self.that(fine, pointer, &detail)
    }

    /// A name for people.
    pub fn name(&mut self, name: &str, pointer: &str) -> &mut Self {
        let fine = name.trim() == name && (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        self.that(fine, pointer, "This must have 1 to 100 characters on one line, without spaces at its ends.")
    }

    /// The end: an error if there was any problem.
    pub fn done(&mut self, detail: &str) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid { detail: detail.to_owned(), problems: std::mem::take(&mut self.0) }) }
    }
}

/// An e-mail address as it is kept, in lower case; none if it cannot be one. Whoever lets people type spaces around it takes them away.
pub(super) fn email(text: &str) -> Option<String> {
    let email = text.to_lowercase();
    let (local, domain) = email.split_once('@')?;
    let fine = !local.is_empty() && !domain.is_empty() && !domain.contains('@') && email.chars().count() <= 254;
    (fine && !email.chars().any(|c| c.is_whitespace() || c.is_control())).then_some(email)
}

/// A name in a path: an id, or a slug.
pub(super) fn id_or_slug<Id: From<uuid::Uuid>>(name: &str) -> (Option<Id>, &str) {
    (uuid::Uuid::parse_str(name).ok().map(Id::from), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_fit_into_addresses_and_are_never_ids() {
        let fine = |slug: &str| Check::default().slug(slug, "/slug", 40).done("no").is_ok();
        assert!(fine("a") && fine("car-rental") && fine("0x0"));
        for wrong in ["", "-a", "a-", "a--b", "A", "ä", "a_b", &"a".repeat(41), "01890a5d-ac96-774b-bcce-b302099a8057"] {
            assert!(!fine(wrong), "{wrong}");
        }
    }

    #[test]
    fn e_mail_addresses_are_kept_in_lower_case() {
        assert_eq!(email("Ada@Example.com").as_deref(), Some("ada@example.com"));
        for wrong in ["", " ada@b", "ada@b ", "ada", "@b", "a@", "a@b@c", "a b@c"] {
            assert_eq!(email(wrong), None, "{wrong}");
        }
    }
}
