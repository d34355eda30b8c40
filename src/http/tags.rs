//! Entity tags (RFC 9110, 8.8.3 and 13.1).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use sha2::{Digest as _, Sha256};

/// What compresses answers; each form has a tag of its own.
const ENCODINGS: [&str; 2] = ["gzip", "zstd"];

/// The strong tag of these bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&Sha256::digest(bytes)[..16]))
}

/// The tag of the same content when it is compressed like this.
pub fn of_encoding(tag: &str, encoding: &str) -> String {
    format!("{}-{encoding}\"", tag.trim_end_matches('"'))
}

/// The tags of a header without what says how their content is compressed.
fn plain(tags: &str) -> String {
    ENCODINGS.iter().fold(tags.to_owned(), |tags, encoding| tags.replace(&format!("-{encoding}\""), "\""))
}

/// A client may know a compressed form; handlers compare the content alone.
pub fn forget_encoding(headers: &mut HeaderMap) {
    for name in [header::IF_MATCH, header::IF_NONE_MATCH] {
        let known: Vec<HeaderValue> = headers.get_all(&name).iter().cloned().collect();
        headers.remove(&name);
        for value in known {
            let plain = value.to_str().ok().and_then(|text| HeaderValue::from_str(&plain(text)).ok());
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
        known => (plain(known) == tag).then_some(known),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compressed_form_has_a_tag_of_its_own_and_is_recognized() {
        let tag = of_bytes(b"{}");
        for encoding in ENCODINGS {
            let coded = of_encoding(&tag, encoding);
            assert_ne!(coded, tag);
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_str(&format!("\"a\", {coded}")).unwrap());
            forget_encoding(&mut headers);
            assert_eq!(list(&headers, &header::IF_NONE_MATCH), ["\"a\"", &tag]);
        }
        assert_ne!(of_encoding(&tag, "gzip"), of_encoding(&tag, "zstd"));
        let known = ["\"a\"".to_owned(), of_encoding(&tag, "zstd")];
        assert_eq!(matching(&known, &tag), Some(known[1].as_str()), "the client learns the tag of the form that it has");
        assert_eq!((matching(&known, "\"a\""), matching(&known, "\"b\"")), (Some("\"a\""), None));
        assert_eq!((matching(&["*".to_owned()], &tag), matching(&[format!("W/{tag}")], &tag)), (Some(tag.as_str()), Some(tag.as_str())));
    }
}
