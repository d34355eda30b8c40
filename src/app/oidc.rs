//! The keys of external issuers: fetched, kept in memory and in the database, fetched again.
//!
//! This is the one place outside of jobs that reaches out of the installation: a sign-in with a key that is not known yet cannot wait for
//! a job. What it costs is bounded, however often somebody asks and however the issuer behaves: one fetch in flight for an issuer, a pause
//! after each, a few seconds and 1 MiB. Addresses come from the operator's settings, and from the issuer that the operator trusts.

use crate::auth::oidc::{self, KeySet, Refused};
use crate::config::OidcIssuer;
use crate::domain::error::{Error, Result};
use crate::store::{Pool, begin, oidc_issuers};
use chrono::{DateTime, Utc};
use reqwest::{Client, Url, redirect};
use serde::Deserialize;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// The longest answer of an issuer, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// Which issuers there are, and how patient we are with them.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Whom the operator trusts.
    pub issuers: Vec<OidcIssuer>,
    /// How patient we are.
    pub times: Times,
}

/// How patient we are with an issuer.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// For all of a fetch.
    pub fetch: Duration,
    /// From one fetch to the next, though somebody asks for keys that are not known.
    pub pause: Duration,
    /// From one fetch to the next, though nobody asks.
    pub refresh: Duration,
    /// How long keys are good, while the issuer does not answer.
    pub good_for: Duration,
}

impl Default for Times {
    fn default() -> Self {
        let (fetch, pause) = (Duration::from_secs(5), Duration::from_secs(30));
        Self { fetch, pause, refresh: Duration::from_mins(10), good_for: Duration::from_hours(24) }
    }
}

/// Somebody, as an issuer knows them: the token that said so is good.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Proven {
    pub issuer: String,
    pub subject: String,
}

/// The issuers that this process knows.
#[derive(Debug)]
pub struct Issuers(Vec<Arc<Issuer>>);

#[derive(Debug)]
struct Issuer {
    setting: OidcIssuer,
    times: Times,
    client: Client,
    pool: Pool,
    keys: RwLock<Option<Arc<Keys>>>,
    /// Held by the one fetch in flight; when it began.
    flight: Mutex<Option<Instant>>,
}

#[derive(Debug)]
struct Keys {
    set: KeySet,
    fetched_at: DateTime<Utc>,
}

impl Issuers {
    /// Begins to keep the keys of all issuers until `shutdown`.
    pub fn start(settings: Settings, pool: &Pool, shutdown: &CancellationToken) -> Result<Self> {
        let mut all = Vec::new();
        for setting in settings.issuers {
            let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).referer(false).build().map_err(Error::internal)?;
            let (keys, flight) = (RwLock::default(), Mutex::default());
            let issuer = Arc::new(Issuer { setting, times: settings.times, client, pool: pool.clone(), keys, flight });
            tokio::spawn(issuer.clone().look_after(shutdown.clone()));
            all.push(issuer);
        }
        Ok(Self(all))
    }

    /// Their identifiers.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|issuer| issuer.setting.issuer.clone()).collect()
    }

    /// Who brings this ID token.
    pub async fn verify(&self, token: &str) -> Result<Proven> {
        let said = oidc::issuer_of(token).ok_or_else(|| refused(Refused::Malformed))?;
        let issuer = self.0.iter().find(|issuer| issuer.setting.issuer == said);
        let issuer = issuer.ok_or_else(|| Error::Unauthenticated { detail: "This token comes from an issuer that is not trusted here.".into() })?;
        let keys = match issuer.known() {
            Some(keys) => keys,
            None => issuer.newer_than(None).await?,
        };
        let verified = match keys.set.verify(token, &issuer.setting) {
            Err(Refused::UnknownKey) => issuer.newer_than(Some(keys)).await?.set.verify(token, &issuer.setting),
            verified => verified,
        };
        Ok(Proven { subject: verified.map_err(refused)?, issuer: said })
    }
}

fn refused(why: Refused) -> Error {
    Error::Unauthenticated { detail: format!("This token is not accepted. {why}") }
}

