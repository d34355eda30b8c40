//! The router of live apps.

use crate::harness::checkout;
use crate::machine::{Machine, Release};
use reqwest::Method;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_while_releases_are_switched_under_load() {
    let machine = Machine::start().await;
    let (env, app) = machine.live("todo", "v0").await;
    let stop = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let mut clients = Vec::new();
    for number in 0..8 {
        let (app, stop, answered) = (app.clone(), stop.clone(), answered.clone());
        clients.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                // Quick ones, slow ones that span a switch, writes with a body, and pages.
                let request = match number % 4 {
                    0 => app.request(Method::GET, "/api/version"),
                    1 => app.request(Method::GET, "/api/slow?ms=150"),
                    2 => app.request(Method::POST, "/api/echo").body("x".repeat(10_000)),
                    _ => app.request(Method::GET, "/").header("accept", "text/html"),
                };
                let answer = app.send(request).await;
                assert_eq!(answer.status, 200, "{}", answer.text);
                answered.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    for version in ["v1", "v2", "v3", "v4", "v5"] {
        let release = machine.release(&env, Release { version, health: 200 }).await;
        machine.rollout(&env, release).await.unwrap();
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_eq!(app.get("/api/version").await.expect(200), version);
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("every request was answered");
    }
    let answered = answered.load(Ordering::Relaxed);
    assert!(answered > 1000, "only {answered} requests were made");
}

#[tokio::test(flavor = "multi_thread")]
async fn assets_are_cached_compressed_and_found_by_name_alone() {
    let machine = Machine::start().await;
    let (env, app) = machine.live("todo", "v1").await;
    let get = async |path: &str, headers: &[(&'static str, &str)]| {
        let request = headers.iter().fold(app.request(Method::GET, path), |r, (name, value)| r.header(*name, *value));
        app.send(request).await
    };
    let index = get("/", &[("accept", "text/html")]).await;
    assert!(index.text.contains("<title>v1</title>"));
    assert_eq!(index.headers["cache-control"], "no-cache");
    assert_eq!(index.headers["content-type"], "text/html; charset=utf-8");
    assert!(index.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
    assert_eq!(index.headers["x-content-type-options"], "nosniff");
    assert!(index.headers.contains_key("x-request-id"));

    let script = get("/main-000000V1.js", &[]).await;
    assert_eq!(script.headers["cache-control"], "public, max-age=31536000, immutable");
    let etag = script.headers["etag"].to_str().unwrap().to_owned();
    let again = get("/main-000000V1.js", &[("if-none-match", &etag)]).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    let packed = get("/main-000000V1.js", &[("accept-encoding", "gzip")]).await;
    assert_eq!(packed.headers["content-encoding"], "gzip");
    assert_ne!(packed.headers["etag"], etag.as_str());
    assert_eq!(packed.headers["vary"], "Accept-Encoding");
    let head = app.send(app.request(Method::HEAD, "/main-000000V1.js")).await;
    assert_eq!(head.headers["content-length"], script.text.len().to_string().as_str());

    // Every navigation gets the page; a missing part of it does not.
    assert!(get("/cars/42?tab=1", &[("accept", "text/html,*/*")]).await.text.contains("<title>v1"));
    assert_eq!(get("/missing.js", &[("accept", "*/*")]).await.status, 404);
    assert_eq!(app.send(app.request(Method::POST, "/")).await.status, 405);

    // A page that was loaded before a switch still finds its parts.
    let second = machine.release(&env, Release { version: "v2", health: 200 }).await;
    machine.rollout(&env, second).await.unwrap();
    assert_eq!(get("/main-000000V1.js", &[]).await.status, 200);
    assert!(get("/", &[("accept", "text/html")]).await.text.contains("<title>v2"));
}

/// Sends bytes as they are, so that no client mends them.
async fn raw(machine: &Machine, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", machine.addresses.port)).await.unwrap();
    // A server that refuses may close before everything was sent.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_names_that_lead_elsewhere_lead_nowhere() {
    let machine = Machine::start().await;
    machine.live("todo", "v1").await;
    for path in ["/../server.mjs", "/%2e%2e/server.mjs", "/..%2fserver.mjs", "//etc/passwd", "/web/../../key", "/assets/..%5c..%5ckey", "/%00", "/."] {
        let answer = raw(&machine, &format!("GET {path} HTTP/1.1\r\nhost: todo.localhost\r\nconnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 404") || answer.starts_with("HTTP/1.1 400"), "{path}: {answer}");
    }
    for (host, status) in [("todo.localhost", "200"), ("TODO.LocalHost.:1234", "200"), ("other.localhost", "404"), ("todo.example.com", "404"), ("", "404")] {
        let answer = raw(&machine, &format!("GET / HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\nconnection: close\r\n\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{host:?}: {answer}");
    }
    let absolute = raw(&machine, "GET http://todo.localhost/ HTTP/1.1\r\nhost: other.localhost\r\naccept: text/html\r\nconnection: close\r\n\r\n").await;
    assert!(absolute.starts_with("HTTP/1.1 200"), "{absolute}");
    let none = raw(&machine, "GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await;
    assert!(none.starts_with("HTTP/1.1 400"), "{none}");
    let both = raw(&machine, "POST /api/echo HTTP/1.1\r\nhost: todo.localhost\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /api/version HTTP/1.1\r\nhost: todo.localhost\r\n\r\n").await;
    assert!(!both.contains("v1\""), "a smuggled request was answered: {both}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_sees_the_client_and_nothing_that_the_client_forged() {
    let machine = Machine::start().await;
    let (_, app) = machine.live("todo", "v1").await;
    let request = app
        .request(Method::POST, "/api/echo?a=1&b=%2F")
        .header("x-forwarded-for", "6.6.6.6")
        .header("forwarded", "for=6.6.6.6")
        .header("x-forwarded-proto", "https")
        .header("connection", "x-secret-hop")
        .header("x-secret-hop", "1")
        .header("x-request-id", "mine-1")
        .body("hello");
    let answer = app.send(request).await;
    assert_eq!(answer.headers["x-request-id"], "mine-1");
    let seen = answer.expect(200);
    assert_eq!((seen["method"].as_str(), seen["url"].as_str(), seen["body"].as_str()), (Some("POST"), Some("/api/echo?a=1&b=%2F"), Some("hello")));
    let headers = &seen["headers"];
    assert_eq!(headers["x-forwarded-for"], "127.0.0.1");
    assert_eq!(headers["x-forwarded-proto"], "http");
    assert_eq!(headers["host"], format!("todo.localhost:{}", machine.addresses.port));
    assert_eq!(headers["x-request-id"], "mine-1");
    assert!(headers.get("forwarded").is_none() && headers.get("x-secret-hop").is_none(), "{headers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_pass_as_they_come_and_protocols_can_be_changed() {
    let machine = Machine::start().await;
    let (_, app) = machine.live("todo", "v1").await;
    let mut answer = app.request(Method::GET, "/api/stream").send().await.unwrap();
    let first = answer.chunk().await.unwrap().unwrap();
    assert_eq!(&first[..], b"data: 0\n\n", "the first part arrives before the last is written");
    let mut rest = String::new();
    while let Some(part) = answer.chunk().await.unwrap() {
        rest.push_str(std::str::from_utf8(&part).unwrap());
    }
    assert!(rest.ends_with("data: 4\n\n"));

    let mut stream = TcpStream::connect(("127.0.0.1", machine.addresses.port)).await.unwrap();
    stream.write_all(b"GET /api/socket HTTP/1.1\r\nhost: todo.localhost\r\nconnection: Upgrade\r\nupgrade: echo\r\n\r\n").await.unwrap();
    let mut buffer = vec![0; 1024];
    let mut seen = String::new();
    while !seen.contains("\r\n\r\n") {
        let read = stream.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0, "{seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    assert!(seen.starts_with("HTTP/1.1 101"), "{seen}");
    stream.write_all(b"ping").await.unwrap();
    let mut echo = [0; 4];
    stream.read_exact(&mut echo).await.unwrap();
    assert_eq!(&echo, b"ping");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_certificate_the_edge_speaks_tls_and_the_app_knows() {
    let folder = checkout().join("tests/it/machine");
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let mut machine = Machine::without_host().await;
    machine.addresses.tls = true;
    machine.tls = Some(slipform::config::Tls { certificate: certificate.clone(), key });
    machine.start_host(256);
    machine.live("todo", "v1").await;

    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusted = reqwest::Certificate::from_pem(&std::fs::read(certificate).unwrap()).unwrap();
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], machine.addresses.port));
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([trusted]).resolve("todo.localhost", address).build().unwrap();
    let answer = client.get(format!("{}/api/echo", machine.addresses.origin("todo"))).send().await.unwrap();
    let seen: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(seen["headers"]["x-forwarded-proto"], "https");
    // Who speaks without TLS there is not answered.
    assert!(!raw(&machine, "GET / HTTP/1.1\r\nhost: todo.localhost\r\n\r\n").await.contains("200 OK"));
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_never_end_are_refused() {
    let machine = Machine::start().await;
    machine.live("todo", "v1").await;
    let long = format!("GET / HTTP/1.1\r\nhost: todo.localhost\r\nx-long: {}\r\n\r\n", "x".repeat(200_000));
    let answer = raw(&machine, &long).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    let many = "x-again: 1\r\n".repeat(500);
    let answer = raw(&machine, &format!("GET / HTTP/1.1\r\nhost: todo.localhost\r\n{many}\r\n")).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
}
