//! What `up` does on an empty installation: a first organization and owner, and the example app. The app is made over HTTP,
//! as any client would; there is no private door.

use super::Base;
use super::files::write_private;
use crate::app::App;
use crate::app::setup::{FirstOwner, first_owner};
use crate::config::Example;
use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

const EMAIL: &str = "owner@example.com";
const ORGANIZATION: &str = "default";

/// What the first start made, kept in the file `credentials` of the home folder.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Credentials {
    pub email: String,
    pub password: String,
    pub token: String,
    pub organization: String,
    /// An app that is still to be built: an interrupted first start goes on with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
}

impl Credentials {
    fn read(home: &Path) -> anyhow::Result<Option<Self>> {
        let file = home.join("credentials");
        match fs::read(&file) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).with_context(|| format!("{} is damaged", file.display()))?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
        }
    }

    fn write(&self, home: &Path) -> std::io::Result<()> {
        write_private(&home.join("credentials"), &serde_json::to_vec_pretty(self)?)
    }
}

/// The example's name and design, read before anything is made.
pub fn read_example(example: Option<&Example>) -> anyhow::Result<Option<(String, Vec<u8>)>> {
    let Some(example) = example else { return Ok(None) };
    let bytes =
        fs::read(&example.file).with_context(|| format!("SLIPFORM_EXAMPLE: cannot read the design `{}` from {}", example.name, example.file.display()))?;
    Ok(Some((example.name.clone(), bytes)))
}

/// Makes what is missing, and answers with the credentials (when this home folder has them) and the apps that are live.
pub async fn run(
    base: &Base,
    app: &App,
    edge: SocketAddr,
    origin: &str,
    example: Option<(String, Vec<u8>)>,
    quiet: bool,
) -> anyhow::Result<Option<(Option<Credentials>, Vec<Value>)>> {
    let home = &base.config.home;
    let pending = example.as_ref().map(|(name, _)| name.clone());
    let keep = |made: &FirstOwner| {
        let (email, organization) = (made.email.clone(), made.organization_slug.clone());
        Credentials { email, password: made.password.clone(), token: made.token.clone(), organization, pending }.write(home)
    };
    first_owner(app, EMAIL, ORGANIZATION, "Default", keep).await.context("cannot make the first owner")?;
    let Some(mut credentials) = Credentials::read(home)? else { return Ok(Some((None, Vec::new()))) };
    let api = Api { http: reqwest_client()?, base: format!("{origin}/v1/organizations/{}", credentials.organization), token: credentials.token.clone() };
    api.wait_until_ready(origin).await?;
    if let (Some(slug), Some((name, design))) = (&credentials.pending, example)
        && *slug == name
    {
        if !quiet {
            println!("Building the example app `{slug}` …");
        }
        match build_example(&api, slug, design).await {
            Ok(()) => {
                credentials.pending = None;
                credentials.write(home).context("cannot write the credentials")?;
            }
            // Everything else works without it, and the next start tries again.
            Err(error) => eprintln!("slipform: the example app `{slug}` is not live: {error:#}"),
        }
    }
    let apps = api.live_apps().await?;
    for app in &apps {
        wait_until_served(base, edge, app["url"].as_str().unwrap_or_default()).await?;
    }
    Ok(Some((Some(credentials), apps)))
}

/// Apps that come back after a restart need a moment. One that does not come back is no reason not to start: the host goes
/// on trying, and its log says why.
async fn wait_until_served(base: &Base, edge: SocketAddr, url: &str) -> anyhow::Result<()> {
    let url: reqwest::Url = url.parse().context("the address of an app")?;
    let host = url.host_str().unwrap_or_default().to_owned();
    // Its name is not resolved everywhere: the edge is asked at its own address, whose certificate is for names.
    let ip = if base.config.api.bind.is_unspecified() { IpAddr::from([127, 0, 0, 1]) } else { base.config.api.bind };
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).danger_accept_invalid_certs(true);
    let client = client.resolve(&host, SocketAddr::new(ip, edge.port())).build()?;
    for _ in 0..150 {
        if client.get(url.clone()).send().await.is_ok_and(|answer| answer.status().is_success() || answer.status().is_redirection()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tracing::warn!(%url, "the app does not answer yet");
    Ok(())
}

async fn build_example(api: &Api, slug: &str, design: Vec<u8>) -> anyhow::Result<()> {
    if api.get(&format!("/apps/{slug}")).await?.is_none() {
        api.post("/apps", serde_json::to_vec(&json!({ "slug": slug, "name": slug }))?).await?;
    }
    api.post(&format!("/apps/{slug}/designs"), design).await?;
    let build = api.post(&format!("/apps/{slug}/builds"), b"{}".to_vec()).await?;
    let path = format!("/apps/{slug}/builds/{}", build["number"]);
    loop {
        let build = api.get(&path).await?.context("the build has gone")?;
        match build["state"].as_str() {
            Some("queued" | "running") => tokio::time::sleep(Duration::from_millis(100)).await,
            Some("succeeded") => return Ok(()),
            state => bail!("the build ended as {}: {}", state.unwrap_or("?"), build["error"]),
        }
    }
}

fn reqwest_client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1)).build()?)
}

/// The API, with the first owner's token.
struct Api {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Api {
    async fn wait_until_ready(&self, origin: &str) -> anyhow::Result<()> {
        for _ in 0..200 {
            if self.http.get(format!("{origin}/health/ready")).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the API does not answer at {origin}")
    }

    /// `None` when it is not there.
    async fn get(&self, path: &str) -> anyhow::Result<Option<Value>> {
        let answer = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().await?;
        if answer.status() == reqwest::StatusCode::NOT_FOUND {
            return Ok(None);
        }
        json(answer).await.map(Some)
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> anyhow::Result<Value> {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token).header("content-type", "application/json");
        json(request.body(body).send().await?).await
    }

    /// The apps whose production is live, with the first administrator's credentials where they may be shown.
    async fn live_apps(&self) -> anyhow::Result<Vec<Value>> {
        let mut live = Vec::new();
        let mut next = Some("/apps?limit=100".to_owned());
        while let Some(path) = next {
            let page = self.get(&path).await?.unwrap_or_default();
            for app in page["items"].as_array().into_iter().flatten() {
                let slug = app["slug"].as_str().unwrap_or_default();
                let environment = self.get(&format!("/apps/{slug}/environments/production")).await?.unwrap_or_default();
                if !environment["liveRelease"].is_null() {
                    let admin = self.get(&format!("/apps/{slug}/environments/production/administrator")).await?;
                    live.push(json!({ "slug": slug, "url": environment["url"], "admin": admin }));
                }
            }
            next = page["nextCursor"].as_str().map(|cursor| format!("/apps?limit=100&cursor={cursor}"));
        }
        Ok(live)
    }
}

async fn json(answer: reqwest::Response) -> anyhow::Result<Value> {
    let status = answer.status();
    let text = answer.text().await?;
    anyhow::ensure!(status.is_success(), "the API answered {status}: {text}");
    Ok(serde_json::from_str(&text)?)
}
