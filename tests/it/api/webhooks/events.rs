//! What is told, and that it is told if and only if it happened.

use super::{Hooks, body, received};
use crate::api::{Api, HERE};
use crate::harness::eventually;
use crate::webhooks::interop::everybody_verifies;
use crate::webhooks::receiver::Receiver;
use serde_json::{Value, json};
use slipform::domain::{BuildKind, DomainName, DomainState, EnvironmentId, EventKind, ReleaseId};
use slipform::jobs::LEASE;
use slipform::queue::{self, Claim, Ending, Failure, NewBuild};
use slipform::store::domains::Seen;
use slipform::store::pipeline::{self, AppEnd, NewRelease};
use slipform::store::runtimes::{self, Change, Observed};
use slipform::store::{TenantTx, domains};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use std::time::Duration;

/// How a value differs from a schema of the document; nothing may be there that it does not tell of.
fn differs(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(to) = schema["$ref"].as_str() {
        return differs(document, document.pointer(to.trim_start_matches('#')).unwrap(), value, at);
    }
    if let Some(parts) = schema["oneOf"].as_array() {
        let found: Vec<_> = parts.iter().map(|part| differs(document, part, value, at)).collect();
        return if found.iter().any(Result::is_ok) { Ok(()) } else { Err(format!("{found:?}")) };
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    if !kinds.contains(&json!(kind)) {
        return Err(format!("{at} is {value}, not {kinds:?}"));
    }
    if let (Some(words), false) = (schema["enum"].as_array(), value.is_null())
        && !words.contains(value)
    {
        return Err(format!("{at} is {value}, none of {words:?}"));
    }
    let text = value.as_str().unwrap_or_default();
    match schema["format"].as_str() {
        Some("uuid") if uuid::Uuid::parse_str(text).is_err() => return Err(format!("{at} is no id: {value}")),
        Some("date-time") if chrono::DateTime::parse_from_rfc3339(text).is_err() => return Err(format!("{at} is no time: {value}")),
        _ => {}
    }
    for (at_item, item) in value.as_array().into_iter().flatten().enumerate() {
        differs(document, &schema["items"], item, &format!("{at}/{at_item}"))?;
    }
    let Some(members) = value.as_object() else { return Ok(()) };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        members.get(name).ok_or_else(|| format!("{at}/{name} is not there"))?;
    }
    for (name, member) in members {
        let property = schema["properties"].get(name).ok_or_else(|| format!("{at}/{name} is not described"))?;
        differs(document, property, member, &format!("{at}/{name}"))?;
    }
    Ok(())
}

#[test]
fn each_kind_of_event_is_described_and_its_example_is_one() {
    let document = slipform::http::openapi();
    let described: BTreeSet<&str> = document["webhooks"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(described, EventKind::ALL.iter().map(|kind| kind.as_str()).collect());
    let docs = std::fs::read_to_string(crate::harness::checkout().join("docs/api.md")).unwrap();
    for kind in EventKind::ALL {
        let content = &document["webhooks"][kind.as_str()]["post"]["requestBody"]["content"]["application/json"];
        differs(&document, &content["schema"], &content["example"], kind.as_str()).unwrap();
        assert!(docs.contains(&format!("`{kind}`")), "{kind} does not stand in docs/api.md");
    }
}

/// What workers and hosts do, step by step.
struct Site<'a> {
    hooks: &'a Hooks,
    environment: EnvironmentId,
}

impl<'a> Site<'a> {
    async fn of(hooks: &'a Hooks, slug: &str) -> Self {
        let sql = "select id from environments where slug = $1";
        let environment = sqlx::query_scalar(sql).bind(slug).fetch_one(&mut hooks.owner().await).await.unwrap();
        Self { hooks, environment }
    }

    async fn enqueue(&self, conn: &mut TenantTx, kind: BuildKind, release: Option<ReleaseId>) {
        let sql = "select e.app_id, v.id from environments e join design_versions v on v.app_id = e.app_id where e.id = $1";
        let (app, design): (uuid::Uuid, uuid::Uuid) = sqlx::query_as(sql).bind(self.environment).fetch_one(&mut self.hooks.owner().await).await.unwrap();
        let new = NewBuild {
            id: slipform::domain::BuildId::new(),
            organization: self.hooks.api.owner.organization,
            app: app.into(),
            environment: self.environment,
            kind,
            design_version: design.into(),
            release,
            created_by: None,
            trace_parent: None,
            priority: 0,
        };
        queue::enqueue(conn.connection(), &new).await.unwrap();
    }