impl Issuer {
    /// The keys in memory, as long as they are good.
    fn known(&self) -> Option<Arc<Keys>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone().filter(|keys| self.are_good(keys))
    }

    fn are_good(&self, keys: &Keys) -> bool {
        (Utc::now() - keys.fetched_at).to_std().unwrap_or_default() < self.times.good_for
    }

    fn remember(&self, keys: Keys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(keys));
    }

    /// Other keys than these, if there are: whoever comes while they are fetched waits for the same fetch. It goes on when all of them have
    /// gone away, or whoever hangs up early could keep new keys out.
    async fn newer_than(self: &Arc<Self>, stale: Option<Arc<Keys>>) -> Result<Arc<Keys>> {
        let issuer = self.clone();
        let renewed = tokio::spawn(async move { issuer.renew(stale.as_ref()).await }).await.map_err(Error::internal)?;
        renewed.ok_or_else(|| Error::Unavailable { detail: format!("The issuer {} does not answer.", self.setting.issuer), cause: None })
    }

    async fn renew(&self, stale: Option<&Arc<Keys>>) -> Option<Arc<Keys>> {
        let mut began = self.flight.lock().await;
        let fresh = |keys: &Arc<Keys>| stale.is_none_or(|stale| !Arc::ptr_eq(stale, keys));
        if self.known().is_none() {
            self.recall().await;
        }
        if let Some(keys) = self.known().filter(fresh) {
            return Some(keys);
        }
        if began.is_none_or(|began| began.elapsed() >= self.times.pause) {
            *began = Some(Instant::now());
            self.fetch_and_keep().await;
        }
        self.known()
    }

    /// What was kept in the database, by this process or another one.
    async fn recall(&self) {
        let found = async { oidc_issuers::find(&mut *begin(&self.pool).await?, &self.setting.issuer).await };
        match found.await {
            Ok(Some(kept)) => {
                if let Ok(set) = KeySet::parse(&kept.jwks, &self.setting) {
                    self.remember(Keys { set, fetched_at: kept.fetched_at });
                }
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, issuer = self.setting.issuer, "the kept keys of an issuer could not be read"),
        }
    }

    async fn fetch_and_keep(&self) {
        let fetched = tokio::time::timeout(self.times.fetch, self.fetch()).await;
        let fetched = fetched.unwrap_or_else(|_| Err(format!("it took longer than {} s", self.times.fetch.as_secs())));
        let (jwks, set) = match fetched.and_then(|jwks| KeySet::parse(&jwks, &self.setting).map(|set| (jwks, set))) {
            Ok(fetched) => fetched,
            Err(why) => return tracing::warn!(issuer = self.setting.issuer, why, "the keys of an issuer could not be fetched; those that are known stay"),
        };
        if set.is_empty() {
            tracing::warn!(issuer = self.setting.issuer, "an issuer has no key that could be used");
        }
        tracing::debug!(issuer = self.setting.issuer, keys = set.len(), "fetched the keys of an issuer");
        self.remember(Keys { set, fetched_at: Utc::now() });
        let keep = async {
            let mut tx = begin(&self.pool).await?;
            oidc_issuers::keep(&mut tx, &self.setting.issuer, &jwks).await?;
            tx.commit().await
        };
        if let Err(error) = keep.await {
            tracing::warn!(%error, issuer = self.setting.issuer, "the keys of an issuer could not be kept");
        }
    }

    async fn fetch(&self) -> Result<Vec<u8>, String> {
        let keys = match &self.setting.jwks_uri {
            Some(uri) => uri.clone(),
            None => self.discover().await?,
        };
        if !self.setting.may_fetch(&keys) {
            return Err(format!("its keys are at {keys}, which is not https"));
        }
        self.get(keys).await
    }

    /// Where the issuer says that its keys are (OpenID Connect Discovery 1.0, 4).
    async fn discover(&self) -> Result<Url, String> {
        #[derive(Deserialize)]
        struct Discovered {
            issuer: String,
            jwks_uri: String,
        }
        let address = self.setting.discovery().parse().map_err(|error| format!("its address cannot be read: {error}"))?;
        let document = self.get(address).await?;
        let found: Discovered = serde_json::from_slice(&document).map_err(|error| format!("its discovery document cannot be read: {error}"))?;
        if found.issuer != self.setting.issuer {
            return Err(format!("its discovery document is that of {:?}", found.issuer));
        }
        found.jwks_uri.parse().map_err(|error| format!("the address of its keys cannot be read: {error}"))
    }

    async fn get(&self, address: Url) -> Result<Vec<u8>, String> {
        let words = |error: reqwest::Error| {
            let mut words = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                let _ = write!(words, ": {error}");
                cause = error.source();
            }
            words
        };
        let mut answer = self.client.get(address.clone()).header("accept", "application/json").send().await.map_err(words)?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(format!("{address} answers {}", answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(words)? {
            body.extend_from_slice(&chunk);
            if body.len() > MOST_BYTES {
                return Err(format!("{address} answers with more than {MOST_BYTES} bytes"));
            }
        }
        Ok(body)
    }

    /// Fetches now and then, so that new keys are known before they sign and old ones are forgotten.
    async fn look_after(self: Arc<Self>, shutdown: CancellationToken) {
        loop {
            {
                let mut began = self.flight.lock().await;
                if self.known().is_none() {
                    self.recall().await;
                }
                if began.is_none_or(|began| began.elapsed() >= self.times.pause) {
                    *began = Some(Instant::now());
                    tokio::select! {
                        () = shutdown.cancelled() => return,
                        () = self.fetch_and_keep() => {}
                    }
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(self.times.refresh) => {}
            }
        }
    }
}
