//! `/api`: to the app's process and back, streaming both ways.

use super::body::{Body, Holding, Patient, full};
use super::pages;
use super::routes::{Entry, Routes};
use super::upstream::{Failed, InFlight};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode, Uri, Version};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// How long an app may take to begin its answer, from the last part of the request that it took.
const ANSWER: Duration = Duration::from_mins(1);
/// How long a client may be silent while it sends a body.
const SILENCE: Duration = Duration::from_secs(30);
/// How long a request that could not be sent waits for a process that takes it: a switch, or a quick restart.
const PATIENCE: Duration = Duration::from_secs(1);

/// Headers that belong to one connection (RFC 9110, 7.6.1).
const HOP_BY_HOP: [HeaderName; 7] =
    [header::CONNECTION, header::PROXY_AUTHENTICATE, header::PROXY_AUTHORIZATION, header::TE, header::TRAILER, header::TRANSFER_ENCODING, header::UPGRADE];
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Sends the request to whatever process is live and passes its answer on.
pub async fn forward(routes: &Routes, label: &str, tls: bool, client: IpAddr, mut request: Request<Incoming>) -> Response<Body> {
    let asked = upgrade_of(request.headers());
    let client_side = asked.is_some().then(|| hyper::upgrade::on(&mut request));
    let (head, body) = request.into_parts();
    let mut request = Request::new(());
    *request.method_mut() = head.method;
    *request.headers_mut() = head.headers;
    // Only for the answers of our own, which look at what the client accepts.
    let probe = {
        let mut probe = Request::new(());
        *probe.headers_mut() = request.headers().clone();
        probe
    };
    let host = head.uri.authority().and_then(|a| HeaderValue::from_str(a.as_str()).ok()).or_else(|| request.headers().get(header::HOST).cloned());
    let Some(host) = host else { return pages::bad_request("The request names no host.") };
    let target = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    *request.uri_mut() = match target.parse::<Uri>() {
        Ok(uri) => uri,
        Err(_) => return pages::bad_request("The request's target cannot be read."),
    };
    *request.version_mut() = Version::HTTP_11;
    prepare(request.headers_mut(), host, tls, client, asked.as_ref());
    let body = Patient::new(body, SILENCE);
    let upload = body.motion();
    let mut outgoing = request.map(|()| body.boxed_unsync());

    let begin = Instant::now();
    loop {
        let in_flight = match routes.enter(label) {
            None => return pages::unknown_host(&probe),
            Some(Entry::Down { retry_after }) => {
                if begin.elapsed() >= PATIENCE || retry_after > 1 {
                    return pages::starting(&probe, retry_after);
                }
                tokio::time::sleep(Duration::from_millis(25)).await;
                continue;
            }
            Some(Entry::Up(in_flight)) => in_flight,
        };
        let sent = tokio::select! {
            sent = in_flight.upstream().send(outgoing) => Some(sent),
            () = upload.stops_for(ANSWER) => None,
        };
        match sent {
            None => return pages::problem(StatusCode::GATEWAY_TIMEOUT, "The app takes too long", "It did not begin to answer within a minute."),
            Some(Ok((response, sender))) => return pass_on(response, sender, in_flight, client_side),
            Some(Err(Failed::Broken(error))) => {
                tracing::debug!(%label, %error, "an app broke off");
                return pages::problem(
                    StatusCode::BAD_GATEWAY,
                    "The app broke off",
                    "Its server ended while it worked on this request; it is not known whether the request had its effect.",
                );
            }
            Some(Err(Failed::NotSent(unsent, error))) => {
                tracing::debug!(%label, %error, "an app does not take connections");
                if begin.elapsed() >= PATIENCE {
                    return pages::starting(&probe, 1);
                }
                outgoing = *unsent;
                drop(in_flight);
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
        }
    }
}

fn pass_on(
    mut response: Response<Incoming>,
    sender: hyper::client::conn::http1::SendRequest<Body>,
    in_flight: InFlight,
    client_side: Option<OnUpgrade>,
) -> Response<Body> {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let Some(client_side) = client_side else {
            return pages::problem(StatusCode::BAD_GATEWAY, "The app answered wrongly", "It changed the protocol without being asked.");
        };
        let app_side = hyper::upgrade::on(&mut response);
        tokio::spawn(async move {
            // The guard: a process is not ended at once while somebody talks to it.
            let _in_flight = in_flight;
            if let (Ok(client), Ok(app)) = tokio::join!(client_side, app_side) {
                let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(app)).await;
            }
        });
        let (head, _) = response.into_parts();
        return Response::from_parts(head, full(""));
    }
    let listed = connection_options(response.headers());
    remove_hop_by_hop(response.headers_mut(), &listed);
    response.headers_mut().entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    *response.version_mut() = Version::HTTP_11;
    response.map(|body| Holding::new(body, (in_flight, sender), |(in_flight, sender)| in_flight.upstream().give_back(sender)).boxed_unsync())
}

/// What the app sees of the client.
fn prepare(headers: &mut HeaderMap, host: HeaderValue, tls: bool, client: IpAddr, upgrade: Option<&HeaderValue>) {
    let listed = connection_options(headers);
    remove_hop_by_hop(headers, &listed);
    for forged in ["forwarded", "x-real-ip", "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-server"] {
        headers.remove(forged);
    }
    // Answered by ourselves.
    headers.remove(header::EXPECT);
    if let Some(protocol) = upgrade {
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, protocol.clone());
    }
    headers.insert(FORWARDED_FOR, HeaderValue::from_str(&client.to_string()).expect("an address is a header value"));
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static(if tls { "https" } else { "http" }));
    headers.insert(FORWARDED_HOST, host.clone());
    headers.insert(header::HOST, host);
}

fn upgrade_of(headers: &HeaderMap) -> Option<HeaderValue> {
    connection_options(headers).contains(&header::UPGRADE).then(|| headers.get(header::UPGRADE).cloned()).flatten()
}

/// The headers that `Connection` names.
fn connection_options(headers: &HeaderMap) -> Vec<HeaderName> {
    let lists = headers.get_all(header::CONNECTION).iter().filter_map(|v| v.to_str().ok());
    lists.flat_map(|list| list.split(',')).filter_map(|name| name.trim().parse().ok()).collect()
}

fn remove_hop_by_hop(headers: &mut HeaderMap, listed: &[HeaderName]) {
    for name in HOP_BY_HOP.iter().chain([&KEEP_ALIVE, &PROXY_CONNECTION]).chain(listed) {
        headers.remove(name);
    }
}
