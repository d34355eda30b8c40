//! Custom domains on this machine: by which names an app answers, and with which certificates.

use crate::harness::story::{ORGANIZATION, build_live, create_app, notes, with_notes};
use crate::harness::{Client, Installation, checkout, eventually};
use crate::site::Site;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const DOMAINS: &str = "/v1/organizations/default/apps/notes/environments/production/domains";
const WWW: &str = "www.example.test";
const SHOP: &str = "shop.example.test";

/// A certificate that its owner has made: the certificate, and its key.
struct Made(String, String);

impl Made {
    fn new(name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        Self(made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn body(&self) -> Value {
        json!({ "certificate": self.0, "privateKey": self.1 })
    }
}

/// A browser that trusts these certificates and no others.
fn browser(name: &str, port: u16, trusted: &[&Made]) -> reqwest::Client {
    let trusted = trusted.iter().map(|made| reqwest::Certificate::from_pem(made.0.as_bytes()).unwrap());
    let builder = reqwest::Client::builder().no_proxy().tls_certs_only(trusted).resolve(name, SocketAddr::from(([127, 0, 0, 1], port)));
    builder.build().unwrap()
}

async fn active(api: &Client, name: &str) -> Value {
    eventually("the domain is active", 10, async || {
        let domain = api.get(&format!("{DOMAINS}/{name}")).await.expect(200);
        (domain["state"] == "active").then_some(domain)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_domain_is_served_with_its_own_certificate_and_people_sign_in_there() {
    let folder = checkout().join("tests/it/machine");
    let [certificate, key] = ["certificate.pem", "key.pem"].map(|file| folder.join(file).display().to_string());
    let installation = Installation::start_with(&[("SLIPFORM_EDGE_TLS_CERT", &certificate), ("SLIPFORM_EDGE_TLS_KEY", &key)]).await;
    let api = installation.client();
    create_app(&api, "notes", &notes()).await;
    build_live(&api, "notes").await;
    let url = api.get(&format!("{ORGANIZATION}/apps/notes")).await.expect(200)["url"].as_str().unwrap().to_owned();
    let port = url.parse::<reqwest::Url>().unwrap().port().unwrap();

    let (www, shop) = (Made::new(WWW), Made::new(SHOP));
    for (name, made) in [(WWW, &www), (SHOP, &shop)] {
        let mut body = made.body();
        body["name"] = json!(name.to_uppercase());
        let added = api.post(DOMAINS, &body).await;
        assert!(!added.text.contains("PRIVATE"), "{}", added.text);
        assert_eq!((&added.expect(201)["name"], &added.expect(201)["state"]), (&json!(name), &json!("pending")));
        let domain = active(&api, name).await;
        assert_eq!(domain["records"], json!([{ "name": name, "type": "CNAME", "value": "notes.localhost", "purpose": "address" }]));
        assert!(domain["expiresAt"].as_str().unwrap().starts_with("4096-"), "{domain}");
    }
    let sealed: Vec<u8> =
        sqlx::query_scalar("select sealed_certificate from domains limit 1").fetch_one(&mut installation.database.owner().await).await.unwrap();
    assert!(!String::from_utf8_lossy(&sealed).contains("PRIVATE"), "a key is kept sealed");

    // The name in the handshake chooses the certificate.
    let title = async |browser: &reqwest::Client, name: &str| -> Option<String> {
        browser.get(format!("https://{name}:{port}/")).header("accept", "text/html").send().await.ok()?.text().await.ok()
    };
    let on_www = browser(WWW, port, &[&www]);
    for (browser, name) in [(&on_www, WWW), (&browser(SHOP, port, &[&shop]), SHOP)] {
        let page = eventually("the edge knows the domain", 5, async || title(browser, name).await).await;
        assert!(page.contains("<title>Notes"), "{page}");
    }
    assert!(title(&browser(SHOP, port, &[&www]), SHOP).await.is_none(), "it is not the neighbour's");

    // A person signs up there, as an older browser sends it and as a newer one does; other sites may not.
    let origin = format!("https://{WWW}:{port}");
    let person = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" });
    let send = async |path: &str, headers: &[(&str, &str)], body: &Value| {
        let request = on_www.post(format!("{origin}{path}")).json(body);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
    };
    let shop_origin = format!("https://{SHOP}:{port}");
    for foreign in [&[("origin", shop_origin.as_str())][..], &[("origin", &origin), ("sec-fetch-site", "cross-site")]] {
        assert_eq!(send("/api/auth/sign-up", foreign, &person).await.status(), 403);
    }
    let signed_up = send("/api/auth/sign-up", &[("origin", &origin)], &person).await;
    assert_eq!(signed_up.status(), 201);
    let cookie = signed_up.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-session="), "{cookie}");
    let browsers = [("origin", origin.as_str()), ("sec-fetch-site", "same-origin"), ("cookie", &cookie)];
    assert_eq!(send("/api/notes", &browsers, &json!({ "title": "Milk" })).await.status(), 201);

    // The certificate is replaced while others ask: nobody is refused, and the new one is served without a restart.
    let renewed = Made::new(WWW);
    let (done, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let asking = tokio::spawn({
        let (done, asked, trusted) = (done.clone(), asked.clone(), [Made(www.0.clone(), String::new()), Made(renewed.0.clone(), String::new())]);
        async move {
            while !done.load(Ordering::Relaxed) {
                // A new browser each time: every request begins with a handshake.
                let browser = browser(WWW, port, &[&trusted[0], &trusted[1]]);
                let answer = browser.get(format!("https://{WWW}:{port}/api/health")).send().await;
                assert_eq!(answer.expect("it is answered").status(), 200);
                asked.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    for (wrong, pointer) in [
        (json!({ "certificate": renewed.0, "privateKey": www.1 }), "/privateKey"),
        (json!({ "certificate": "none", "privateKey": www.1 }), "/certificate"),
        (json!({ "certificate": renewed.0, "privateKey": "none" }), "/privateKey"),
        (shop.body(), "/certificate"),
    ] {
        let refused =
            api.send(api.request(reqwest::Method::PUT, &format!("{DOMAINS}/{WWW}/certificate")).header("if-match", "*").json(&wrong)).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    let more = async || {
        let before = asked.load(Ordering::Relaxed);
        eventually("others are answered", 20, async || (asked.load(Ordering::Relaxed) > before + 5 || asking.is_finished()).then_some(())).await;
    };
    more().await;
    api.send(api.request(reqwest::Method::PUT, &format!("{DOMAINS}/{WWW}/certificate")).header("if-match", "*").json(&renewed.body())).await.expect(200);
    eventually("the new certificate is served", 5, async || title(&browser(WWW, port, &[&renewed]), WWW).await).await;
    assert!(title(&browser(WWW, port, &[&www]), WWW).await.is_none(), "the old one is not");
    more().await;
    done.store(true, Ordering::Relaxed);
    asking.await.expect("nobody was refused");

    api.delete(&format!("{DOMAINS}/{WWW}")).await.expect(202);
    eventually("the domain is gone", 10, async || (api.get(&format!("{DOMAINS}/{WWW}")).await.status == 404).then_some(())).await;
    eventually("it is served no more", 5, async || title(&browser(WWW, port, &[&renewed]), WWW).await.is_none().then_some(())).await;
    assert!(title(&browser(SHOP, port, &[&shop]), SHOP).await.is_some(), "the other one is");
    installation.stop().await;
}

#[tokio::test]
async fn without_tls_a_domain_needs_no_certificate_and_leads_nowhere_once_it_is_removed() {
    let (installation, app) = with_notes().await;
    let api = installation.client();
    let url: reqwest::Url = api.get(&format!("{ORGANIZATION}/apps/notes")).await.expect(200)["url"].as_str().unwrap().parse().unwrap();
    let origin = format!("http://{WWW}:{}", url.port().unwrap());
    let site = Client::of_app(&origin);
    site.get("/").await.expect_text(404);

    let mut given = Made::new(WWW).body();
    given["name"] = json!(WWW);
    let refused = api.post(DOMAINS, &given).await.expect(422);
    assert!(refused["detail"].as_str().unwrap().contains("plain HTTP"), "{refused}");
    api.post(DOMAINS, &json!({ "name": WWW })).await.expect(201);
    active(&api, WWW).await;
    let page = eventually("the edge knows the domain", 5, async || Some(site.get("/").await).filter(|page| page.status == 200)).await;
    assert!(page.text.contains("<title>Notes"));
    let person = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" });
    let sign_up = |from: &str| site.request(reqwest::Method::POST, "/api/auth/sign-up").header("origin", from).json(&person);
    site.send(sign_up("http://other.example.test")).await.expect(403);
    site.send(sign_up(&origin)).await.expect(201);

    api.delete(&format!("{DOMAINS}/{WWW}")).await.expect(202);
    eventually("it is served no more", 10, async || (site.get("/").await.status == 404).then_some(())).await;
    let told = async || {
        let lines = api.get(&format!("{ORGANIZATION}/audit?limit=100")).await.expect(200)["items"].as_array().unwrap().clone();
        let of_it = lines.iter().rev().filter(|line| line["subjectName"] == WWW).map(|line| line["operation"].as_str().unwrap().to_owned());
        let of_it: Vec<String> = of_it.collect();
        (of_it.len() == 4).then_some(of_it)
    };
    let told = eventually("its end stands in the audit log", 10, told).await;
    assert_eq!(told, ["AddDomain", "domain.active", "RemoveDomain", "domain.deleted"]);
    assert_eq!(app.get("/api/notes").await.status, 200, "its own address is");
    installation.stop().await;
}

#[tokio::test]
async fn what_its_owner_never_validates_fails_after_three_days_and_until_then_says_what_it_waits_for() {
    let site = Site::new().await;
    let add = async |name: &str, state: &str, hours: f64| {
        sqlx::query(
            "insert into domains (id, organization_id, app_id, environment_id, name, state, created_at)
             values (gen_random_uuid(), $1, $2, $3, $4, $5, now() - make_interval(secs => $6 * 3600))",
        )
        .bind(site.organization)
        .bind(site.app)
        .bind(site.environment)
        .bind(name)
        .bind(state)
        .bind(hours)
        .execute(&site.owner)
        .await
        .unwrap();
        let mut tx = slipform::store::TenantTx::begin(&site.database.application, site.organization).await.unwrap();
        let payload = json!({ "environment": site.environment });
        slipform::queue::jobs::enqueue_once(tx.connection(), Some(site.organization), "domains", &payload).await.unwrap();
        tx.commit().await.unwrap();
    };
    let becomes = async |name: &str, state: &str, word: &str| {
        eventually(&format!("{name} is {state}: {word}"), 20, async || {
            let found: Option<(String, Option<String>)> =
                sqlx::query_as("select state, message from domains where name = $1").bind(name).fetch_optional(&site.owner).await.unwrap();
            found.is_some_and(|(now, message)| now == state && message.unwrap_or_default().contains(word)).then_some(())
        })
        .await;
    };
    add("old.example.com", "pending", 73.0).await;
    add("gone.example.com", "deleting", 0.0).await;
    add("new.example.com", "pending", 71.0).await;
    becomes("old.example.com", "failed", "three days").await;
    becomes("new.example.com", "pending", "waits for its owner").await;
    let gone = async || {
        let left: Option<i32> = sqlx::query_scalar("select 1 from domains where name = 'gone.example.com'").fetch_optional(&site.owner).await.unwrap();
        left.is_none().then_some(())
    };
    eventually("what was to be detached is gone", 20, gone).await;

    // What the place refuses is said, and tried again.
    add("refused.example.com", "pending", 0.0).await;
    becomes("refused.example.com", "pending", "The place refused something. It is in a bad mood. Be kind to it.").await;
    let again = async || {
        let jobs = "select count(*) from jobs where kind = 'domains' and state = 'queued' and run_at > now()";
        let jobs: i64 = sqlx::query_scalar(jobs).fetch_one(&site.owner).await.unwrap();
        (jobs > 0).then_some(())
    };
    eventually("it is tried again", 20, again).await;

    // The job ran several times; each of them ended once.
    let told: Vec<(String, String, Value)> =
        sqlx::query_as("select operation, subject_name, before from audit_log where actor_kind = 'worker' and subject_kind = 'domain' order by at, id")
            .fetch_all(&site.owner)
            .await
            .unwrap();
    let line = |operation: &str, name: &str, before: &str| (operation.to_owned(), name.to_owned(), json!({ "state": before }));
    assert_eq!(told, [line("domain.failed", "old.example.com", "pending"), line("domain.deleted", "gone.example.com", "deleting")]);
    site.end().await;
}
