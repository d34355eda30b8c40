//! The REST API. This page is its table of contents.

mod cors;
mod documented;
mod events;
mod extract;
mod frame;
mod health;
mod linger;
mod links;
mod observe;
mod permissions;
mod polish;
mod problem;
mod refusals;
mod reply;
mod tags;
mod typed;
mod v1;
mod well_known;

use crate::app::App;
use crate::connections;
use axum::extract::{ConnectInfo, DefaultBodyLimit};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::{Extension, Router, middleware};
use documented::Frame;
use extract::ClientAddress;
use hyper_util::service::TowerToHyperService;
use std::net::TcpListener;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower::Layer as _;
use tower::util::option_layer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

/// The largest body that is read, but for designs.
const MOST_BYTES: usize = 64 * 1024;

/// A client that has come over TLS comes so again for a year (RFC 6797).
const YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The most connections at once; a client that follows or waits holds one.
const CONNECTIONS: usize = 16_384;

/// Answers the API at a port that is bound already, until `shutdown`; then lets open requests finish.
pub async fn serve(app: Arc<App>, listener: TcpListener, shutdown: CancellationToken) -> std::io::Result<()> {
    let router = router(app);
    connections::accept(listener, "the API", CONNECTIONS, shutdown.clone(), |stream, peer| {
        // Requests are counted and told by the address of the client.
        let service = TowerToHyperService::new(Extension(ConnectInfo(peer)).layer(router.clone()));
        connections::answer(stream, service, shutdown.clone())
    })
    .await
}

/// The API with its documentation.
fn router(app: Arc<App>) -> Router {
    let (router, document) = contents().split_for_parts();
    let guards = Arc::new(permissions::guards(&document));
    let document = reply::written(polish::polish(&document).to_string().into_bytes());
    // An archive is compressed already, and lines that are followed must not wait in a compressor.
    let compressed = DefaultPredicate::new()
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/x-ndjson"))
        .and(NotForContentType::const_new("text/plain"));
    let docs = utoipa_swagger_ui::SwaggerUi::new("/docs").config(utoipa_swagger_ui::Config::from("/openapi.json"));
    let cors = cors::layer(app.cors());
    let tls = app.public_url().is_some_and(|url| url.starts_with("https:"));
    router
        // Whoever reads it is counted, as whoever else has no credentials.
        .route("/openapi.json", get(async move |_: ClientAddress| reply::whole(StatusCode::OK, document)))
        .with_state(app)
        .merge(docs)
        .fallback(async || StatusCode::NOT_FOUND.into_response())
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(Extension(guards))
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(middleware::from_fn(linger::linger))
        .layer(middleware::from_fn(frame::frame))
        .layer(cors)
        .layer(option_layer(tls.then(|| SetResponseHeaderLayer::overriding(header::STRICT_TRANSPORT_SECURITY, YEAR))))
        .layer(middleware::from_fn(observe::observe))
}

/// The OpenAPI document of the API, as JSON.
pub fn openapi() -> serde_json::Value {
    polish::polish(&contents().into_openapi())
}

/// The API as a list. Permissions are written beside the operations that they guard, once all are there.
fn contents() -> OpenApiRouter<Arc<App>> {
    let mut all = routes();
    permissions::describe(all.get_openapi_mut());
    all
}

fn routes() -> OpenApiRouter<Arc<App>> {
    let designs = DefaultBodyLimit::max(crate::app::designs::MOST_BYTES);
    OpenApiRouter::with_openapi(Frame::openapi())
        // Identity
        .routes(routes!(v1::auth::sign_in::sign_in))
        .routes(routes!(v1::auth::refresh::refresh))
        .routes(routes!(v1::auth::sign_out::sign_out))
        .routes(routes!(v1::auth::sign_up::sign_up))
        .routes(routes!(v1::auth::exchange::exchange))
        .routes(routes!(v1::me::me))
        .routes(routes!(v1::identities::list::list, v1::identities::add::add))
        .routes(routes!(v1::identities::remove::remove))
        .routes(routes!(v1::invitations::accept::accept))
        .routes(routes!(v1::organizations::leave::leave))
        .routes(routes!(well_known::keys))
        .routes(routes!(well_known::issuer))
        // Organizations
        .routes(routes!(v1::organizations::list::list, v1::organizations::create::create))
        .routes(routes!(v1::organizations::show::show))
        .routes(routes!(v1::organizations::usage::usage))
        // Members
        .routes(routes!(v1::members::list::list))
        .routes(routes!(v1::members::show::show, v1::members::update::update, v1::members::remove::remove))
        .routes(routes!(v1::invitations::list::list, v1::invitations::create::create))
        .routes(routes!(v1::invitations::revoke::revoke))
        // API tokens
        .routes(routes!(v1::tokens::list::list, v1::tokens::create::create))
        .routes(routes!(v1::tokens::revoke::revoke))
        // AWS accounts
        .routes(routes!(v1::accounts::list::list, v1::accounts::create::create))
        .routes(routes!(v1::accounts::show::show, v1::accounts::update::update, v1::accounts::delete::delete))
        // Apps
        .routes(routes!(v1::apps::list::list, v1::apps::create::create))
        .routes(routes!(v1::apps::show::show, v1::apps::update::update, v1::apps::delete::delete))
        // Designs
        .routes(routes!(v1::designs::validate::validate).layer(designs))
        .routes(routes!(v1::designs::list::list, v1::designs::push::push).layer(designs))
        .routes(routes!(v1::designs::diff::diff))
        .routes(routes!(v1::designs::show::show))
        .routes(routes!(v1::designs::document::document))
        // Environments
        .routes(routes!(v1::environments::list::list, v1::environments::create::create))
        .routes(routes!(v1::environments::show::show, v1::environments::delete::delete))
        .routes(routes!(v1::environments::administrator::administrator))
        .routes(routes!(v1::environments::rollback::rollback))
        .routes(routes!(v1::environments::repair::repair))
        .routes(routes!(v1::environments::logs::logs))
        .routes(routes!(v1::environments::architecture::architecture))
        .routes(routes!(v1::environments::diagram::diagram))
        // Domains
        .routes(routes!(v1::domains::list::list, v1::domains::add::add))
        .routes(routes!(v1::domains::show::show, v1::domains::remove::remove))
        .routes(routes!(v1::domains::renew::renew))
        // Releases
        .routes(routes!(v1::releases::list::list))
        .routes(routes!(v1::releases::show::show))
        .routes(routes!(v1::releases::code::code))
        // Builds
        .routes(routes!(v1::builds::list::list, v1::builds::create::create))
        .routes(routes!(v1::builds::show::show))
        .routes(routes!(v1::builds::cancel::cancel))
        .routes(routes!(v1::builds::retry::retry))
        .routes(routes!(v1::builds::events::events))
        .routes(routes!(v1::builds::logs::logs))
        // Webhooks
        .routes(routes!(v1::webhooks::list::list, v1::webhooks::create::create))
        .routes(routes!(v1::webhooks::show::show, v1::webhooks::update::update, v1::webhooks::delete::delete))
        .routes(routes!(v1::webhooks::rotate::rotate))
        .routes(routes!(v1::webhooks::test::test))
        .routes(routes!(v1::webhooks::deliveries::deliveries))
        .routes(routes!(v1::webhooks::delivery::delivery))
        .routes(routes!(v1::webhooks::redeliver::redeliver))
        // Audit log
        .routes(routes!(v1::audit::list::list))
        .routes(routes!(v1::audit::export::export))
        // Health
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
}
