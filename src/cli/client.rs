//! The API over HTTP, with the session of `slipform login` or a token.

use super::{Failure, Options};
use reqwest::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderValue, IF_MATCH};
use reqwest::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// What `slipform login` keeps.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Address of the API.
    pub server: String,
    /// An API token, or the access token of a sign-in.
    pub token: String,
    /// Renews the access token.
    pub refresh_token: Option<String>,
}

impl Session {
    /// The file: `~/.config/slipform/session.json`.
    pub fn file(options: &Options) -> Result<PathBuf, Failure> {
        let home = || options.home.as_ref().map(|home| home.join(".config/slipform/session.json"));
        options.session.clone().or_else(home).ok_or_else(|| Failure::Other("HOME is not set; name a file with SLIPFORM_SESSION".into()))
    }

    /// Reads the file; `None` when nobody signed in.
    pub fn load(file: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(file).ok()?).ok()
    }

    /// Writes the file, readable for its owner alone, whole or not at all.
    pub fn save(&self, file: &Path) -> Result<(), Failure> {
        let write = || -> std::io::Result<()> {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let temporary = file.with_extension(format!("{}", std::process::id()));
            let mut out = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
            out.write_all(&serde_json::to_vec_pretty(self)?)?;
            std::fs::rename(&temporary, file)
        };
        write().map_err(|e| Failure::Other(format!("cannot write {}: {e}", file.display())))
    }
}

/// A client that is signed in.
pub struct Client {
    http: reqwest::Client,
    server: String,
    token: RwLock<String>,
    /// The file of the session that the token came from, where it can be renewed.
    session: Option<PathBuf>,
    organization: String,
}

/// An HTTP client with the settings that all commands share.
pub fn http() -> Result<reqwest::Client, Failure> {
    // Two providers are compiled in by other crates; the process must name one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().connect_timeout(Duration::from_secs(10)).user_agent(concat!("slipform/", env!("CARGO_PKG_VERSION")));
    builder.build().map_err(|e| Failure::Other(format!("cannot make an HTTP client: {e}")))
}

impl Client {
    /// Finds the server, the credentials and the organization.
    pub async fn connect(options: &Options) -> Result<Self, Failure> {
        let file = Session::file(options)?;
        let session = Session::load(&file);
        let server = options.server.clone().or_else(|| session.as_ref().map(|s| s.server.clone())).unwrap_or_else(|| "http://127.0.0.1:8400".into());
        let server = server.trim_end_matches('/').to_owned();
        // A session belongs to the server that gave it: its tokens are never shown to another.
        let session = session.filter(|s| s.server.trim_end_matches('/') == server);
        let (token, file) = match (&options.token, session) {
            (Some(token), _) => (token.clone(), None),
            (None, Some(session)) => (session.token, session.refresh_token.map(|_| file)),
            (None, None) => {
                return Err(Failure::SignedOut(format!("you are not signed in to {server}. Run `slipform login`, or give a token in SLIPFORM_TOKEN")));
            }
        };
        let mut client = Self { http: http()?, server, token: RwLock::new(token), session: file, organization: String::new() };
        client.organization = choose(&client.get("/v1/me").await?, options.organization.as_deref())?;
        Ok(client)
    }

    /// A new access token for the one that is over. A refresh token is good once, so commands that run at the same time take turns,
    /// and whoever comes second takes what the first has got.
    async fn renew(&self, file: &Path) -> Result<(), Failure> {
        let over = || Failure::SignedOut("your session is over. Run `slipform login`".into());
        let turns = std::fs::File::create(file.with_extension("lock")).and_then(|turns| turns.lock().map(|()| turns));
        let _turn = turns.map_err(|e| Failure::Other(format!("cannot lock {}: {e}", file.display())))?;
        let session = Session::load(file).ok_or_else(over)?;
        if session.token != self.token() {
            self.set_token(session.token);
            return Ok(());
        }
        let refresh = session.refresh_token.ok_or_else(over)?;
        let request = self.http.post(format!("{}/v1/auth/refresh", self.server)).json(&serde_json::json!({ "refreshToken": refresh }));
        let answer = match send(&self.server, request).await {
            Err(Failure::SignedOut(_)) => return Err(over()),
            answer => json(answer?).await?,
        };
        let renewed = Session {
            server: self.server.clone(),
            token: super::output::text(&answer, "/accessToken"),
            refresh_token: answer["refreshToken"].as_str().map(str::to_owned),
        };
        renewed.save(file)?;
        self.set_token(renewed.token);
        Ok(())
    }

    fn token(&self) -> String {
        self.token.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_token(&self, token: String) {
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// A path below the organization.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/organizations/{}{rest}", self.organization)
    }

    /// A request, to be completed.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.server))
    }