    async fn claim(&self) -> Claim {
        queue::claim(&self.hooks.api.pools.worker, "w", LEASE, 0).await.unwrap().expect("a build waits")
    }

    async fn claimed(&self, kind: BuildKind, release: Option<ReleaseId>) -> Claim {
        let mut tx = TenantTx::begin(&self.hooks.api.pools.application, self.hooks.api.owner.organization).await.unwrap();
        self.enqueue(&mut tx, kind, release).await;
        tx.commit().await.unwrap();
        self.claim().await
    }

    async fn end(&self, claim: &Claim, ending: Ending) {
        let mut tx = self.hooks.api.pools.worker.begin().await.unwrap();
        if ending == Ending::Succeeded {
            go_live(&mut tx, claim).await;
        }
        queue::finish(&mut tx, claim.hold(), ending).await.unwrap().expect("it is held");
        tx.commit().await.unwrap();
    }

    async fn live(&self) -> ReleaseId {
        let claim = self.claimed(BuildKind::Build, None).await;
        self.end(&claim, Ending::Succeeded).await;
        ReleaseId(claim.build.0)
    }

    /// A worker asks the host for a release.
    async fn desire(&self, claim: &Claim, release: ReleaseId) {
        let change = Change {
            organization: claim.organization,
            app: claim.app,
            environment: claim.environment,
            host_label: "notes",
            release,
            build: claim.build,
            fence: claim.fence,
        };
        runtimes::desire(&mut self.hooks.api.pools.worker.acquire().await.unwrap(), &change).await.unwrap().expect("nobody is newer");
    }

    /// The host says what it sees.
    async fn observe(&self, state: &'static str, release: ReleaseId, message: Option<&str>) {
        let seen = Observed { generation: None, state, release: Some(release), message: message.map(str::to_owned), log_tail: None, restarts: 1 };
        runtimes::observe(&self.hooks.api.pools.host, self.environment, &seen).await.unwrap();
    }
}

/// What a build has made, or goes back to, is live.
async fn go_live(conn: &mut PgConnection, claim: &Claim) {
    let release = claim.release.unwrap_or(ReleaseId(claim.build.0));
    if claim.release.is_none() {
        let new = NewRelease {
            id: release,
            organization: claim.organization,
            app: claim.app,
            environment: claim.environment,
            build: claim.build,
            design_version: claim.design_version,
            design_hash: "0",
            schema_position: 0,
            manifest: &json!([]),
            size_bytes: 0,
        };
        pipeline::record_release(conn, &new).await.unwrap();
    }
    pipeline::go_live(conn, claim.environment, release).await.unwrap();
}

/// Kinds of the events that are in the outbox, in order.
async fn told(hooks: &Hooks) -> Vec<String> {
    sqlx::query_scalar("select type from webhook_events order by at").fetch_all(&mut hooks.owner().await).await.unwrap()
}

