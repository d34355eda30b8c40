//! Words in the cases that code wants, and the escapes that make every one of them usable.
//!
//! Names of a design have letters and digits only, so an escape by a trailing underscore can never meet another
//! name; and siblings differ without regard to case, so neither can their camel, Pascal, kebab or snake forms.

mod lists;

use crate::model::Names;
pub use lists::OBJECT_WORDS;
use lists::{FILE_WORDS, IRREGULAR, SINGULAR_IN_S, TYPE_WORDS, UNCOUNTABLE, VALUE_WORDS};

/// The words of a name, as written: `HTTPServer2Port` → `HTTP`, `Server2`, `Port`.
pub fn words(name: &str) -> Vec<&str> {
    let bytes = name.as_bytes();
    let mut words = Vec::new();
    let mut start = 0;
    for at in 1..bytes.len() {
        let (before, here) = (bytes[at - 1], bytes[at]);
        let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        if here.is_ascii_uppercase() && (!before.is_ascii_uppercase() || next_is_lower) {
            words.push(&name[start..at]);
            start = at;
        }
    }
    if start < name.len() {
        words.push(&name[start..]);
    }
    words
}

/// `pricePerDay`
pub fn camel(name: &str) -> String {
    let mut all = words(name).into_iter();
    let first = all.next().map(str::to_ascii_lowercase).unwrap_or_default();
    all.fold(first, |text, word| text + &capitalized(&word.to_ascii_lowercase()))
}

/// `PricePerDay`
pub fn pascal(name: &str) -> String {
    capitalized(&camel(name))
}

/// `price-per-day`
pub fn kebab(name: &str) -> String {
    joined(name, "-")
}

/// `price_per_day`
pub fn snake(name: &str) -> String {
    joined(name, "_")
}

/// `Price per day`; a word in capitals keeps them: `VAT number`.
pub fn label(name: &str) -> String {
    let text = words(name)
        .into_iter()
        .map(|word| if word.len() > 1 && !word.bytes().any(|byte| byte.is_ascii_lowercase()) { word.to_owned() } else { word.to_ascii_lowercase() })
        .collect::<Vec<_>>()
        .join(" ");
    capitalized(&text)
}

/// The English plural of the last word of a name or a label, in the case it has: `Line item` → `Line items`.
/// A word that has none, or already is one, stays as it is.
pub fn plural(text: &str) -> String {
    inflected(text, plural_word)
}

/// The English singular of the last word of a name or a label: `tags` → `tag`.
pub fn singular(text: &str) -> String {
    inflected(text, singular_word)
}

/// A package name made of an app's human name: lower-case letters, digits and hyphens; never empty and never the name
/// of a package that the code base depends on.
pub fn package(app: &str) -> String {
    const TAKEN: &[&str] = &[
        "hono",
        "zod",
        "postgres",
        "react",
        "react-dom",
        "react-router",
        "typescript",
        "oxlint",
        "esbuild",
        "node-modules",
        "test",
        "http",
        "https",
        "fs",
        "path",
        "crypto",
        "os",
        "net",
        "url",
        "util",
        "process",
        "stream",
        "events",
        "console",
    ];
    let mut name = String::new();
    for letter in app.chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') && !matches!(letter, '\'' | '’') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    match name {
        "" => "app".to_owned(),
        name if TAKEN.contains(&name) => format!("{name}-app"),
        name => name.to_owned(),
    }
}

/// Whether a name or id is a word that every JavaScript object already answers to, without regard to case.
pub fn is_object_word(name: &str) -> bool {
    OBJECT_WORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
}

impl Names {
    /// The words for a name in each place; the label is the given one or the name in words.
    pub fn new(name: &str, label: Option<&str>) -> Self {
        Self {
            name: name.to_owned(),
            camel: escaped(camel(name), VALUE_WORDS),
            pascal: escaped(pascal(name), TYPE_WORDS),
            kebab: escaped(kebab(name), FILE_WORDS),
            label: label.map_or_else(|| self::label(name), str::to_owned),
        }
    }

    /// The words for several of what `name` is. They differ from those for one: `News` gives `NewsItems`.
    pub fn plural_of(name: &str, label: Option<&str>, label_plural: Option<&str>) -> Self {
        let mut many = plural(name);
        if many.eq_ignore_ascii_case(name) {
            many.push_str("Items");
        }
        let spoken = label.map_or_else(|| self::label(name), str::to_owned);
        Self::new(&many, Some(label_plural.map_or_else(|| plural(&spoken), str::to_owned).as_str()))
    }
}

fn escaped(word: String, taken: &[&str]) -> String {
    if taken.contains(&word.as_str()) || is_object_word(&word) { word + "_" } else { word }
}

