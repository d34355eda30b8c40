//! Slugs: lower-case ASCII words joined by hyphens.

use unicode_normalization::UnicodeNormalization;

/// Characters of a slug at most.
const LONGEST: usize = 80;

/// The slug of a text: decomposed (NFKD), combining marks (U+0300 to U+036F) left out, `ß æ œ ø đ ł` spelled out, lower case,
/// every run of anything but `a-z` and `0-9` one hyphen, at most 80 characters, no hyphen at the ends; `item` when nothing is left. The
/// generated server and the SQL function `_slipform.slug` do the same.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
        let spelled = match character {
            'ß' | 'ẞ' => "ss",
            'æ' | 'Æ' => "ae",
            'œ' | 'Œ' => "oe",
            'ø' | 'Ø' => "o",
            'đ' | 'Đ' => "d",
            'ł' | 'Ł' => "l",
            c if c.is_ascii_alphanumeric() => {
                slug.push(c.to_ascii_lowercase());
                continue;
            }
            _ => "-",
        };
        if spelled != "-" || !(slug.is_empty() || slug.ends_with('-')) {
            slug.push_str(spelled);
        }
    }
    slug.truncate(LONGEST);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "item".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn words_are_joined_and_accents_dropped() {
        assert_eq!(slug("Crème brûlée, à Łódź & Straße!"), "creme-brulee-a-lodz-strasse");
        assert_eq!(slug("  -- "), "item");
        assert_eq!(slug("日本"), "item");
        assert_eq!(slug("ÆØ 9"), "aeo-9");
    }
}
