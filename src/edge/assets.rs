//! A release's web assets. All names are known when a release goes live, so a request can only ever name one of
//! them: no path of a request reaches the file system.

use super::body::{Body, BodyError, full};
use super::pages;
use super::routes::Found;
use crate::domain::media::{HTML, content_type};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::TryStreamExt as _;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tokio::sync::OnceCell;

/// Larger files are neither compressed nor read whole.
const WHOLE: u64 = 4 << 20;
/// Smaller files gain nothing from compression.
const WORTH: u64 = 1024;

/// The policy of the generated app: everything comes from itself.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");

/// All web assets of one release.
#[derive(Debug, Default)]
pub struct Assets(HashMap<String, Asset>);

#[derive(Debug)]
struct Asset {
    file: PathBuf,
    size: u64,
    /// Of the content, without quotes.
    hash: String,
    kind: &'static str,
    compressible: bool,
    /// The name changes with the content.
    immutable: bool,
    /// Made at the first request for it; `None` when it would not be smaller.
    gzip: OnceCell<Option<Bytes>>,
}

impl Assets {
    /// Reads a folder. Links are not followed.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut found = HashMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(&next)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file()
                    && let Some(name) = entry.path().strip_prefix(folder).ok().and_then(Path::to_str)
                {
                    found.insert(format!("/{name}"), Asset::read(entry.path(), name)?);
                }
            }
        }
        Ok(Self(found))
    }
}

impl Asset {
    fn read(file: PathBuf, name: &str) -> io::Result<Self> {
        let mut hash = Sha256::new();
        let size = io::copy(&mut std::fs::File::open(&file)?, &mut HashWriter(&mut hash))?;
        let (kind, text) = content_type(name);
        Ok(Self {
            file,
            size,
            hash: hex::encode(&hash.finalize()[..16]),
            kind,
            compressible: text && (WORTH..=WHOLE).contains(&size),
            immutable: is_hashed(name),
            gzip: OnceCell::new(),
        })
    }

    async fn gzip(&self) -> Option<Bytes> {
        let make = || async {
            let file = self.file.clone();
            let packed = tokio::task::spawn_blocking(move || {
                let content = std::fs::read(file)?;
                let mut encoder = GzEncoder::new(Vec::with_capacity(content.len() / 3), Compression::new(6));
                encoder.write_all(&content)?;
                encoder.finish().map(|packed| (packed.len() < content.len()).then(|| Bytes::from(packed)))
            });
            packed.await.map_err(io::Error::other)?
        };
        self.gzip.get_or_try_init(make).await.ok().cloned().flatten()
    }
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.0.update(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Answers a request for anything but the API.
pub async fn serve<B>(found: &Found, request: &Request<B>) -> Response<Body> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = pages::problem(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", "Pages and files can only be read.");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let starting = |seconds| pages::starting(request, seconds);
    let Some((assets, before)) = &found.assets else {
        return starting(found.retry_after.unwrap_or(1));
    };
    let path = decode(request.uri().path());
    let named = path
        .as_deref()
        .filter(|path| *path != "/")
        .and_then(|path| assets.0.get(path).or_else(|| before.as_ref()?.0.get(path).filter(|asset| asset.immutable)));
    match named {
        // A page would only show errors while the process is away; its parts are for pages that are open.
        Some(asset) if asset.kind != HTML || found.retry_after.is_none() => send(asset, request).await,
        None if path.as_deref() != Some("/") && !pages::wants_page(request) => pages::not_found(request),
        _ => match (found.retry_after, assets.0.get("/index.html")) {
            (Some(seconds), _) => starting(seconds),
            (None, Some(index)) => send(index, request).await,
            (None, None) => pages::not_found(request),
        },
    }
}

async fn send<B>(asset: &Asset, request: &Request<B>) -> Response<Body> {
    let gzip = if asset.compressible && accepts_gzip(request.headers()) { asset.gzip().await } else { None };
    let etag = if gzip.is_some() { format!("\"{}-gzip\"", asset.hash) } else { format!("\"{}\"", asset.hash) };
    let mut response = Response::new(full(""));
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_str(&etag).expect("hexadecimal digits"));
    let cache = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    if asset.compressible {
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    if asset.kind == HTML {
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        headers.insert("permissions-policy", HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    }
    if is_known(request.headers(), &asset.hash) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    if gzip.is_some() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let size = gzip.as_ref().map_or(asset.size, |packed| packed.len() as u64);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    if request.method() == Method::HEAD {
        return response;
    }
    let body = match gzip {
        Some(packed) => Ok(full(packed)),
        None => read(asset).await,
    };
    match body {
        Ok(body) => *response.body_mut() = body,
        Err(error) => {
            tracing::warn!(file = %asset.file.display(), %error, "a web asset cannot be read");
            return pages::problem(StatusCode::INTERNAL_SERVER_ERROR, "The file cannot be read", "It belongs to the app but cannot be read now.");
        }
    }
    response
}

async fn read(asset: &Asset) -> io::Result<Body> {
    if asset.size <= WHOLE {
        return tokio::fs::read(&asset.file).await.map(full);
    }
    let file = tokio::fs::File::open(&asset.file).await?;
    let stream = tokio_util::io::ReaderStream::new(file).map_ok(Frame::data).map_err(BodyError::from);
    Ok(StreamBody::new(stream).boxed_unsync())
}

/// `If-None-Match`: whichever form of the content the client has, it is the present one.
fn is_known(headers: &HeaderMap, hash: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim).any(|tag| {
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        tag == "*" || tag.strip_prefix('"').and_then(|t| t.strip_suffix('"')).is_some_and(|t| t.strip_suffix("-gzip").unwrap_or(t) == hash)
    })
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse::<f32>() == Ok(0.0));
        matches!(name.trim(), "gzip" | "*") && !refused
    })
}

/// The bundler's names: `main-ABCD1234.js`.
fn is_hashed(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.split('.').next().unwrap_or(file);
    stem.rsplit_once('-').is_some_and(|(_, hash)| hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
}

/// Undoes percent-encoding; `None` when it is damaged.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let (digits, tail) = tail.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = tail;
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_made_of_their_content_are_immutable() {
        for name in ["main-ABCD1234.js", "assets/chunk-7QWERTY2.css", "main-ABCD1234.js.map"] {
            assert!(is_hashed(name), "{name}");
        }
        for name in ["index.html", "main.js", "date-picker.js", "main-abcd1234.js", "logo-2024.svg"] {
            assert!(!is_hashed(name), "{name}");
        }
    }

    #[test]
    fn encodings_are_negotiated_as_the_standard_says() {
        let accepts = |value: &str| accepts_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())]));
        assert!(accepts("gzip, deflate, br") && accepts("br;q=1.0, gzip;q=0.5") && accepts("*"));
        assert!(!accepts("br") && !accepts("gzip;q=0") && !accepts("gzip;q=0.000, br") && !accepts("identity"));
    }

    #[test]
    fn damaged_percent_encoding_names_nothing() {
        assert_eq!(decode("/a%20b").as_deref(), Some("/a b"));
        assert_eq!(decode("/%"), None);
        assert_eq!(decode("/%zz"), None);
        assert_eq!(decode("/%ff"), None);
    }
}