fn joined(name: &str, separator: &str) -> String {
    words(name).join(separator).to_ascii_lowercase()
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Applies a rule to the last word, which is found by a space or a capital, and gives it back in its case.
fn inflected(text: &str, rule: fn(&str) -> String) -> String {
    if !text.ends_with(|letter: char| letter.is_ascii_alphabetic()) {
        return text.to_owned();
    }
    let spoken = text.rfind(|letter: char| !letter.is_ascii_alphanumeric()).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let start = text.len() - words(&text[spoken..]).last().map_or(0, |word| word.len());
    let (head, last) = text.split_at(start);
    let result = rule(&last.to_ascii_lowercase());
    if last.len() > 1 && !last.bytes().any(|byte| byte.is_ascii_lowercase()) {
        // An abbreviation: `PDF` → `PDFs`.
        let kept = last.len().min(result.len());
        return format!("{head}{}{}", &last[..kept], &result[kept..]);
    }
    if last.starts_with(|letter: char| letter.is_ascii_uppercase()) { format!("{head}{}", capitalized(&result)) } else { format!("{head}{result}") }
}

fn ends_in_consonant_and(word: &str, end: char) -> bool {
    let mut letters = word.chars().rev();
    letters.next() == Some(end) && letters.next().is_some_and(|letter| !"aeiou".contains(letter))
}

fn plural_word(word: &str) -> String {
    if UNCOUNTABLE.contains(&word) || IRREGULAR.iter().any(|(_, many)| *many == word) {
        return word.to_owned();
    }
    if let Some((_, many)) = IRREGULAR.iter().find(|(one, _)| *one == word) {
        return (*many).to_owned();
    }
    if let Some(stem) = word.strip_suffix("man").filter(|stem| !stem.is_empty() && !matches!(*stem, "hu" | "ger" | "ro" | "talis")) {
        return format!("{stem}men");
    }
    if ends_in_consonant_and(word, 'y') {
        return format!("{}ies", &word[..word.len() - 1]);
    }
    if let Some(stem) = word.strip_suffix("sis") {
        return format!("{stem}ses");
    }
    if is_plural_in_s(word) {
        return word.to_owned();
    }
    if ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end)) {
        return format!("{word}es");
    }
    format!("{word}s")
}

fn is_plural_in_s(word: &str) -> bool {
    word.len() > 2 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end)) && !SINGULAR_IN_S.contains(&word)
}

fn singular_word(word: &str) -> String {
    if UNCOUNTABLE.contains(&word) {
        return word.to_owned();
    }
    if let Some((one, _)) = IRREGULAR.iter().find(|(_, many)| *many == word) {
        return (*one).to_owned();
    }
    if !is_plural_in_s(word) {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    if let Some(stem) = word.strip_suffix("es")
        && (["x", "z", "ch", "sh", "ss", "us"].iter().any(|end| stem.ends_with(end)) || SINGULAR_IN_S.contains(&stem))
        && !["aus", "ous"].iter().any(|end| stem.ends_with(end))
    {
        return stem.to_owned();
    }
    word[..word.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (name, expected) in [
            ("pricePerDay", ["pricePerDay", "PricePerDay", "price-per-day", "price_per_day", "Price per day"]),
            ("HTTPServer", ["httpServer", "HttpServer", "http-server", "http_server", "HTTP server"]),
            ("line2Text", ["line2Text", "Line2Text", "line2-text", "line2_text", "Line2 text"]),
            ("x", ["x", "X", "x", "x", "X"]),
            ("VATNumber", ["vatNumber", "VatNumber", "vat-number", "vat_number", "VAT number"]),
            ("aB", ["aB", "AB", "a-b", "a_b", "A b"]),
        ] {
            assert_eq!([camel(name), pascal(name), kebab(name), snake(name), label(name)], expected, "{name}");
        }
    }

    #[test]
    fn plurals_and_back() {
        for (one, many) in [
            ("car", "cars"),
            ("Person", "People"),
            ("category", "categories"),
            ("day", "days"),
            ("box", "boxes"),
            ("bus", "buses"),
            ("status", "statuses"),
            ("address", "addresses"),
            ("lineItem", "lineItems"),
            ("Line item", "Line items"),
            ("quiz", "quizzes"),
            ("analysis", "analyses"),
            ("salesman", "salesmen"),
            ("human", "humans"),
            ("house", "houses"),
            ("PDF", "PDFs"),
            ("photo", "photos"),
            ("gas", "gases"),
            ("branch", "branches"),
            ("Rental car", "Rental cars"),
            ("company", "companies"),
        ] {
            assert_eq!(plural(one), many);
            if one != "analysis" && one != "salesman" && one != "PDF" {
                assert_eq!(singular(many), one);
            }
        }
        assert_eq!(plural("news"), "news");
        assert_eq!(plural("Größe"), "Größes");
        assert_eq!(plural("Car (old)"), "Car (old)");
        assert_eq!(plural("車"), "車");
        assert_eq!(plural("settings"), "settings");
    }

    #[test]
    fn words_of_the_language_are_escaped_and_plurals_differ() {
        assert_eq!(Names::new("class", None).camel, "class_");
        assert_eq!(Names::new("Record", None).pascal, "Record_");
        assert_eq!(Names::new("Index", None).kebab, "index_");
        assert_eq!(Names::plural_of("News", None, None).kebab, "news-items");
        assert_eq!(Names::plural_of("News", None, None).label, "News");
        assert_eq!(Names::plural_of("Car", Some("Wagen"), Some("Wagen")).label, "Wagen");
        assert_eq!(Names::plural_of("Car", None, None).camel, "cars");
    }

    #[test]
    fn package_names() {
        assert_eq!(package("Car Rental"), "car-rental");
        assert_eq!(package("  Anna's Café!! "), "annas-caf");
        assert_eq!(package("車"), "app");
        assert_eq!(package("React"), "react-app");
    }
}
