//! What becomes of a delivery at receivers that are slow, broken, or hostile.

use super::receiver::{Behaviour, Receiver, certificate, full, says};
use super::{MESSAGE, Script, deliver, guard, install_tls, networks};
use reqwest::dns::{Name, Resolve, Resolving};
use slipform::domain::destination::Destination;
use slipform::domain::networks::Networks;
use slipform::domain::sign::Secret;
use slipform::jobs::webhooks::guard::Guard;
use slipform::jobs::webhooks::schedule::Verdict;
use slipform::jobs::webhooks::send::{Attempt, KEPT, READ, send};
use std::net::SocketAddr;
use std::time::Duration;

const NO_ADDRESS: &str = "Its name leads to no address of the public internet. Check its DNS records.";

/// A resolver that does not answer.
struct Mute;

impl Resolve for Mute {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(std::future::pending())
    }
}

fn verdict(attempt: &Attempt) -> Verdict {
    Verdict::of(1, attempt.status, attempt.retry_after.as_deref(), attempt.at)
}

#[tokio::test]
async fn an_event_arrives_with_what_the_standard_asks_for_and_is_recorded_without_what_could_repeat_it() {
    let receiver = Receiver::saying("202 Accepted\r\nx-request-id: 7", "thanks").await;
    let attempt = deliver(&receiver.url("/hooks?for=slipform")).await;
    let [request] = &receiver.received()[..] else { panic!("{:?}", receiver.received()) };
    assert_eq!(request.line, "POST /hooks?for=slipform HTTP/1.1");
    assert_eq!(request.body, MESSAGE.body);
    let mut names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "content-length", "content-type", "host", "user-agent", "webhook-id", "webhook-signature", "webhook-timestamp"]);
    assert_eq!(request.header("user-agent"), "Slipform-Webhooks/1");
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("webhook-id"), "msg_1");
    assert_eq!(request.header("webhook-timestamp"), attempt.at.timestamp().to_string());
    assert!(request.header("webhook-signature").starts_with("v1,"));

    assert_eq!((attempt.status, attempt.response_body.as_str(), attempt.error.as_deref()), (Some(202), "thanks", None));
    assert!(attempt.response_headers.contains(&("x-request-id".to_owned(), "7".to_owned())));
    assert!(attempt.request_headers.contains(&("webhook-signature".to_owned(), "v1,***".to_owned())));
    assert!(!format!("{attempt:?}").contains(&request.header("webhook-signature")[3..]));
    assert!(attempt.duration < Duration::from_secs(5));
    assert_eq!(verdict(&attempt), Verdict::Succeeded);
}

