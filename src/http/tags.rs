//! Entity tags (RFC 9110, 8.8.3 and 13.1).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use sha2::{Digest as _, Sha256};

const GZIP: &str = "-gzip\"";

/// The strong tag of these bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&Sha256::digest(bytes)[..16]))
}

/// The tag of the same content when it is compressed.
pub fn of_encoding(tag: &str) -> String {
    format!("{}{GZIP}", tag.trim_end_matches('"'))
}

/// A client may know a compressed form; handlers compare the content alone.
pub fn forget_encoding(headers: &mut HeaderMap) {
    for name in [header::IF_MATCH, header::IF_NONE_MATCH] {
        let known: Vec<HeaderValue> = headers.get_all(&name).iter().cloned().collect();
        headers.remove(&name);
        for value in known {
            let plain = value.to_str().ok().and_then(|text| HeaderValue::from_str(&text.replace(GZIP, "\"")).ok());
            headers.append(&name, plain.unwrap_or(value));
        }
    }
}

/// The tags of a header; a `*` stands for itself.
pub fn list(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

/// Which of the tags, compressed forms among them, stands for the content with this one. Weak ones are good enough where nothing is changed.
/// A `*` has no tag of its own.
pub fn matching<'a>(tags: &'a [String], tag: &'a str) -> Option<&'a str> {
    tags.iter().find_map(|known| match known.trim_start_matches("W/") {
        "*" => Some(tag),
        known => (known.replace(GZIP, "\"") == tag).then_some(known),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compressed_form_has_a_tag_of_its_own_and_is_recognized() {
        let tag = of_bytes(b"{}");
        assert_ne!(of_encoding(&tag), tag);
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_str(&format!("\"a\", {}", of_encoding(&tag))).unwrap());
        forget_encoding(&mut headers);
        let tags = list(&headers, &header::IF_NONE_MATCH);
        assert_eq!(tags, ["\"a\"", &tag]);
        let known = ["\"a\"".to_owned(), of_encoding(&tag)];
        assert_eq!(matching(&known, &tag), Some(known[1].as_str()), "the client learns the tag of the form that it has");
        assert_eq!((matching(&known, "\"a\""), matching(&known, "\"b\"")), (Some("\"a\""), None));
        assert_eq!((matching(&["*".to_owned()], &tag), matching(&[format!("W/{tag}")], &tag)), (Some(tag.as_str()), Some(tag.as_str())));
    }
}