#[tokio::test]
async fn everything_in_the_catalogue_is_told_when_it_happens_as_the_document_describes_it() {
    let hooks = Hooks::start().await;
    let (receiver, other) = (Receiver::saying("204 No Content", "").await, Receiver::saying("410 Gone", "").await);
    let hook = hooks.hook(&receiver, &[]).await;
    let (client, pools) = (&hooks.client, &hooks.api.pools);
    client.post(&format!("{HERE}/apps"), &json!({ "slug": "second", "name": "Second" })).await.expect(201);
    client.post(&format!("{HERE}/apps/second/designs?message=First"), &crate::harness::story::notes()).await.expect(201);
    client.post(&format!("{HERE}/apps/notes/environments"), &json!({ "slug": "blue" })).await.expect(201);
    let blue = Site::of(&hooks, "blue").await;

    // Builds: one that takes another's place, one that is cancelled, one that fails, two that go live, one that goes back.
    let builds = format!("{HERE}/apps/notes/builds");
    for _ in 0..2 {
        client.post(&builds, &json!({ "environment": "blue" })).await.expect(202);
    }
    client.post(&format!("{builds}/2/cancel"), &json!({})).await.expect(202);
    let claim = blue.claimed(BuildKind::Build, None).await;
    // Asked to stop, it runs on for a while: that is no event.
    client.post(&format!("{builds}/3/cancel"), &json!({})).await.expect(202);
    blue.end(&claim, Ending::Cancelled("Cancelled on request.".into())).await;
    let claim = blue.claimed(BuildKind::Build, None).await;
    let long = "x".repeat(30_000);
    let failure =
        Failure { step: Some("bundle".into()), code: "broken".into(), title: long.clone(), detail: long.clone(), hint: None, elements: vec!["e-note".into()] };
    blue.end(&claim, Ending::Failed(failure)).await;
    let first = blue.live().await;
    let second = blue.live().await;
    let claim = blue.claimed(BuildKind::Rollback, Some(first)).await;
    blue.end(&claim, Ending::Succeeded).await;
    // A repair brings back what is live already.
    let repair = blue.claimed(BuildKind::Repair, Some(first)).await;
    blue.end(&repair, Ending::Succeeded).await;

    // Health: a candidate that does not come up is its build's matter; the live one's end is told once, its return too.
    blue.desire(&repair, first).await;
    blue.observe("running", first, None).await;
    blue.desire(&repair, second).await;
    blue.observe("failed", first, Some("The candidate did not come up.")).await;
    pipeline::restore_runtime(&mut pools.worker.acquire().await.unwrap(), blue.environment).await.unwrap();
    blue.observe("running", first, None).await;
    for state in ["starting", "failed", "starting"] {
        blue.observe(state, first, Some(&format!("Its process ended. {long}"))).await;
    }
    blue.observe("running", first, None).await;
    blue.observe("running", first, None).await;

    // Domains, and what differs on AWS.
    let domains_of = format!("{HERE}/apps/notes/environments/blue/domains");
    for name in ["a.example.com", "b.example.com"] {
        client.post(&domains_of, &json!({ "name": name })).await.expect(201);
    }
    let mut worker = pools.worker.acquire().await.unwrap();
    for (name, state) in [("a.example.com", DomainState::Active), ("a.example.com", DomainState::Active), ("b.example.com", DomainState::Failed)] {
        let seen = Seen { name: &DomainName::parse(name).unwrap(), state, records: &[], message: None, expires_at: None };
        domains::observe(&mut worker, blue.environment, &seen).await.unwrap();
    }
    let found: Vec<_> = (0..40).map(|_| json!({ "kind": "bucket", "name": long, "detail": long })).collect();
    for found in [json!([]), json!(found), json!(found), json!([])] {
        pipeline::record_drift(&mut worker, blue.environment, &found).await.unwrap();
    }

    // Ends: of a preview, of an app, of another webhook.
    pipeline::delete_environment(&mut worker, blue.environment).await.unwrap();
    let production: EnvironmentId = sqlx::query_scalar("select e.id from environments e join apps a on a.id = e.app_id where a.slug = 'second'")
        .fetch_one(&mut hooks.owner().await)
        .await
        .unwrap();
    pipeline::delete_environment(&mut worker, production).await.unwrap();
    let app = sqlx::query_scalar("select id from apps where slug = 'second'").fetch_one(&mut hooks.owner().await).await.unwrap();
    assert!(matches!(pipeline::delete_app(&mut worker, app).await.unwrap(), AppEnd::Deleted { .. }));
    let gone = hooks.hook(&other, &["app.created"]).await;
    hooks.test(&gone).await;
    hooks.test(&hook).await;

    let all = told(&hooks).await;
    let count = |kind: &str| all.iter().filter(|told| *told == kind).count();
    let expected = [
        ("app.created", 1),
        ("app.deleted", 1),
        ("build.cancelled", 2),
        ("build.failed", 1),
        ("build.queued", 8),
        ("build.running", 6),
        ("build.succeeded", 4),
        ("build.superseded", 1),
        ("design.pushed", 1),
        ("domain.active", 1),
        ("domain.failed", 1),
        ("environment.created", 2),
        ("environment.deleted", 2),
        ("environment.drifted", 1),
        ("environment.recovered", 1),
        ("environment.unhealthy", 1),
        ("release.live", 2),
        ("release.rolled_back", 1),
    ];
    for (kind, times) in expected {
        assert_eq!(count(kind), times, "{kind}: {all:?}");
    }
    let total = expected.iter().map(|(_, times)| times).sum::<usize>() + 2;
    let requests = received(&receiver, total).await;
    let document = slipform::http::openapi();
    let mut kinds = BTreeSet::new();
    for request in &requests {
        assert!(request.body.len() < 20_000, "{}", request.body.len());
        let event = body(request);
        let kind = event["type"].as_str().unwrap().to_owned();
        let schema = &document["webhooks"][&kind]["post"]["requestBody"]["content"]["application/json"]["schema"];
        differs(&document, schema, &event, &kind).unwrap();
        // One of each kind is shown to everybody.
        if kinds.insert(kind) {
            everybody_verifies(&hook.secret, request, true).await;
        }
    }
    assert_eq!(kinds, EventKind::ALL.iter().map(ToString::to_string).collect());
    let of = |kind: &str| requests.iter().map(body).find(|event| event["type"] == kind).unwrap()["data"].clone();
    assert_eq!(of("build.failed")["build"]["error"], json!({ "step": "bundle", "code": "broken", "title": "x".repeat(300) }));
    assert_eq!((&of("build.superseded")["build"]["number"], &of("build.superseded")["environment"]["slug"]), (&json!(1), &json!("blue")));
    assert_eq!((&of("release.rolled_back")["release"]["number"], &of("release.rolled_back")["previous"]["number"]), (&json!(1), &json!(2)));
    assert_eq!(of("environment.drifted")["differences"].as_array().unwrap().len(), 10);
    assert_eq!((&of("app.deleted")["app"]["slug"], &of("design.pushed")["design"]["message"]), (&json!("second"), &json!("First")));
    let unique: BTreeSet<&str> = requests.iter().map(|request| request.header("webhook-id")).collect();
    assert_eq!((requests.len(), unique.len()), (total, total));
}