#[tokio::test]
async fn a_receiver_says_whether_it_wants_the_event_later_or_never() {
    let busy = deliver(&Receiver::saying("503 Service Unavailable\r\nretry-after: 3600", "busy").await.url("/")).await;
    assert_eq!(busy.error.as_deref(), Some("It answered 503 Service Unavailable."));
    assert_eq!(busy.response_body, "busy");
    assert_eq!(verdict(&busy), Verdict::Later(Duration::from_hours(1)));
    let gone = deliver(&Receiver::saying("410 Gone", "").await.url("/")).await;
    assert_eq!(verdict(&gone), Verdict::Gone);
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let other = Receiver::saying("200 OK", "").await;
    for (status, location) in [
        ("301 Moved Permanently", other.url("/")),
        ("302 Found", "http://169.254.169.254/latest/meta-data/iam/security-credentials/".to_owned()),
        ("303 See Other", "http://metadata.google.internal/computeMetadata/v1/".to_owned()),
        ("307 Temporary Redirect", "http://100.100.100.200/latest/meta-data/".to_owned()),
        ("308 Permanent Redirect", "file:///etc/passwd".to_owned()),
    ] {
        let receiver = Receiver::saying(&format!("{status}\r\nlocation: {location}"), "").await;
        let attempt = deliver(&receiver.url("/")).await;
        assert_eq!(attempt.error, Some(format!("It answered {status}. Redirects are not followed: give the endpoint the address that it redirects to.")));
        assert!(matches!(verdict(&attempt), Verdict::Later(_)));
        assert_eq!(receiver.connections(), 1);
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn an_endless_answer_is_read_to_its_bound_and_no_further() {
    for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n"] {
        let receiver = Receiver::start(Behaviour::Endless(head)).await;
        let attempt = deliver(&receiver.url("/")).await;
        assert_eq!((attempt.status, attempt.error.as_deref()), (Some(200), None));
        assert_eq!(attempt.response_body, "x".repeat(KEPT));
        assert!(attempt.duration < Duration::from_secs(5), "{:?}", attempt.duration);
        tokio::time::sleep(Duration::from_millis(100)).await;
        // What lies in the buffers of the system comes on top.
        assert!(receiver.written() >= READ - 1024 && receiver.written() < 16 << 20, "{}", receiver.written());
    }
    // A head that does not end is none.
    let attempt = deliver(&Receiver::start(Behaviour::Endless("HTTP/1.1 200 OK\r\nx-long: ")).await.url("/")).await;
    assert_eq!((attempt.status, attempt.error.as_deref()), (None, Some("Its answer is not HTTP/1.1.")));
}

#[tokio::test]
async fn an_answer_that_is_no_text_is_kept_as_far_as_it_can_be() {
    let mut answer = b"HTTP/1.1 400 Bad Request\r\nx-odd: \xe4\r\ncontent-length: 6\r\n\r\n".to_vec();
    answer.extend_from_slice(b"a\0\xff\xf0\x9fb");
    let attempt = deliver(&Receiver::start(Behaviour::Says(answer)).await.url("/")).await;
    assert_eq!(attempt.response_body, "a\u{fffd}\u{fffd}\u{fffd}b");
    assert!(attempt.response_headers.contains(&("x-odd".to_owned(), "\u{fffd}".to_owned())));
}

#[tokio::test]
async fn a_receiver_that_breaks_off_is_told_how() {
    let broken = "It broke the connection off.";
    let early = "It closed the connection too early.";
    for (behaviour, error) in [
        (Behaviour::Resets(""), broken),
        (Behaviour::Resets("HTTP/1.1 200 "), broken),
        (Behaviour::Says(Vec::new()), early),
        (Behaviour::Says(b"HTTP/1.1 200 OK\r\nx".to_vec()), early),
        (Behaviour::Greets("SSH-2.0-OpenSSH_9.6\r\n"), "Its answer is not HTTP/1.1."),
        (Behaviour::Says(b"HTTP/1.1 20 OK\r\n\r\n".to_vec()), "Its answer is not HTTP/1.1."),
    ] {
        let attempt = deliver(&Receiver::start(behaviour.clone()).await.url("/")).await;
        assert_eq!((attempt.status, attempt.error.as_deref()), (None, Some(error)), "{behaviour:?}");
        assert!(matches!(verdict(&attempt), Verdict::Later(_)));
    }
    let closing = Receiver::start(Behaviour::Closes).await;
    for _ in 0..10 {
        // How much of the request was on its way decides which of the two it is.
        let attempt = deliver(&closing.url("/")).await;
        assert!([broken, early].map(Some).contains(&attempt.error.as_deref()), "{attempt:?}");
    }
    // It has the event: what is missing of its answer is said, and changes nothing.
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    for (behaviour, error) in [(Behaviour::Resets(head), broken), (Behaviour::Says(head.into()), early)] {
        let attempt = deliver(&Receiver::start(behaviour).await.url("/")).await;
        assert_eq!((attempt.status, attempt.error.as_deref()), (Some(200), Some(error)));
        assert_eq!((attempt.response_body.as_str(), verdict(&attempt)), ("half", Verdict::Succeeded));
    }
    let nobody = Receiver::at(SocketAddr::from(([127, 0, 0, 9], 0)), says("200 OK", ""), None).await.address.port();
    let attempt = deliver(&format!("http://127.0.0.8:{nobody}/")).await;
    assert_eq!(attempt.error.as_deref(), Some("It refuses connections: nothing listens at this port."));
}

#[tokio::test]
async fn a_slow_receiver_holds_an_attempt_up_for_fifteen_seconds_at_the_most() {
    install_tls();
    let (full, _held, _listener) = full().await;
    let silent = Receiver::start(Behaviour::Hangs("")).await;
    let half = Receiver::start(Behaviour::Hangs("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")).await;
    let trickling = Receiver::start(Behaviour::Trickles).await;
    let urls = [format!("http://{full}/"), silent.url("/"), half.url("/"), trickling.url("/")];
    let nameless = async {
        let guard = Guard::new(&Networks::default(), Mute, &[]).unwrap();
        let destination = Destination::parse("https://mute.example/", &Networks::default()).unwrap();
        send(&guard, &destination, MESSAGE, &[Secret::generate()], chrono::Utc::now()).await
    };
    let (nameless, full, silent, half, trickling) = tokio::join!(nameless, deliver(&urls[0]), deliver(&urls[1]), deliver(&urls[2]), deliver(&urls[3]));
    for unconnected in [nameless, full] {
        assert_eq!(unconnected.error.as_deref(), Some("No connection came about within 5 seconds."));
        assert!(unconnected.duration < Duration::from_secs(8), "{:?}", unconnected.duration);
    }
    assert_eq!((silent.status, silent.error.as_deref()), (None, Some("It did not answer within 15 seconds.")));
    for slow in [&half, &trickling] {
        assert_eq!((slow.status, slow.error.as_deref()), (Some(200), Some("Its answer did not end within 15 seconds.")));
    }
    assert_eq!(half.response_body, "half");
    for attempt in [silent, half, trickling] {
        assert!(attempt.duration >= Duration::from_secs(15) && attempt.duration < Duration::from_secs(18), "{:?}", attempt.duration);
    }
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_the_second_time_does_not_get_there() {
    let allowed = networks("127.0.0.2/32");
    let good = Receiver::at(SocketAddr::from(([127, 0, 0, 2], 0)), says("200 OK", ""), None).await;
    let secret_port = SocketAddr::from(([127, 0, 0, 1], good.address.port()));
    let internal = Receiver::at(secret_port, says("200 OK", "the keys"), None).await;
    let guard = guard(&allowed, &[&["127.0.0.2"], &["127.0.0.1"], &["::ffff:127.0.0.1"], &["::1", "0.0.0.0"], &["127.0.0.1", "127.0.0.2"]]);
    let destination = Destination::parse(&format!("http://rebound.example:{}/", good.address.port()), &allowed).unwrap();
    let secrets = [Secret::generate()];
    let attempt = || send(&guard, &destination, MESSAGE, &secrets, chrono::Utc::now());
    assert_eq!(attempt().await.status, Some(200));
    for answer in ["127.0.0.1", "mapped", "all of the machine's own"] {
        let refused = attempt().await;
        assert_eq!((refused.status, refused.error.as_deref()), (None, Some(NO_ADDRESS)), "{answer}");
        assert!(!format!("{refused:?}").contains("127.0.0"), "{refused:?}");
    }
    assert_eq!(attempt().await.status, Some(200), "of two addresses the one that is allowed");
    assert_eq!((good.received().len(), internal.connections()), (2, 0));
}

#[tokio::test]
async fn over_tls_a_receiver_is_who_its_certificate_says() {
    install_tls();
    let allowed = networks("127.0.0.0/8");
    let send_to = async |name: &str, years, trusted: bool| {
        let (pem, tls) = certificate("hooks.example.com", years);
        let receiver = Receiver::at(SocketAddr::from(([127, 0, 0, 1], 0)), says("200 OK", ""), Some(tls)).await;
        let roots = if trusted { vec![reqwest::Certificate::from_pem(pem.as_bytes()).unwrap()] } else { Vec::new() };
        let guard = Guard::new(&allowed, Script::new(&[&["127.0.0.1"]]), &roots).unwrap();
        let destination = Destination::parse(&format!("https://{name}:{}/", receiver.address.port()), &allowed).unwrap();
        let attempt = send(&guard, &destination, MESSAGE, &[Secret::generate()], chrono::Utc::now()).await;
        assert_eq!(receiver.received().len(), usize::from(attempt.status.is_some()), "nothing is sent to somebody else");
        attempt.error
    };
    assert_eq!(send_to("hooks.example.com", 2020..2090, true).await, None);
    assert_eq!(send_to("other.example.com", 2020..2090, true).await.as_deref(), Some("Its certificate is for another name."));
    assert_eq!(send_to("hooks.example.com", 2010..2020, true).await.as_deref(), Some("Its certificate has expired."));
    assert_eq!(send_to("hooks.example.com", 2080..2090, true).await.as_deref(), Some("Its certificate is not valid yet."));
    let unknown = "Its certificate comes from nobody who is trusted here. Check that it sends the whole chain.";
    assert_eq!(send_to("hooks.example.com", 2020..2090, false).await.as_deref(), Some(unknown));

    let plain = Receiver::start(Behaviour::Greets("HTTP/1.1 400 Bad Request\r\n\r\n")).await;
    let attempt = deliver(&plain.url("/").replace("http:", "https:")).await;
    assert_eq!(attempt.error.as_deref(), Some("No TLS connection came about. Check that this port is for https, with TLS 1.2 or 1.3."));
}

#[tokio::test]
async fn each_attempt_has_its_own_connection_and_the_same_id() {
    // It leaves its connections open and reads nothing more from them.
    let receiver = Receiver::start(Behaviour::Hangs("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    let allowed = networks("127.0.0.1");
    let (guard, destination) = (guard(&allowed, &[&[]]), Destination::parse(&receiver.url("/"), &allowed).unwrap());
    for _ in 0..3 {
        let attempt = send(&guard, &destination, MESSAGE, &[Secret::generate()], chrono::Utc::now()).await;
        assert_eq!(attempt.status, Some(200), "{attempt:?}");
    }
    assert_eq!(receiver.connections(), 3);
    assert!(receiver.received().iter().all(|request| request.header("webhook-id") == "msg_1"));
}

/// The environment belongs to the process, so that this one starts itself once more.
#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used() {
    const INSIDE: &str = "webhooks::deliveries::a_proxy_of_the_environment_is_not_used";
    if let Ok(url) = std::env::var("RECEIVER") {
        assert_eq!(deliver(&url).await.status, Some(200));
        return;
    }
    let (proxy, receiver) = (Receiver::saying("200 OK", "").await, Receiver::saying("200 OK", "").await);
    let mut inside = tokio::process::Command::new(std::env::current_exe().unwrap());
    inside.args(["--exact", INSIDE]).env("RECEIVER", receiver.url("/")).env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        inside.env(name, proxy.url(""));
    }
    let output = inside.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((proxy.connections(), receiver.received().len()), (0, 1));
}
