//! The parts of an installation, each as a future that ends with its token: `serve`, `worker`, `host`.

use super::Base;
use crate::app::{self, App};
use crate::config::Config;
use crate::deploy::Targets;
use crate::deploy::local::{LocalTarget, Settings, database_server};
use crate::domain::local::Addresses;
use crate::{edge, host, http, jobs};
use anyhow::Context as _;
use sqlx::postgres::PgConnectOptions;
use std::net::TcpListener;
use std::str::FromStr as _;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Binds the port of the API.
pub fn bind_api(config: &Config) -> anyhow::Result<TcpListener> {
    bind(config, config.api.port, "SLIPFORM_PORT")
}

/// Binds the port of the edge.
pub fn bind_edge(config: &Config) -> anyhow::Result<TcpListener> {
    bind(config, config.edge.port, "SLIPFORM_EDGE_PORT")
}

fn bind(config: &Config, port: u16, setting: &str) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind((config.api.bind, port)).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("the port is in use; end the program that listens there, or set {setting} to another port (0 for any free one)")
            }
            std::io::ErrorKind::AddrNotAvailable => "SLIPFORM_BIND is no address of this machine".to_owned(),
            _ => error.to_string(),
        };
        anyhow::anyhow!("cannot listen on {}:{port}: {hint}", config.api.bind)
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// How live apps are reached, when the edge listens on `port`.
pub fn addresses(config: &Config, port: u16) -> Addresses {
    Addresses { domain: config.edge.apps_domain.clone(), port, tls: config.edge.tls.is_some() }
}

/// The use cases, of which the API is one caller and the first start another.
pub fn app(base: &Base, addresses: &Addresses, shutdown: CancellationToken) -> anyhow::Result<Arc<App>> {
    #[cfg(not(feature = "aws"))]
    let elsewhere = None;
    #[cfg(feature = "aws")]
    let elsewhere = base.config.aws.as_ref().map(|aws| -> Arc<dyn app::elsewhere::Elsewhere> { Arc::new(super::aws::Reading::new(base, aws)) });
    let settings = app::Settings {
        home: base.config.home.clone(),
        addresses: addresses.clone(),
        has_aws: base.config.aws.is_some(),
        aws_domain: base.config.aws.as_ref().map(|aws| aws.domain.clone()),
        target: base.config.workers.target,
        elsewhere,
        trusted_proxies: base.config.api.trusted_proxies.clone(),
        quotas: base.config.quotas,
        cors: base.config.api.cors.clone(),
        streams: base.config.api.streams,
        webhook_networks: base.config.webhooks.networks.clone(),
        public_url: base.config.api.public_url.clone(),
        oidc: app::oidc::Settings { issuers: base.config.api.oidc_issuers.clone(), times: app::oidc::Times::default() },
        standing_every: app::standing::EVERY,
        keys_every: app::keys::EVERY,
    };
    Ok(App::start(base.database.application.clone(), base.keyring.clone(), settings, shutdown)?)
}

/// Answers the API.
pub async fn serve(app: Arc<App>, listener: TcpListener, shutdown: CancellationToken) -> anyhow::Result<()> {
    let ended = http::serve(app.clone(), listener, shutdown).await.context("the API ended");
    // Nobody is answered any more.
    app.write_down().await;
    ended
}

/// Drains the build queue.
pub async fn work(base: &Base, addresses: Addresses, shutdown: CancellationToken) -> anyhow::Result<()> {
    let owner = PgConnectOptions::from_str(base.owner_url.expose())?;
    let settings = Settings {
        worker: base.database.worker.clone(),
        owner,
        keyring: base.keyring.clone(),
        home: base.config.home.clone(),
        toolkit: base.config.workers.toolkit.clone(),
        addresses,
    };
    let target = Targets::new(LocalTarget::new(settings));
    #[cfg(feature = "aws")]
    let target = match &base.config.aws {
        Some(aws) => target.with_aws(super::aws::target(base, aws)),
        None => target,
    };
    let deps = jobs::Deps { config: Arc::new(base.config.clone()), database: base.database.clone(), keyring: base.keyring.clone(), target };
    jobs::run(deps, shutdown).await;
    Ok(())
}

/// Keeps the processes of live apps, and the router in front of them.
pub async fn host(base: &Base, listener: TcpListener, addresses: Addresses, shutdown: CancellationToken) -> anyhow::Result<()> {
    let owner = PgConnectOptions::from_str(base.owner_url.expose())?;
    let deps = host::Deps {
        pool: base.database.host.clone(),
        keyring: base.keyring.clone(),
        home: base.config.home.clone(),
        node: base.config.apps.node.clone(),
        // This very program, also after its file was replaced by a newer one.
        launcher: "/proc/self/exe".into(),
        memory_mb: base.config.apps.memory_mb,
        probe: host::PROBE,
        database_server: database_server(&owner),
        edge: edge::Settings { listener, addresses, tls: base.config.edge.tls.clone(), trusted_proxies: base.config.api.trusted_proxies.clone() },
    };
    host::run(deps, shutdown).await
}

/// Fires at SIGINT or SIGTERM. A second one ends the process at once: whoever asks twice does not want to wait, and what
/// was started ends with us (`PR_SET_PDEATHSIG`).
#[allow(clippy::disallowed_methods)]
pub fn on_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let token = CancellationToken::new();
    let fired = token.clone();
    tokio::spawn(async move {
        for round in 0..2 {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            if round == 1 {
                std::process::exit(130);
            }
            fired.cancel();
        }
    });
    Ok(token)
}
