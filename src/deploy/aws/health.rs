//! Asks an environment as a visitor does, through its public address.

use super::{AwsTarget, Site};
use crate::deploy::EnvironmentRef;
use crate::stages::StageError;
use reqwest::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The front door of an environment.
#[derive(Debug)]
pub struct Front {
    client: reqwest::Client,
    origin: String,
    /// Behind every path: an emulator takes the account whose things are asked for from the credentials of a request.
    query: String,
}

/// What a visitor shall get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The release whose server answers.
    pub server: String,
    /// SHA-256 of the page, in hex.
    pub page: String,
}

impl Front {
    /// The environment's own name; an emulator is asked itself, by the name of the distribution.
    pub fn new(target: &AwsTarget, site: &Site, env: &EnvironmentRef) -> Result<Self, StageError> {
        let mut headers = HeaderMap::new();
        let mut query = String::new();
        let origin = match &target.settings.connection.endpoint {
            None => format!("https://{}", super::host(env)),
            Some(endpoint) => {
                let host = HeaderValue::from_str(&site.made.distribution.domain).map_err(|e| no_client(&e))?;
                headers.insert(HOST, host);
                headers.insert(HeaderName::from_static("x-forwarded-proto"), HeaderValue::from_static("https"));
                query = format!("?X-Amz-Credential={}/20260101/{}/cloudfront/aws4_request", site.account.id, site.account.region);
                endpoint.trim_end_matches('/').to_owned()
            }
        };
        let client = reqwest::Client::builder().timeout(PATIENCE).default_headers(headers).redirect(reqwest::redirect::Policy::none());
        Ok(Self { client: client.build().map_err(|e| no_client(&e))?, origin, query })
    }

    /// Whether a visitor gets the release; if not, why.
    pub async fn shows(&self, expected: &Expected) -> Result<(), String> {
        let health = self.get("/api/health").await?;
        let answer: serde_json::Value = serde_json::from_slice(&health).map_err(|_| "GET /api/health: the answer is no JSON".to_owned())?;
        match answer["release"].as_str() {
            Some(release) if release == expected.server => {}
            other => return Err(format!("GET /api/health: the server of release {} answers", other.unwrap_or("unknown"))),
        }
        let page = self.get("/").await?;
        if hex::encode(Sha256::digest(&page)) == expected.page { Ok(()) } else { Err("GET /: the page is still another one".to_owned()) }
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>, String> {
        let answer = self.client.get(format!("{}{path}{}", self.origin, self.query)).send().await.map_err(|e| format!("GET {path}: {}", reason(&e)))?;
        let status = answer.status();
        if status != reqwest::StatusCode::OK {
            return Err(format!("GET {path}: {status}"));
        }
        Ok(answer.bytes().await.map_err(|e| format!("GET {path}: {}", reason(&e)))?.to_vec())
    }
}

/// The last cause says most: `dns error`, `connection refused`.
fn reason(error: &reqwest::Error) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

fn no_client(error: &dyn std::fmt::Display) -> StageError {
    StageError::fail("no-client", "The app's address cannot be asked", error.to_string())
}