#[tokio::test]
async fn an_event_is_there_if_and_only_if_its_cause_is() {
    let mut hooks = Hooks::start().await;
    hooks.kill().await;
    let receiver = Receiver::saying("204 No Content", "").await;
    hooks.hook(&receiver, &[]).await;
    let site = Site::of(&hooks, "production").await;
    let counts = async || -> (i64, i64, i64) {
        let sql = "select (select count(*) from builds), (select count(*) from webhook_events), (select count(*) from webhook_deliveries)";
        sqlx::query_as(sql).fetch_one(&mut hooks.owner().await).await.unwrap()
    };
    let mut tx = TenantTx::begin(&hooks.api.pools.application, hooks.api.owner.organization).await.unwrap();
    site.enqueue(&mut tx, BuildKind::Build, None).await;
    let inside: i64 = sqlx::query_scalar("select count(*) from webhook_deliveries").fetch_one(tx.connection()).await.unwrap();
    assert_eq!((inside, counts().await), (1, (0, 0, 0)), "inside of the transaction, and not outside");
    tx.rollback().await.unwrap();
    assert_eq!(counts().await, (0, 0, 0));
    let mut tx = TenantTx::begin(&hooks.api.pools.application, hooks.api.owner.organization).await.unwrap();
    site.enqueue(&mut tx, BuildKind::Build, None).await;
    tx.commit().await.unwrap();
    assert_eq!(counts().await, (1, 1, 1));
    // A worker whose hold is no longer good brings nothing live, and tells of nothing.
    let claim = site.claim().await;
    let mut tx = hooks.api.pools.worker.begin().await.unwrap();
    let late = queue::Hold { fence: claim.fence - 1, ..claim.hold() };
    go_live(&mut tx, &claim).await;
    assert!(queue::finish(&mut tx, late, Ending::Succeeded).await.unwrap().is_none());
    tx.rollback().await.unwrap();
    assert_eq!(told(&hooks).await, ["build.queued", "build.running"]);
    // No worker was there to hear of them: the next one finds them.
    hooks.work();
    received(&receiver, 2).await;
}

