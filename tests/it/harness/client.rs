//! Clients: of the API, and of live apps, whose names many programs do not resolve, so that the edge's address is
//! connected to and the name goes into the Host header.

use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

/// A client of one origin.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    origin: String,
    host: Option<String>,
    token: Option<String>,
}

/// An answer that was read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{} {}: {e}", self.status, self.text))
    }

    /// The body, if the status is as expected.
    #[track_caller]
    pub fn expect_text(&self, status: u16) -> &str {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        &self.text
    }

    /// The body as JSON, if the status is as expected.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }
}

impl Client {
    /// A client of the API.
    pub fn new(origin: &str, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::anonymous(origin) }
    }

    /// A client without credentials.
    pub fn anonymous(origin: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { http, origin: origin.trim_end_matches('/').to_owned(), host: None, token: None }
    }

    /// A client of a live app at `address`, such as `http://todo.localhost:8480`.
    pub fn of_app(address: &str) -> Self {
        let url: reqwest::Url = address.parse().expect("an address");
        let port = url.port_or_known_default().expect("a port");
        let host = format!("{}:{port}", url.host_str().expect("a host"));
        Self { host: Some(host), ..Self::anonymous(&format!("{}://127.0.0.1:{port}", url.scheme())) }
    }

    /// A client of what answers to the name `host` at another address, as if it had come by TLS.
    #[cfg(feature = "aws")]
    pub fn behind(origin: &str, host: &str) -> Self {
        let client = Self::anonymous(origin);
        let headers = reqwest::header::HeaderMap::from_iter([(reqwest::header::HeaderName::from_static("x-forwarded-proto"), "https".parse().unwrap())]);
        let http = reqwest::Client::builder().no_proxy().default_headers(headers).redirect(reqwest::redirect::Policy::none()).build();
        Self { host: Some(host.to_owned()), http: http.expect("a client"), ..client }
    }

    /// The same client with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// A request to `path`, to be completed.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.origin));
        if let Some(host) = &self.host {
            request = request.header("host", host);
        }
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends, and reads the whole answer.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response: Response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, text: response.text().await.expect("a body") }
    }

    /// The status of a GET; none while nobody listens.
    pub async fn try_get(&self, path: &str) -> Option<u16> {
        self.request(Method::GET, path).send().await.ok().map(|answer| answer.status().as_u16())
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// PATCH with a JSON body, meant for what is there now.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.meant(Method::PATCH, path).await.json(body)).await
    }

    /// DELETE of what is there now.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.meant(Method::DELETE, path).await).await
    }

    async fn meant(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.request(method, path);
        match self.get(path).await.headers.get("etag") {
            Some(tag) => request.header("if-match", tag),
            None => request,
        }
    }
}
