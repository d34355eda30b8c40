//! The router of live apps: one port, a host name an environment. `/api` goes to the app's process, everything else
//! comes from its release's web assets. The host says what is live; a switch never fails a request.

pub mod assets;
mod body;
pub mod domains;
mod pages;
mod proxy;
pub mod routes;
mod tls;
pub mod upstream;

pub use assets::Assets;
pub use domains::Domains;
pub use routes::{Live, Routes};
pub use upstream::Upstream;

use crate::config;
use crate::connections::{self, HEAD_LIMIT};
use crate::domain::local::Addresses;
use crate::domain::proxies::TrustedProxies;
use body::Body;
use http::{HeaderName, HeaderValue, Request, Response, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use std::convert::Infallible;
use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

/// The most connections at once.
const CONNECTIONS: usize = 4096;
/// What the edge stands on.
#[derive(Debug)]
pub struct Settings {
    /// Already bound, so that a port in use is found before anything starts.
    pub listener: TcpListener,
    /// The base domain, and what the outside sees.
    pub addresses: Addresses,
    /// The certificate, unless it speaks plain HTTP.
    pub tls: Option<config::Tls>,
    /// Whose word about a client's address is believed.
    pub trusted_proxies: TrustedProxies,
}

/// Answers until `shutdown`, then lets open requests finish.
pub async fn serve(settings: Settings, routes: Routes, domains: Domains, shutdown: CancellationToken) -> std::io::Result<()> {
    let acceptor = settings.tls.map(|files| tls::Acceptor::new(files, domains.clone())).transpose()?;
    let reload = acceptor.clone().map(|acceptor| tokio::spawn(acceptor.keep_fresh(shutdown.clone())));
    let shared = Arc::new(Shared { addresses: settings.addresses, routes, domains, trusted_proxies: settings.trusted_proxies });
    let ended = connections::accept(settings.listener, "the edge", CONNECTIONS, shutdown.clone(), |stream, peer| {
        let (shared, shutdown, acceptor) = (shared.clone(), shutdown.clone(), acceptor.clone());
        async move {
            match acceptor {
                None => connection(stream, peer.ip(), shared, shutdown).await,
                Some(acceptor) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HEAD_LIMIT, acceptor.accept(stream)).await {
                        connection(stream, peer.ip(), shared, shutdown).await;
                    }
                }
            }
        }
    });
    let ended = ended.await;
    if let Some(task) = reload {
        task.abort();
    }
    ended
}

struct Shared {
    addresses: Addresses,
    routes: Routes,
    domains: Domains,
    trusted_proxies: TrustedProxies,
}

async fn connection<S>(stream: S, peer: IpAddr, shared: Arc<Shared>, shutdown: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { Ok::<_, Infallible>(answer(&shared, peer, request).await) }
    });
    connections::answer(stream, service, shutdown).await;
}

async fn answer(shared: &Shared, peer: IpAddr, mut request: Request<Incoming>) -> Response<Body> {
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
    let id = match request.headers().get(&REQUEST_ID) {
        Some(id) if (1..=100).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic) => id.clone(),
        _ => HeaderValue::from_str(&uuid::Uuid::now_v7().to_string()).expect("a UUID is a header value"),
    };
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let mut response = route(shared, peer, request).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

async fn route(shared: &Shared, peer: IpAddr, request: Request<Incoming>) -> Response<Body> {
    let named = request.uri().host().or_else(|| request.headers().get(header::HOST)?.to_str().ok());
    let Some(host) = named.map(str::to_owned) else {
        return pages::bad_request("The request names no host.");
    };
    let Some(label) = shared.addresses.host_label(&host).or_else(|| shared.domains.label(&host)) else {
        return pages::unknown_host(&request);
    };
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        let told: Vec<&str> = request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
        let client = shared.trusted_proxies.client(peer, told.into_iter());
        return proxy::forward(&shared.routes, &label, shared.addresses.tls, client, request).await;
    }
    match shared.routes.assets(&label) {
        None => pages::unknown_host(&request),
        Some(found) => assets::serve(&found, &request).await,
    }
}