#[tokio::test]
async fn only_what_is_wanted_is_told_and_without_a_webhook_nothing_is_kept() {
    let hooks = Hooks::start().await;
    let apps = format!("{HERE}/apps");
    hooks.client.post(&apps, &json!({ "slug": "before", "name": "Before" })).await.expect(201);
    assert_eq!(told(&hooks).await, Vec::<String>::new());
    let (some, all) = (Receiver::saying("204 No Content", "").await, Receiver::saying("204 No Content", "").await);
    let (first, _) = (hooks.hook(&some, &["app.created"]).await, hooks.hook(&all, &[]).await);
    hooks.client.post(&apps, &json!({ "slug": "after", "name": "After" })).await.expect(201);
    received(&some, 1).await;
    received(&all, 2).await;
    // What is disabled hears nothing, and another organization's events are its own.
    let change = hooks.client.request(reqwest::Method::PATCH, &Hooks::path(&first)).header("if-match", "*").json(&json!({ "state": "disabled" }));
    hooks.client.send(change).await.expect(200);
    let stranger = hooks.api.stranger().await;
    stranger.post("/v1/organizations/other/apps", &json!({ "slug": "theirs", "name": "Theirs" })).await.expect(201);
    hooks.client.post(&apps, &json!({ "slug": "last", "name": "Last" })).await.expect(201);
    let events = received(&all, 4).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut kinds: Vec<String> = events.iter().map(|request| body(request)["type"].as_str().unwrap().to_owned()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["app.created", "app.created", "environment.created", "environment.created"]);
    assert_eq!((some.received().len(), all.received().len()), (1, 4));
    assert_eq!(body(&some.received()[0])["data"]["app"]["slug"], "after");
}

/// Whoever removes a webhook while something happens undoes nothing of it.
#[tokio::test]
async fn a_webhook_that_is_removed_meanwhile_is_no_harm_to_what_happens() {
    let mut hooks = Hooks::start().await;
    hooks.kill().await;
    let receiver = Receiver::saying("204 No Content", "").await;
    hooks.hook(&receiver, &[]).await;
    let mut owner = hooks.owner().await;
    let mut removal = sqlx::Connection::begin(&mut owner).await.unwrap();
    sqlx::query("delete from webhook_endpoints").execute(&mut *removal).await.unwrap();
    let (client, path) = (hooks.client.clone(), format!("{HERE}/apps"));
    let meanwhile = tokio::spawn(async move { client.post(&path, &json!({ "slug": "meanwhile", "name": "Meanwhile" })).await.status.as_u16() });
    eventually("it waits for the removal", 10, || async {
        let sql = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
        let waits: bool = sqlx::query_scalar(sql).fetch_one(&mut hooks.owner().await).await.unwrap();
        waits.then_some(())
    })
    .await;
    removal.commit().await.unwrap();
    assert_eq!(meanwhile.await.unwrap(), 201);
    assert_eq!(told(&hooks).await, Vec::<String>::new());
}

/// Events come from the triggers alone: nobody tells of what did not happen, and hosts see no webhooks.
#[tokio::test]
async fn no_role_of_the_program_makes_events_for_others_or_sees_secrets_that_it_does_not_need() {
    let api = Api::start().await;
    let (pools, here) = (&api.pools, api.owner.organization);
    api.client().post(&format!("{HERE}/webhooks"), &json!({ "url": "https://example.com/" })).await.expect(201);
    for pool in [&pools.application, &pools.worker, &pools.host] {
        let forged = sqlx::query("select emit_event($1, 'build.succeeded', '{}')").bind(here).execute(pool).await.unwrap_err();
        assert!(forged.to_string().contains("permission denied"), "{forged}");
    }
    sqlx::query("select id from webhook_endpoints").fetch_all(&pools.host).await.unwrap_err();
    sqlx::query("insert into webhook_events (organization_id, type, data) values ($1, 'test', '{}')").bind(here).execute(&pools.worker).await.unwrap_err();
    sqlx::query("update webhook_endpoints set url = 'https://example.org/'").execute(&pools.worker).await.unwrap_err();
    let mut stranger = TenantTx::begin(&pools.application, slipform::domain::OrganizationId::new()).await.unwrap();
    let sql = "insert into webhook_events (organization_id, type, data) values ($1, 'test', '{}')";
    assert!(sqlx::query(sql).bind(here).execute(stranger.connection()).await.unwrap_err().to_string().contains("row-level security"));
}
