//! What handlers take: who is calling, and input that is refused as a problem when it is not what it should be.

use super::frame::{Counted, RequestId};
use super::problem::Problem;
use super::v1::Paging;
use super::v1::builds::BuildPath;
use super::{permissions, tags};
use crate::app::change::Once;
use crate::app::polls::Seen;
use crate::app::{App, identity, polls};
use crate::auth::{Actor, Caller, Origin, Whose};
use crate::domain::Error;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, MatchedPath, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path as JsonPath, Segment};
use sha2::{Digest as _, Sha256};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

type State = Arc<App>;

/// Whoever has good credentials, and from where they ask.
pub struct Signed(pub Caller, pub Origin);

impl FromRequestParts<State> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &State) -> Result<Self, Problem> {
        let caller = caller(parts, app).await?;
        count(parts, app, whose(&caller)).await?;
        Ok(Self(caller, origin(parts, app)))
    }
}

/// Whoever has good credentials, in the organization `{org}` of the address, and may do there what the address is for: the body is read
/// after that. Use cases ask once more, for what only they know.
pub struct In(pub Actor);

impl FromRequestParts<State> for In {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &State) -> Result<Self, Problem> {
        let caller = caller(parts, app).await?;
        let whose = whose(&caller);
        let entered = match names(parts).await {
            Ok(params) => {
                let organization = params.iter().find(|(name, _)| *name == "org").map(|(_, value)| value.to_owned()).unwrap_or_default();
                identity::enter(app, caller, &organization, origin(parts, app)).await.map_err(Problem::from)
            }
            Err(refused) => Err(refused),
        };
        match entered {
            Ok(actor) => Ok(Self(admitted(parts, app, actor).await?)),
            // Who asks for organizations that are none of theirs is counted as well.
            Err(refused) => count(parts, app, whose).await.and(Err(refused)),
        }
    }
}

/// Whoever polls a build, like [`In`], and what there is of it: both at one look.
pub struct Polling(pub Actor, pub Option<Seen>);

impl FromRequestParts<State> for Polling {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &State) -> Result<Self, Problem> {
        let path = Path::<BuildPath>::from_request_parts(parts, app).await;
        if let (Some(token), Ok(Path(path))) = (bearer(&parts.headers), path)
            && let Some((actor, seen)) = polls::look(app, token, &path.org, &path.app, path.build, || origin(parts, app)).await?
        {
            return Ok(Self(admitted(parts, app, actor).await?, seen));
        }
        let In(actor) = In::from_request_parts(parts, app).await?;
        Ok(Self(actor, None))
    }
}

/// Counts the request of somebody in an organization, and refuses what they may not do there.
async fn admitted(parts: &Parts, app: &App, actor: Actor) -> Result<Actor, Problem> {
    count(parts, app, Whose::Organization(actor.organization.0)).await?;
    if let Some(operation) = permissions::guarding(parts) {
        actor.may(operation)?;
    }
    Ok(actor)
}

/// Who is counted before an organization is chosen.
fn whose(caller: &Caller) -> Whose {
    match caller {
        Caller::User { id, .. } => Whose::Person(id.0),
        Caller::Token { organization, .. } => Whose::Organization(organization.0),
    }
}

/// Counts a request; one too many is refused.
async fn count(parts: &Parts, app: &App, whose: Whose) -> Result<(), Problem> {
    let left = app.count(whose).await?;
    if let Some(counted) = parts.extensions.get::<Counted>() {
        counted.note(left);
    }
    let Some(retry_after) = left.retry_after else { return Ok(()) };
    let detail =
        format!("{} requests a minute are answered; these are more. Send fewer, as RateLimit in each answer tells, or ask the operator for more.", left.limit);
    Err(Error::TooMany { detail, retry_after }.into())
}

/// Whose credentials these are. Wrong ones count against the address that they come from.
async fn caller(parts: &Parts, app: &App) -> Result<Caller, Problem> {
    match credentials(&parts.headers, app).await {
        Err(refused) if refused.is_unauthenticated() => count(parts, app, Whose::Address(address(parts, app))).await.and(Err(refused)),
        answer => answer,
    }
}