    /// GET, as JSON.
    pub async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.answer(self.request(Method::GET, path)).await
    }

    /// POST of JSON, as JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.answer(self.request(Method::POST, path).json(body)).await
    }

    /// A request that changes `path`, meant for what is at `read` now.
    pub async fn change(&self, method: Method, path: &str, read: &str) -> Result<reqwest::RequestBuilder, Failure> {
        let seen = self.send(self.request(Method::GET, read)).await?;
        let tag = seen.headers().get(ETAG).cloned().unwrap_or(HeaderValue::from_static("*"));
        Ok(self.request(method, path).header(IF_MATCH, tag))
    }

    /// DELETE of what is there now.
    pub async fn delete(&self, path: &str) -> Result<(), Failure> {
        let request = self.change(Method::DELETE, path, path).await?;
        self.send(request).await.map(drop)
    }

    /// All items of a list that comes whole.
    pub async fn list_whole(&self, path: &str) -> Result<Vec<Value>, Failure> {
        Ok(self.get(path).await?["items"].as_array().cloned().unwrap_or_default())
    }

    /// POST of bytes that are JSON already, as JSON with the status.
    pub async fn post_document(&self, path: &str, body: Vec<u8>) -> Result<(StatusCode, Value), Failure> {
        let response = self.send(self.request(Method::POST, path).header(CONTENT_TYPE, "application/json").body(body)).await?;
        let status = response.status();
        Ok((status, json(response).await?))
    }

    /// All items of a list, page after page.
    pub async fn list(&self, path: &str) -> Result<Vec<Value>, Failure> {
        let mut items = Vec::new();
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut page = self.get(&format!("{path}{separator}limit=100")).await?;
        loop {
            items.extend(page["items"].as_array().cloned().unwrap_or_default());
            let Some(cursor) = page["nextCursor"].as_str().map(str::to_owned) else { return Ok(items) };
            page = self.get(&format!("{path}{separator}limit=100&cursor={cursor}")).await?;
        }
    }

    /// Sends and reads JSON.
    pub async fn answer(&self, request: reqwest::RequestBuilder) -> Result<Value, Failure> {
        json(self.send(request).await?).await
    }

    /// Sends with the credentials, which are renewed when they are over: a build may take longer than they last. A refusal
    /// becomes a [`Failure`].
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Result<Response, Failure> {
        let again = request.try_clone();
        match (send(&self.server, request.bearer_auth(self.token())).await, again, &self.session) {
            (Err(Failure::SignedOut(_)), Some(again), Some(file)) => {
                self.renew(file).await?;
                send(&self.server, again.bearer_auth(self.token())).await
            }
            (answer, ..) => answer,
        }
    }

    /// A stream of server-sent events.
    pub async fn events(&self, path: &str, after: Option<&str>) -> Result<Response, Failure> {
        let mut request = self.request(Method::GET, path).header(ACCEPT, "text/event-stream");
        if let Some(id) = after {
            request = request.header("last-event-id", id);
        }
        self.send(request).await
    }
}

/// Sends a request to a server; a refusal becomes a [`Failure`].
pub async fn send(server: &str, request: reqwest::RequestBuilder) -> Result<Response, Failure> {
    let cause = |e: reqwest::Error| {
        let mut cause: &dyn std::error::Error = &e;
        while let Some(next) = cause.source() {
            cause = next;
        }
        Failure::Unreachable { server: server.to_owned(), cause: cause.to_string() }
    };
    let response = request.send().await.map_err(cause)?;
    let status = response.status();
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        return Ok(response);
    }
    let text = response.text().await.unwrap_or_default();
    let problem: Value = serde_json::from_str(&text).unwrap_or_else(|_| serde_json::json!({ "title": format!("{server} answered {status}") }));
    match status {
        StatusCode::UNAUTHORIZED => Err(Failure::SignedOut(super::output::problem(&problem))),
        _ => Err(Failure::Refused(problem)),
    }
}

async fn json(response: Response) -> Result<Value, Failure> {
    let text = response.text().await.map_err(|e| Failure::Other(format!("the answer broke off: {e}")))?;
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).map_err(|_| Failure::Other("the answer is not JSON; is this the address of a Slipform API?".into()))
}

/// The organization that was named, or the only one.
fn choose(me: &Value, named: Option<&str>) -> Result<String, Failure> {
    let organizations = me["organizations"].as_array().cloned().unwrap_or_default();
    let slug = |o: &Value| super::output::text(o, "/slug");
    match (named, organizations.as_slice()) {
        (Some(named), list) => {
            list.iter().find(|o| slug(o) == named || super::output::text(o, "/id") == named).map(slug).ok_or_else(|| {
                Failure::Other(format!("you belong to no organization {named:?}; yours: {}", list.iter().map(slug).collect::<Vec<_>>().join(", ")))
            })
        }
        (None, [one]) => Ok(slug(one)),
        (None, []) => Err(Failure::Other("you belong to no organization".into())),
        (None, several) => Err(Failure::Other(format!(
            "you belong to several organizations; name one with --organization: {}",
            several.iter().map(slug).collect::<Vec<_>>().join(", ")
        ))),
    }
}
