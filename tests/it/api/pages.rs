//! Lists in pages: each of the document is read whole, in order and without a repeat, though all of its rows are of one moment; and a
//! cursor is good for nothing but the list that it came from.

use super::operations::{self, Operation};
use super::{Api, HERE};
use crate::harness::Client;
use crate::harness::story::notes;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

type Names = BTreeMap<&'static str, String>;

/// Where the rows of a list stand, and the moment by which they are ordered.
fn rows(list: &Operation) -> (&'static str, &'static str) {
    match list.id.as_str() {
        "listOrganizations" => ("organizations", "created_at"),
        "listMembers" => ("members", "created_at"),
        "listInvitations" => ("invitations", "created_at"),
        "listTokens" => ("api_tokens", "created_at"),
        "listAccounts" => ("accounts", "created_at"),
        "listApps" => ("apps", "created_at"),
        "listDesigns" => ("design_versions", "created_at"),
        "listEnvironments" => ("environments", "created_at"),
        "listReleases" => ("releases", "created_at"),
        "listBuilds" => ("builds", "created_at"),
        "listWebhooks" => ("webhook_endpoints", "created_at"),
        "listDeliveries" => ("webhook_deliveries", "created_at"),
        "listAudit" => ("audit_log", "at"),
        other => panic!("{other} is a list in pages: say here where its rows stand, and make some in `full`"),
    }
}

/// What a list can be filtered by, each so that something is left.
fn filters(list: &Operation, user: &str, app: &str) -> Vec<(&'static str, String)> {
    let text = str::to_owned;
    match list.id.as_str() {
        "listBuilds" => vec![("environment", text("production")), ("state", text("succeeded"))],
        "listDeliveries" => vec![("state", text("queued")), ("type", text("test"))],
        "listAudit" => vec![
            ("actor", text(user)),
            ("operation", text("CreateToken")),
            ("subject", text(app)),
            ("since", text("2026-01-01T00:00:00Z")),
            ("until", text("2026-01-03T00:00:00Z")),
        ],
        _ => vec![],
    }
}

/// The lists of the document that are read in pages.
fn lists() -> Vec<Operation> {
    let lists: Vec<_> = operations::all().into_iter().filter(|operation| operation.parameter("query", "cursor").is_some()).collect();
    assert!(lists.iter().all(|list| list.method == Method::GET && list.tells.contains("nextCursor")));
    assert!(lists.len() >= 13, "{}", lists.len());
    lists
}

/// At least five rows of each list, all of one moment; whoever sees them, their id, and what the rows belong to.
async fn full() -> (Api, Client, String, Names) {
    let api = Api::start().await;
    api.with_notes().await;
    let session = api.session().await;
    let person = api.client().with_token(session["accessToken"].as_str().unwrap());
    let make = async |path: &str, body: Value| person.post(path, &body).await;
    for n in 1..=5 {
        api.released("notes", n, 1).await;
        make("/v1/organizations", json!({ "slug": format!("org-{n}"), "name": "Another" })).await.expect(201);
        make(&format!("{HERE}/apps"), json!({ "slug": format!("app-{n}"), "name": "Another" })).await.expect(201);
        make(&format!("{HERE}/apps/notes/environments"), json!({ "slug": format!("preview-{n}") })).await.expect(201);
        make(&format!("{HERE}/tokens"), json!({ "name": format!("Token {n}"), "role": "viewer" })).await.expect(201);
        make(&format!("{HERE}/invitations"), json!({ "email": format!("new-{n}@example.com"), "role": "viewer" })).await.expect(201);
        let role = "arn:aws:iam::111122223333:role/slipform";
        let account = json!({ "name": format!("account-{n}"), "region": "eu-central-1", "domain": "apps.example.com", "roleArn": role });
        make(&format!("{HERE}/accounts"), account).await.expect(201);
    }
    let mut webhooks = Vec::new();
    for n in 1..=5 {
        let mut design = notes();
        design["app"]["description"] = json!(format!("Version {n}."));
        make(&format!("{HERE}/apps/notes/designs"), design).await.expect(201);
        let webhook = make(&format!("{HERE}/webhooks"), json!({ "url": format!("https://example.com/{n}"), "types": ["test"] })).await.expect(201);
        webhooks.push(webhook["id"].as_str().unwrap().to_owned());
        make(&format!("{HERE}/webhooks/{}/test", webhooks[0]), json!({})).await.expect(202);
    }
    let mut owner = api.database.owner().await;
    let members = "with people as (
            insert into users (id, email, name) select gen_random_uuid(), 'member-' || n || '@example.com', 'Member' from generate_series(1, 5) n returning id
        ) insert into members (organization_id, user_id, role) select o.id, p.id, 'viewer' from organizations o, people p where o.slug = 'default'";
    sqlx::query(members).execute(&mut owner).await.unwrap();
    // Nobody else can change a line of the audit log, and the owner of the table only if nothing watches.
    sqlx::query("alter table audit_log disable trigger user").execute(&mut owner).await.unwrap();
    for list in lists() {
        let (table, moment) = rows(&list);
        let one = format!("update {table} set {moment} = '2026-01-02T03:04:05.678901Z'");
        let done = sqlx::query(sqlx::AssertSqlSafe(one)).execute(&mut owner).await.unwrap();
        assert!(done.rows_affected() >= 5, "{table}: {}", done.rows_affected());
    }
    let names = BTreeMap::from([("org", "default".into()), ("app", "notes".into()), ("env", "production".into()), ("webhook", webhooks.swap_remove(0))]);
    (api, person, session["user"]["id"].as_str().unwrap().to_owned(), names)
}

