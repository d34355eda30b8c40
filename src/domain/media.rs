//! The types of files that apps serve (IANA, "Media Types"), by the ending of their names.

/// Of a page.
pub const HTML: &str = "text/html; charset=utf-8";

/// The type of a file, and whether it is text.
pub fn content_type(name: &str) -> (&'static str, bool) {
    match name.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default() {
        "html" => (HTML, true),
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "json" | "map" => ("application/json", true),
        "webmanifest" => ("application/manifest+json", true),
        "svg" => ("image/svg+xml", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "xml" => ("application/xml", true),
        "wasm" => ("application/wasm", true),
        "ico" => ("image/x-icon", false),
        "png" => ("image/png", false),
        "jpg" | "jpeg" => ("image/jpeg", false),
        "gif" => ("image/gif", false),
        "webp" => ("image/webp", false),
        "avif" => ("image/avif", false),
        "woff2" => ("font/woff2", false),
        "woff" => ("font/woff", false),
        "mp4" => ("video/mp4", false),
        "pdf" => ("application/pdf", false),
        _ => ("application/octet-stream", false),
    }
}