async fn credentials(headers: &HeaderMap, app: &App) -> Result<Caller, Problem> {
    let Some(token) = bearer(headers) else {
        return Err(Error::Unauthenticated { detail: "Send an access token or an API token: Authorization: Bearer …".into() }.into());
    };
    Ok(identity::authenticate(app, token).await?)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// From where a request comes, whoever sends it.
pub struct Whence(pub Origin);

impl FromRequestParts<State> for Whence {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &State) -> Result<Self, Self::Rejection> {
        Ok(Self(origin(parts, app)))
    }
}

fn origin(parts: &Parts, app: &App) -> Origin {
    let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Origin { request: parts.extensions.get::<RequestId>().map(|id| id.0), address: Some(address(parts, app)), user_agent }
}

fn address(parts: &Parts, app: &App) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
    let told: Vec<&str> = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    app.trusted_proxies().client(peer, told.into_iter())
}

/// The network address of somebody without credentials, as far as the operator's own proxies tell it; too many requests from there are refused.
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<State> for ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &State) -> Result<Self, Self::Rejection> {
        let address = address(parts, app);
        count(parts, app, Whose::Address(address)).await?;
        Ok(Self(address))
    }
}

/// The names in the path.
async fn names(parts: &mut Parts) -> Result<RawPathParams, Problem> {
    let params = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| Problem::of_status(StatusCode::NOT_FOUND))?;
    // Postgres has no such character, so nothing has such a name.
    if params.iter().any(|(_, value)| value.contains('\0')) {
        return Err(Error::NotFound { what: "resource that this address names" }.into());
    }
    Ok(params)
}

/// The parameters of the path. One that is not what it should be names nothing that exists.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        names(parts).await?;
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| Error::NotFound { what: "resource that this address names" }.into())
    }
}

/// The parameters behind `?`.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(query(parts.uri.query().unwrap_or_default())?))
    }
}

/// The parameters behind `?` of a list that can be filtered: its filter, and which part of it is wanted.
pub struct Filtered<T>(pub T, pub Paging);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Filtered<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let all = parts.uri.query().unwrap_or_default().split('&');
        let (paging, filter): (Vec<_>, Vec<_>) = all.partition(|part| matches!(part.split('=').next(), Some("limit" | "cursor")));
        Ok(Self(query(&filter.join("&"))?, query(&paging.join("&"))?))
    }
}

/// Reads parameters.
fn query<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    // Postgres has no such character. What is sent as a stream could not be refused any more once the database says so.
    if let Some(wrong) = query.split('&').find(|part| part.contains("%00")) {
        let name = wrong.split('=').next().unwrap_or_default();
        return Err(Problem::invalid(format!("/query/{name}"), "A parameter cannot contain the character U+0000."));
    }
    let uri = Uri::builder().path_and_query(format!("/?{query}")).build().map_err(|error| Problem::invalid("/query", error.to_string()))?;
    let refused = match axum::extract::Query::<T>::try_from_uri(&uri) {
        Ok(query) => return Ok(query.0),
        Err(refused) => refused,
    };
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&refused);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<serde_path_to_error::Error<serde::de::value::Error>>() {
            let pointer = format!("/query{}", pointer(found.path()));
            return Err(Problem::invalid(pointer, format!("This parameter is wrong: {}.", found.inner())));
        }
        cause = error.source();
    }
    Err(Problem::invalid("/query", refused.body_text()))
}

/// A JSON body of a type that knows all its keys.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Document(bytes) = Document::from_request(request, state).await?;
        Ok(Self(parse(&bytes)?))
    }
}

/// Reads a body.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // All bodies are objects; a list would be taken for the values of their keys in order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        serde_json::from_slice::<serde::de::IgnoredAny>(bytes).map_err(|error| malformed(&error))?;
        return Err(Problem::invalid("", "The body must be an object, not a list."));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| unreadable(error.path(), error.inner()))?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// A body is there within this time: it is time enough for the largest design at 1.5 Mbit/s.
pub const BODY_LIMIT: Duration = Duration::from_secs(30);

