//! What an organization may have: exact however many ask at once, refused in words, shown, and set by nobody but the operator.

use super::{Api, ENOUGH, HERE};
use crate::harness::Client;
use crate::harness::client::Answer;
use crate::harness::story::notes;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use slipform::domain::quotas::Quotas;
use slipform::store::TenantTx;
use slipform::store::quotas::{Own, set};
use std::borrow::Cow;
use std::time::Duration;

/// Sets what an organization may have, as the operator does.
async fn allow(api: &Api, own: Own) {
    let running = own.running_builds.unwrap_or(2);
    set(&mut api.database.owner().await, api.owner.organization, &own, running).await.unwrap();
}

/// What is used and allowed of one thing.
async fn used(client: &Client, name: &str) -> (i64, i64) {
    let usage = client.get(&format!("{HERE}/usage")).await.expect(200);
    let quota = usage["quotas"].as_array().unwrap().iter().find(|quota| quota["name"] == name).unwrap().clone();
    (quota["used"].as_i64().unwrap(), quota["limit"].as_i64().unwrap())
}

/// How many were done, and that all others were refused for this quota.
#[track_caller]
fn done(answers: &[Answer], status: u16, refusal: u16, quota: &str) -> usize {
    let (done, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == status);
    for answer in refused {
        let problem = answer.expect(refusal);
        assert_eq!((&problem["type"], &problem["quota"]["name"]), (&json!("urn:slipform:problem:quota-exceeded"), &json!(quota)), "{problem}");
    }
    done.len()
}

