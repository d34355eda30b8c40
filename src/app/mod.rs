//! Use cases: authorize, transact, enqueue. One function a use case; the actor comes first, the place next.

pub mod accounts;
pub mod apps;
pub mod architecture;
pub mod audit;
pub mod builds;
pub mod change;
pub mod designs;
pub mod domains;
pub mod elsewhere;
pub mod environments;
pub mod events;
mod hub;
pub mod identities;
pub mod identity;
mod input;
pub mod invitations;
pub mod keys;
pub mod logs;
pub mod members;
mod meter;
pub mod oidc;
pub mod organizations;
pub mod page;
mod places;
pub mod polls;
pub mod quotas;
pub mod releases;
pub mod setup;
pub mod standing;
pub mod tokens;
pub mod webhooks;

use crate::auth::{self, Actor, Issuer, Limits, Passwords, Throttle};
use crate::domain::error::{Error, Result};
use crate::domain::local::Addresses;
use crate::domain::networks::Networks;
use crate::domain::origins::Origins;
use crate::domain::proxies::TrustedProxies;
use crate::domain::quotas::Quotas;
use crate::domain::seal::Keyring;
use crate::domain::{EnvironmentKind, TargetKind};
use crate::store::{Pool, TenantTx};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{RwLock, Semaphore};
use tokio_util::sync::CancellationToken;

/// What the use cases need to know of the settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where state is kept: releases and logs of apps of this machine are read from here.
    pub home: PathBuf,
    /// How live apps of this machine are reached.
    pub addresses: Addresses,
    /// Whether the installation reaches AWS.
    pub has_aws: bool,
    /// The domain of apps in the installation's own account.
    pub aws_domain: Option<String>,
    /// Where new apps run.
    pub target: TargetKind,
    /// How releases and logs of apps on AWS are read, where this process reaches it.
    pub elsewhere: Option<Arc<dyn elsewhere::Elsewhere>>,
    /// Whose word about a client's address is believed.
    pub trusted_proxies: TrustedProxies,
    /// What an organization may have, unless something else was set for it.
    pub quotas: Quotas,
    /// Whose pages may call the API from a browser.
    pub cors: Origins,
    /// How many followers of one organization are answered at once.
    pub streams: u32,
    /// Networks that are not public and to which webhooks may go all the same.
    pub webhook_networks: Networks,
    /// Where clients reach the API, without a slash at its end.
    pub public_url: Option<String>,
    /// Who else may say who somebody is.
    pub oidc: oidc::Settings,
    /// How often it is asked whether those who follow something still may: [`standing::EVERY`] outside of tests.
    pub standing_every: std::time::Duration,
    /// How often the signing keys are looked after: [`keys::EVERY`] outside of tests.
    pub keys_every: std::time::Duration,
}

impl Settings {
    /// The origin of an environment of an app.
    fn origin(&self, app: &apps::Record, environment: &str, kind: EnvironmentKind) -> String {
        match &app.domain {
            Some(domain) => format!("https://{}.{domain}", crate::domain::local::host_label(&app.host_label, environment, kind)),
            None => self.addresses.environment(&app.host_label, environment, kind),
        }
    }
}

/// What all use cases stand on; one in a process.
#[derive(Debug)]
pub struct App {
    pool: Pool,
    keyring: Keyring,
    settings: Settings,
    issuer: RwLock<Option<Arc<Issuer>>>,
    keys_reloaded: std::sync::Mutex<Option<std::time::Instant>>,
    issuers: oidc::Issuers,
    passwords: Passwords,
    throttle: Throttle,
    limits: Limits,
    known: quotas::Known,
    meter: meter::Meter,
    hub: Arc<hub::Hub>,
    places: Arc<places::Places>,
    answers: polls::Answers,
    /// Checks of designs that run at once: each may take a core for a while.
    checks: Semaphore,
    cursor_key: String,
    shutdown: CancellationToken,
}

impl App {
    /// Begins to listen for events, and to look after keys; ends with `shutdown`, and with it every stream. `pool` is the application's.
    pub fn start(pool: Pool, keyring: Keyring, settings: Settings, shutdown: CancellationToken) -> Result<Arc<Self>> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let hub = Arc::new(hub::Hub::default());
        tokio::spawn(hub.clone().run(pool.clone(), shutdown.clone()));
        let issuers = oidc::Issuers::start(settings.oidc.clone(), &pool, &shutdown)?;
        let every = settings.keys_every;
        let app = Arc::new(Self {
            cursor_key: keyring.derive_password("cursors of the API"),
            pool,
            keyring,
            settings,
            issuer: RwLock::default(),
            keys_reloaded: std::sync::Mutex::default(),
            issuers,
            passwords: Passwords::new(cores)?,
            throttle: Throttle::default(),
            limits: Limits::default(),
            known: quotas::Known::default(),
            meter: meter::Meter::default(),
            hub,
            places: Arc::default(),
            answers: polls::Answers::default(),
            checks: Semaphore::new(cores),
            shutdown,
        });
        tokio::spawn({
            let app = app.clone();
            async move { app.keep_writing_down().await }
        });
        tokio::spawn(keys::look_after(app.clone(), every));
        Ok(app)
    }

    /// Where clients reach the API, if the operator has said it.
    pub fn public_url(&self) -> Option<&str> {
        self.settings.public_url.as_deref()
    }

    /// Who issues our access tokens, as they say it.
    fn issuer_name(&self) -> &str {
        self.public_url().unwrap_or(auth::ISSUER)
    }

    /// The reverse proxies in front of the API.
    pub fn trusted_proxies(&self) -> &TrustedProxies {
        &self.settings.trusted_proxies
    }

    /// Whose pages may call the API from a browser.
    pub fn cors(&self) -> &Origins {
        &self.settings.cors
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> Result<()> {
        Ok(crate::store::ping(&self.pool).await?)
    }

    async fn tenant(&self, actor: &Actor) -> Result<TenantTx> {
        Ok(TenantTx::begin(&self.pool, actor.organization).await?)
    }
}

/// Whether a deletion is meant for what is there. One that is sent again was meant for what was there before it began.
fn meant(checked: Result<()>, ending: bool) -> Result<()> {
    match checked {
        Err(Error::Stale { .. }) if ending => Ok(()),
        checked => checked,
    }
}

fn not_found(what: &'static str) -> Error {
    Error::NotFound { what }
}

fn conflict(code: &'static str, detail: impl Into<String>) -> Error {
    Error::Conflict { code, detail: detail.into() }
}