/// A JSON body as it came, to be read by somebody else.
pub struct Document(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Document {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if media != "application/json" && !(media.starts_with("application/") && media.ends_with("+json")) {
            return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        if request.headers().contains_key(header::CONTENT_ENCODING) {
            return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE).detail("Send the body without Content-Encoding."));
        }
        match tokio::time::timeout(BODY_LIMIT, Bytes::from_request(request, state)).await {
            Ok(Ok(bytes)) => Ok(Self(bytes)),
            Ok(Err(refused)) => Err(Problem::of_status(refused.status())),
            Err(_) => Err(Problem::of_status(StatusCode::REQUEST_TIMEOUT)),
        }
    }
}

/// Something that is made or started, which its sender may ask for again by a key: with nothing else, a JSON body, or one as it came.
pub struct Keyed<T>(pub T, pub Option<Once>);

impl<S: Send + Sync> FromRequest<S> for Keyed<()> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Ok(Self((), Asked::of(&request)?.once(&[])))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Keyed<Json<T>> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let asked = Asked::of(&request)?;
        let Document(bytes) = Document::from_request(request, state).await?;
        Ok(Self(Json(parse(&bytes)?), asked.once(&bytes)))
    }
}

impl<S: Send + Sync> FromRequest<S> for Keyed<Document> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let asked = Asked::of(&request)?;
        let body = Document::from_request(request, state).await?;
        let once = asked.once(&body.0);
        Ok(Self(body, once))
    }
}

/// What a request says of itself beside its body.
struct Asked {
    key: Option<String>,
    route: String,
    target: String,
}

impl Asked {
    fn of(request: &Request) -> Result<Self, Problem> {
        let pointer = "/header/Idempotency-Key";
        let mut given = request.headers().get_all("idempotency-key").iter();
        let key = match (given.next(), given.next()) {
            (None, _) => None,
            (Some(_), Some(_)) => return Err(Problem::invalid(pointer, "Send one key.")),
            // A string of structured fields (RFC 8941) has quotes, which most clients leave out.
            (Some(value), None) => Some(value.to_str().unwrap_or_default().trim().trim_matches('"').to_owned()),
        };
        if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > 255 || !key.bytes().all(|b| b.is_ascii_graphic())) {
            return Err(Problem::invalid(pointer, "A key has 1 to 255 visible characters of ASCII, such as a UUID."));
        }
        let template = request.extensions().get::<MatchedPath>().map_or_else(|| request.uri().path(), MatchedPath::as_str);
        let target = request.uri().path_and_query().map_or("", |target| target.as_str()).to_owned();
        Ok(Self { key, route: format!("{} {template}", request.method()), target })
    }

    fn once(self, body: &[u8]) -> Option<Once> {
        let fingerprint = Sha256::new().chain_update(self.target).chain_update([0]).chain_update(body).finalize().into();
        Some(Once { key: self.key?, route: self.route, fingerprint })
    }
}

fn unreadable(path: &JsonPath, error: &serde_json::Error) -> Problem {
    if !error.is_data() {
        return malformed(error);
    }
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    Problem::invalid(pointer(path), format!("This cannot be accepted: {words}."))
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed-json", "The body is not JSON", format!("JSON cannot be read: {error}."))
}

fn pointer(path: &JsonPath) -> String {
    let token = |key: &str| format!("/{}", key.replace('~', "~0").replace('/', "~1"));
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } | Segment::Enum { variant: key } => token(key),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// `If-Match`: the change is meant for one version of a resource.
pub struct IfMatch(pub Vec<String>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(tags::list(&parts.headers, &header::IF_MATCH)))
    }
}

impl IfMatch {
    /// Refuses a resource that is not the one that was meant any more. Weak tags never are (RFC 9110, 13.1.1).
    pub fn check(&self, now: &impl serde::Serialize) -> Result<(), Error> {
        if self.0.is_empty() {
            let detail = "Others may have changed it since you read it. Read it, then send its ETag as If-Match; `If-Match: *` means whatever it is now.";
            return Err(Error::Unconditional { detail: detail.into() });
        }
        let tag = tags::of_bytes(&serde_json::to_vec(now).map_err(Error::internal)?);
        if self.0.iter().any(|meant| meant == "*" || *meant == tag) {
            return Ok(());
        }
        Err(Error::Stale { detail: "It was changed since you read it. Read it again, then decide again.".into() })
    }
}