/// A page of a list.
async fn page(client: &Client, path: &str, limit: usize, cursor: Option<&str>) -> (Vec<Value>, Option<String>) {
    let and = if path.contains('?') { '&' } else { '?' };
    let answer = client.get(&cursor.iter().fold(format!("{path}{and}limit={limit}"), |path, cursor| format!("{path}&cursor={cursor}"))).await;
    let mut page = answer.expect(200);
    let next = page["nextCursor"].as_str().map(str::to_owned);
    let link = answer.headers.get("link").map(|link| link.to_str().unwrap().to_owned());
    let told = next.as_ref().map(|next| format!("<{path}{and}limit={limit}&cursor={next}>; rel=\"next\""));
    assert_eq!(link, told, "the header says the same as the body");
    let items = page["items"].as_array_mut().unwrap().drain(..).collect();
    (items, next)
}

/// The whole list, in pages of two.
async fn walked(client: &Client, path: &str) -> Vec<Value> {
    let (mut items, mut next) = page(client, path, 2, None).await;
    while let Some(cursor) = next {
        let more = page(client, path, 2, Some(&cursor)).await;
        assert!((1..=2).contains(&more.0.len()), "{path}: a page of {}", more.0.len());
        items.extend(more.0);
        assert!(items.len() < 1_000, "{path} does not end");
        next = more.1;
    }
    items
}

async fn refused(client: &Client, path: &str, cursor: &str) {
    let and = if path.contains('?') { '&' } else { '?' };
    let refused = client.get(&format!("{path}{and}cursor={cursor}")).await;
    assert_eq!(refused.status, 422, "{path}: {}", refused.text);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/query/cursor", "{path}");
}

#[tokio::test]
async fn every_list_in_pages_is_the_whole_list_though_all_of_it_is_of_one_moment() {
    let (api, person, user, names) = full().await;
    let app = person.get(&format!("{HERE}/apps/notes")).await.expect(200)["id"].as_str().unwrap().to_owned();
    for list in lists() {
        let path = list.at(&names);
        let (whole, end) = page(&person, &path, 100, None).await;
        assert!(whole.len() >= 5 && end.is_none(), "{}: {} items", list.id, whole.len());
        let distinct: BTreeSet<String> = whole.iter().map(Value::to_string).collect();
        assert_eq!(distinct.len(), whole.len(), "{}: something stands there twice", list.id);
        assert_eq!(walked(&person, &path).await, whole, "{}", list.id);

        let known = filters(&list, &user, &app);
        let described: BTreeSet<&str> = list.parameters("query").map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert_eq!(described, known.iter().map(|(name, _)| *name).chain(["limit", "cursor"]).collect(), "{}: name its filters in `filters`", list.id);
        for (name, value) in known {
            let filtered = format!("{path}?{name}={value}");
            let (whole, _) = page(&person, &filtered, 100, None).await;
            assert!(!whole.is_empty(), "{filtered}");
            assert_eq!(walked(&person, &filtered).await, whole, "{filtered}");
        }
    }

    // What a cursor stands at may be gone when it is used.
    let path = operations::one("listWebhooks").at(&names);
    let (whole, _) = page(&person, &path, 100, None).await;
    let (first, next) = page(&person, &path, 2, None).await;
    person.delete(&format!("{path}/{}", first[1]["id"].as_str().unwrap())).await.expect(204);
    let (second, _) = page(&person, &path, 2, next.as_deref()).await;
    assert_eq!(second, whole[2..4]);
    drop(api);
}

#[tokio::test]
async fn a_cursor_is_good_for_the_list_that_it_came_from_and_for_no_other() {
    let (api, person, user, names) = full().await;
    let app = person.get(&format!("{HERE}/apps/notes")).await.expect(200)["id"].as_str().unwrap().to_owned();
    let webhooks = person.get(&format!("{HERE}/webhooks")).await.expect(200);
    let other = webhooks["items"].as_array().unwrap().iter().map(|webhook| webhook["id"].as_str().unwrap()).find(|id| *id != names["webhook"]).unwrap();
    let lists = lists();
    for list in &lists {
        let path = list.at(&names);
        let cursor = page(&person, &path, 2, None).await.1.unwrap();
        for another in lists.iter().filter(|another| another.id != list.id) {
            refused(&person, &another.at(&names), &cursor).await;
        }
        for (name, value) in filters(list, &user, &app) {
            refused(&person, &format!("{path}?{name}={value}"), &cursor).await;
        }
        // The same list of something else: each name in the address counts.
        let elsewhere =
            |name: &'static str, value: &str| list.at(names.iter().map(|(known, kept)| (*known, if *known == name { value } else { kept.as_str() })));
        let within = list.path.contains("{app}") || list.path.contains("{webhook}");
        for (name, value) in [("org", "org-1"), ("app", "app-1"), ("env", "preview-1"), ("webhook", other)] {
            // Another organization has none of these.
            if list.path.contains(&format!("{{{name}}}")) && !(name == "org" && within) {
                refused(&person, &elsewhere(name, value), &cursor).await;
            }
        }
        // Nor is it one of somebody else.
        if !list.path.contains('{') {
            refused(&api.client(), &path, &cursor).await;
        }
        let another = if cursor.ends_with('A') { 'B' } else { 'A' };
        refused(&person, &path, &format!("{}{another}", &cursor[..cursor.len() - 1])).await;
        refused(&person, &path, &cursor[..cursor.len() - 4]).await;
    }
}