fn app(number: usize) -> Value {
    json!({ "slug": format!("app-{number}"), "name": "An app" })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_ask_at_once_there_are_exactly_as_many_as_there_may_be() {
    let api = Api::start_allowing(Quotas { apps: 7, previews: 9, waiting_builds: 5, ..ENOUGH }).await;
    let client = api.client();
    let apps = format!("{HERE}/apps");
    let (apps, client) = (&apps, &client);
    // Connections that are open already, so that all really ask at once.
    join_all((0..50).map(|_| client.get(apps))).await;
    let made = join_all((0..50).map(|n| async move { client.post(apps, &app(n)).await })).await;
    assert_eq!(done(&made, 201, 409, "apps"), 7);
    let list = client.get(&format!("{apps}?limit=100")).await.expect(200);
    let slugs: Vec<&str> = list["items"].as_array().unwrap().iter().map(|app| app["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs.len(), 7);

    let made = join_all((0..50).map(|n| {
        let place = format!("{apps}/{}/environments", slugs[n % 7]);
        async move { client.post(&place, &json!({ "slug": format!("p{n}") })).await }
    }))
    .await;
    assert_eq!(done(&made, 201, 409, "previews"), 9);
    let previews: Vec<(usize, String)> = made
        .iter()
        .enumerate()
        .filter(|(_, answer)| answer.status == 201)
        .map(|(n, answer)| (n % 7, answer.json()["slug"].as_str().unwrap().to_owned()))
        .collect();

    // Of all environments at once, several times each: five wait, and whatever took the place of one that waits counts once.
    for slug in &slugs {
        client.post(&format!("{apps}/{slug}/designs"), &notes()).await.expect(201);
    }
    let places: Vec<(usize, String)> = previews.into_iter().chain((0..7).map(|n| (n, "production".to_owned()))).collect();
    let builds = join_all((0..50).map(|n| {
        let (app, environment) = &places[n % places.len()];
        let path = format!("{apps}/{}/builds", slugs[*app]);
        async move { client.post(&path, &json!({ "environment": environment })).await }
    }))
    .await;
    assert!(done(&builds, 202, 429, "waiting-builds") >= 5);
    assert!(builds.iter().filter(|answer| answer.status == 429).all(|answer| answer.headers["retry-after"] == "15"));
    assert_eq!(used(client, "waiting-builds").await, (5, 5));
    let waiting: i64 = sqlx::query_scalar("select count(*) from builds where state = 'queued'").fetch_one(&mut api.database.owner().await).await.unwrap();
    assert_eq!(waiting, 5);
}

#[tokio::test]
async fn a_refusal_says_what_is_used_up_and_what_to_do_and_never_concerns_what_makes_room() {
    let api = Api::start_allowing(Quotas { apps: 1, previews: 1, waiting_builds: 1, storage: 1 << 20, ..ENOUGH }).await;
    let client = api.with_notes().await;
    let (apps, notes_app) = (format!("{HERE}/apps"), format!("{HERE}/apps/notes"));
    let refused = client.post(&apps, &app(1)).await.expect(409);
    assert_eq!(refused["quota"], json!({ "name": "apps", "used": 1, "limit": 1 }));
    assert_eq!(refused["detail"], "This organization has 1 apps, and may have 1. Delete apps that are not needed any more, or ask the operator for more.");
    client.post(&format!("{notes_app}/environments"), &json!({ "slug": "blue" })).await.expect(201);
    let refused = client.post(&format!("{notes_app}/environments"), &json!({ "slug": "green" })).await.expect(409);
    assert_eq!(refused["quota"], json!({ "name": "previews", "used": 1, "limit": 1 }));

    // A build that waits counts, one that runs does not any more, and one that takes a place in line needs no other.
    let builds = format!("{notes_app}/builds");
    client.post(&builds, &json!({})).await.expect(202);
    let refused = client.post(&builds, &json!({ "environment": "blue" })).await.expect(429);
    assert_eq!(refused["quota"], json!({ "name": "waiting-builds", "used": 1, "limit": 1 }));
    assert!(refused["detail"].as_str().unwrap().contains("cancel one"), "{refused}");
    client.post(&builds, &json!({})).await.expect(202);
    let claimed = slipform::queue::claim(&api.pools.worker, "a story", Duration::from_mins(1), 0).await.unwrap();
    assert!(claimed.is_some());
    assert_eq!((used(&client, "running-builds").await, used(&client, "waiting-builds").await), ((1, 2), (0, 1)));
    client.post(&builds, &json!({ "environment": "blue" })).await.expect(202);

    // Going back, mending, cancelling, changing, deleting and reading are refused by no quota.
    for number in 1..=2 {
        api.released("notes", number, 1 << 20).await;
    }
    client.post(&format!("{notes_app}/designs"), &with_label("Headline")).await.expect(409);
    let refused = client.post(&builds, &json!({})).await.expect(409);
    assert_eq!((&refused["quota"]["name"], &refused["quota"]["limit"]), (&json!("storage"), &json!(1 << 20)));
    assert!(refused["detail"].as_str().unwrap().contains("take 2 MiB, and it may have 1 MiB"), "{refused}");
    client.post(&format!("{notes_app}/designs"), &notes()).await.expect(200);
    let production = format!("{notes_app}/environments/production");
    client.post(&format!("{production}/rollback"), &json!({ "release": 1 })).await.expect(202);
    client.post(&format!("{production}/repair"), &json!({})).await.expect(202);
    let rollback = client.get(&format!("{builds}?state=superseded")).await.expect(200)["items"][0]["number"].clone();
    client.post(&format!("{builds}/{rollback}/retry"), &json!({})).await.expect(202);
    client.patch(&notes_app, &json!({ "name": "Mine" })).await.expect(200);
    client.get(&notes_app).await.expect(200);
    client.delete(&format!("{notes_app}/environments/blue")).await.expect(202);
    let refused = client.post(&format!("{notes_app}/environments"), &json!({ "slug": "green" })).await.expect(409);
    assert!(refused["detail"].as_str().unwrap().contains("has 1 previews (1 being deleted, which count until they are gone)"), "{refused}");
    client.delete(&notes_app).await.expect(202);
}

fn with_label(label: &str) -> Value {
    let mut design = notes();
    design["entities"][0]["fields"][0]["label"] = json!(label);
    design
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storage_is_what_is_kept_and_pushes_at_once_stay_within_it() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let size = used(&client, "storage").await.0;
    assert_eq!(client.get(&format!("{HERE}/apps/notes/designs/1")).await.expect(200)["size"], size);
    api.released("notes", 1, 5_000).await;
    assert_eq!(used(&client, "storage").await.0, size + 5_000);
    // What was swept is kept no more.
    sqlx::query("update releases set state = 'removed'").execute(&mut api.database.owner().await).await.unwrap();
    assert_eq!(used(&client, "storage").await.0, size);

    let largest = with_label("Label 10")["entities"][0]["fields"][0]["label"].as_str().unwrap().len() + 20;
    let each = size + i64::try_from(largest).unwrap();
    allow(&api, Own { storage_bytes: Some(size + 3 * each), ..Own::default() }).await;
    let path = &format!("{HERE}/apps/notes/designs");
    let client = &client;
    let pushed = join_all((10..60).map(|n| async move { client.post(path, &with_label(&format!("Label {n}"))).await })).await;
    assert_eq!(done(&pushed, 201, 409, "storage"), 3);
    let (now, limit) = used(client, "storage").await;
    assert!(now <= limit && now > limit - each, "{now} of {limit}");
}

#[tokio::test]
async fn what_the_operator_sets_holds_at_once_and_takes_nothing_away() {
    let api = Api::start_allowing(Quotas { apps: 1, ..ENOUGH }).await;
    let client = api.client();
    let apps = format!("{HERE}/apps");
    client.post(&apps, &app(0)).await.expect(201);
    client.post(&apps, &app(1)).await.expect(409);
    allow(&api, Own { apps: Some(3), ..Own::default() }).await;
    for number in 1..3 {
        client.post(&apps, &app(number)).await.expect(201);
    }
    assert_eq!(used(&client, "apps").await, (3, 3));
    allow(&api, Own { apps: Some(0), ..Own::default() }).await;
    client.post(&apps, &app(3)).await.expect(409);
    assert_eq!(client.get(&apps).await.expect(200)["items"].as_array().unwrap().len(), 3);
    client.patch(&format!("{apps}/app-0"), &json!({ "name": "Still here" })).await.expect(200);

    // Another organization has its own, and an answer that was given is given again whatever is allowed now.
    let keyed = async |slug: &str| {
        client.send(client.request(Method::POST, &apps).json(&json!({ "slug": slug, "name": "One" })).header("idempotency-key", "one")).await
    };
    allow(&api, Own { apps: Some(4), ..Own::default() }).await;
    let first = keyed("one").await.expect(201);
    allow(&api, Own { apps: Some(0), ..Own::default() }).await;
    assert_eq!(keyed("one").await.expect(201), first);
    let stranger = api.stranger().await;
    stranger.post("/v1/organizations/other/apps", &app(0)).await.expect(201);
    stranger.post("/v1/organizations/other/apps", &app(1)).await.expect(409);

    // More builds run as soon as they may.
    let claim = async || slipform::queue::claim(&api.pools.worker, "a story", Duration::from_mins(1), 0).await.unwrap().is_some();
    for number in 0..3 {
        client.post(&format!("{apps}/app-{number}/designs"), &notes()).await.expect(201);
        client.post(&format!("{apps}/app-{number}/builds"), &json!({})).await.expect(202);
    }
    assert_eq!([claim().await, claim().await, claim().await], [true, true, false]);
    allow(&api, Own { running_builds: Some(3), ..Own::default() }).await;
    assert_eq!([claim().await, claim().await], [true, false]);
}

/// Every change that takes locks, all at once, over and over: nothing waits for itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_all_kinds_at_once_wait_for_each_other_in_one_order() {
    let api = Api::start_allowing(Quotas { apps: 6, previews: 6, waiting_builds: 3, ..ENOUGH }).await;
    let client = &api.client();
    let apps = &format!("{HERE}/apps");
    let one = async |n: usize| {
        let app = format!("{apps}/app-{}", n % 5);
        let (preview, production) = (json!({ "slug": format!("p{}", n % 3) }), json!({}));
        match n % 8 {
            0 => client.post(apps, &self::app(n % 5)).await,
            1 => client.post(&format!("{app}/environments"), &preview).await,
            2 => client.post(&format!("{app}/designs"), &with_label(&n.to_string())).await,
            3 => client.post(&format!("{app}/builds"), &production).await,
            4 => client.post(&format!("{app}/builds"), &json!({ "environment": preview["slug"] })).await,
            5 => client.post(&format!("{app}/builds/1/cancel"), &json!({})).await,
            6 => client.delete(&format!("{app}/environments/p{}", n % 3)).await,
            _ => client.patch(&app, &json!({ "name": format!("App {n}") })).await,
        }
    };
    for number in 0..5 {
        client.post(apps, &app(number)).await.expect(201);
    }
    let answers = join_all((0..400).map(one)).await;
    let faults: Vec<_> = answers.iter().filter(|answer| answer.status.is_server_error()).map(|answer| &answer.text).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let drift: i64 = sqlx::query_scalar("select count(*) from queue_drift").fetch_one(&mut api.database.owner().await).await.unwrap();
    assert_eq!(drift, 0);
}

/// As the role that answers the API.
#[tokio::test]
async fn nobody_raises_their_own() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    allow(&api, Own { apps: Some(1), ..Own::default() }).await;
    client.post(&format!("{HERE}/apps/notes/builds"), &json!({})).await.expect(202);
    let begin = async || TenantTx::begin(&api.pools.application, api.owner.organization).await.unwrap();
    for sql in [
        "update quotas set apps = 100",
        "delete from quotas",
        "insert into quotas (organization_id, apps) values (current_organization(), 100) on conflict (organization_id) do update set apps = 100",
        "update queue_organizations set max_running = 100",
        "insert into queue_organizations (organization_id, max_running) values (current_organization(), 100) on conflict (organization_id) do update set max_running = 100",
        "insert into queue_organizations (organization_id, max_running) values (gen_random_uuid(), 100)",
        "delete from usage_days",
        "alter table queue_organizations alter column max_running set default 100",
    ] {
        let refused = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(begin().await.connection()).await.unwrap_err();
        let code = refused.as_database_error().and_then(|error| error.code().map(Cow::into_owned));
        assert_eq!(code.as_deref(), Some("42501"), "{sql}: {refused}");
    }
    let own: (Option<i32>, i32) = sqlx::query_as("select q.apps, w.max_running from quotas q join queue_organizations w using (organization_id)")
        .fetch_one(begin().await.connection())
        .await
        .unwrap();
    assert_eq!(own, (Some(1), 2), "it reads them");
}

#[tokio::test]
async fn requests_are_counted_by_day_and_limited_by_what_was_set() {
    let api = Api::start_with(1_000).await;
    let client = api.client();
    let usage = format!("{HERE}/usage");
    let first = client.get(&usage).await.expect(200);
    let days = first["days"].as_array().unwrap();
    assert_eq!((days.len(), &days[30]["requests"], &days[0]["requests"]), (31, &json!(1), &json!(0)));
    let today = days[30]["day"].as_str().unwrap().to_owned();
    assert_eq!(used(&client, "requests").await, (2, 1_000));

    // They are written down, added to what other processes have written, and what cannot be written now is not lost.
    api.app.write_down().await;
    let written = async || -> i64 {
        sqlx::query_scalar("select coalesce(sum(requests), 0)::bigint from usage_days").fetch_one(&mut api.database.owner().await).await.unwrap()
    };
    assert_eq!(written().await, 2);
    api.second().get(&usage).await.expect(200);
    client.get(&usage).await.expect(200);
    sqlx::query("alter table usage_days rename to away").execute(&mut api.database.owner().await).await.unwrap();
    api.app.write_down().await;
    sqlx::query("alter table away rename to usage_days").execute(&mut api.database.owner().await).await.unwrap();
    assert_eq!(written().await, 2);
    api.app.write_down().await;
    assert_eq!(written().await, 3);
    // Nobody's requests, and those of a person outside of an organization, are no organization's.
    api.anonymous().get(&usage).await.expect(401);
    api.person().await.get("/v1/me").await.expect(200);
    api.stranger().await.get("/v1/organizations/other/usage").await.expect(200);
    api.app.write_down().await;
    let by: Vec<(String, i64)> = sqlx::query_as("select o.slug, d.requests from usage_days d join organizations o on o.id = d.organization_id order by 1")
        .fetch_all(&mut api.database.owner().await)
        .await
        .unwrap();
    assert_eq!(by, [("default".to_owned(), 3), ("other".to_owned(), 2)]);

    // Other days.
    sqlx::query("insert into usage_days values ($1, '2026-01-02', 77)").bind(api.owner.organization).execute(&mut api.database.owner().await).await.unwrap();
    let then = client.get(&format!("{usage}?since=2026-01-01&until=2026-01-03")).await.expect(200);
    assert_eq!(then["days"], json!([{ "day": "2026-01-01", "requests": 0 }, { "day": "2026-01-02", "requests": 77 }, { "day": "2026-01-03", "requests": 0 }]));
    assert_eq!(client.get(&format!("{usage}?since={today}&until=2026-01-01")).await.expect(422)["errors"][0]["pointer"], "/query/until");
    assert_eq!(client.get(&format!("{usage}?since=2020-01-01")).await.expect(422)["errors"][0]["pointer"], "/query/since");
    for wrong in ["yesterday", "-4800-01-01", "2026-1-1"] {
        assert_eq!(client.get(&format!("{usage}?since={wrong}")).await.expect(422)["errors"][0]["pointer"], "/query/since");
    }
    let first = client.get(&format!("{usage}?until=0001-01-01")).await.expect(200);
    assert_eq!((&first["days"][0]["day"], &first["days"][30]["day"]), (&json!("0000-12-02"), &json!("0001-01-01")));
    client.get(&format!("{usage}?since=9999-12-31&until=9999-12-31")).await.expect(200);

    // A process that has not answered the organization for a while asks what it may send now.
    allow(&api, Own { requests_per_minute: Some(10), ..Own::default() }).await;
    let second = api.second();
    let answer = second.get(&usage).await;
    assert_eq!(answer.headers["ratelimit-policy"], "\"requests\";q=10;w=60");
    let quota = answer.expect(200)["quotas"][5].clone();
    assert_eq!(quota, json!({ "name": "requests", "used": 1, "limit": 10 }));
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(second.get(&usage).await.status.as_u16());
    }
    assert!(statuses[..8].iter().all(|status| *status == 200) && statuses.contains(&429), "{statuses:?}");
}
