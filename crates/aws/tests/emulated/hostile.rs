//! Answers that are none: a proxy's page, half a body, other types than were promised, far too much. Each is a refusal that says which call it was,
//! and shows an operator no more of it than they can read.

use crate::emulator::REGION;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use slipform_aws::account::{Account, fixed_credentials};
use slipform_aws::doctor::{self, State};
use slipform_aws::{Connection, foundation};
use std::time::Duration;

/// Says the same to whoever asks for whatever; but for, perhaps, whose credentials these are.
#[derive(Debug, Clone)]
struct Answers {
    status: u16,
    body: String,
    known: bool,
}

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
     <Arn>arn:aws:iam::111122223333:user/operator</Arn><UserId>operator</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

impl HttpClient for Answers {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Answers {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = request.body().bytes().is_some_and(|body| body.starts_with(b"Action=GetCallerIdentity"));
        let (status, body) = if asked && self.known { (200, IDENTITY.to_owned()) } else { (self.status, self.body.clone()) };
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_none_are_refused_and_named() {
    let page = "<!doctype html><title>Sign in</title>".to_owned();
    for (status, body) in [
        (200, String::new()),
        (200, page.clone()),
        (200, "{\"Account\": {\"a\": [1, 2".to_owned()),
        (200, "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>".to_owned()),
        (200, "[".repeat(1 << 20)),
        (200, "<a>".repeat(1 << 18)),
        (200, "\u{0}\u{1b}[31m".repeat(1 << 16)),
        (302, page.clone()),
        (403, page.clone()),
        (500, page.repeat(1 << 14)),
    ] {
        for known in [false, true] {
            let shown = format!("{status} {:.40} {known}", body.escape_debug().to_string());
            let http = SharedHttpClient::new(Answers { status, body: body.clone(), known });
            let credentials = Some(fixed_credentials("id", "secret"));
            let connection = Connection { http, credentials, attempts: 1, poll: Duration::from_millis(1), ..Connection::new(REGION, None) };
            tokio::time::timeout(Duration::from_mins(1), refused(&connection, &shown, known))
                .await
                .unwrap_or_else(|_| panic!("{shown}: nobody waits that long"));
        }
    }
}

async fn refused(connection: &Connection, shown: &str, known: bool) {
    let mut findings = doctor::examine(connection, "slipform", "apps.example.test").await;
    if known {
        let credentials = findings.remove(0);
        assert_eq!((credentials.name, credentials.state), ("credentials", State::Ok), "{shown}: {credentials:#?}");
    }
    assert!(!findings.is_empty(), "{shown}");
    for finding in &findings {
        assert!(matches!(finding.state, State::Problem | State::Unknown), "{shown}: {finding:#?}");
        readable(&finding.seen, shown);
    }
    let refused = match Account::connect(connection).await {
        Ok(account) => foundation::outputs(&account, "slipform").await.map(drop),
        Err(refused) => Err(refused),
    };
    readable(&refused.expect_err("nothing of it is an answer").to_string(), shown);
}

fn readable(words: &str, shown: &str) {
    assert!(words.len() < 1_000 && !words.contains('\u{1b}'), "{shown}: {words:.2000}");
}
