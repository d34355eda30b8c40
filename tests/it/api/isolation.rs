//! What belongs to another organization does not exist. The routes come from the OpenAPI document, so that none is forgotten.

use super::Api;
use super::operations;
use super::world::{World, request};
use crate::harness::checkout;
use serde_json::{Value, json};
use slipform::domain::OrganizationId;
use slipform::store::TenantTx;
use sqlx::{Connection as _, PgConnection, Row as _};
use std::time::Duration;

#[tokio::test]
async fn every_route_answers_404_for_what_belongs_to_another_organization() {
    let mut world = World::new().await;
    let made = world.person.0.post("/v1/organizations/other/tokens", &json!({ "name": "Stranger", "role": "admin" })).await.expect(201);
    let stranger = world.person.0.with_token(made["secret"].as_str().unwrap());
    let operations: Vec<_> = operations::all().into_iter().filter(|operation| operation.path.contains("{org}")).collect();
    assert!(operations.len() > 60, "{}", operations.len());
    let own = operations::listed("own_routes.txt", &operations);
    let here = world.api.owner.organization.to_string();
    for operation in &operations {
        let stage = world.stage(operation).await;
        let mut names = stage.names.clone();
        for (organization, by_id) in [("default", false), (here.as_str(), true), ("other", true), ("other", false)] {
            names.insert("org", organization.to_owned());
            if let Some(id) = stage.ids.get("app").and_then(Value::as_str) {
                names.insert("app", if by_id { id } else { &stage.names["app"] }.to_owned());
            }
            if organization == "other" && own.contains(&operation.id) {
                continue;
            }
            let path = operation.at(&names);
            let answer = stranger.send(request(&stranger, operation, &path, stage.body.as_ref()).header("if-match", "*")).await;
            assert_eq!(answer.status, 404, "{}: {path}: {}", operation.id, answer.text);
        }
    }
    let done = "select count(*) from audit_log where actor_id = $1::uuid";
    let done: i64 = sqlx::query_scalar(done).bind(made["id"].as_str()).fetch_one(&mut world.api.database.owner().await).await.unwrap();
    assert_eq!(done, 0, "nothing happened to any of it");
}

/// An installation of two organizations, each with an app, a design and a build.
async fn two() -> (Api, [OrganizationId; 2]) {
    let api = Api::start().await;
    api.with_notes().await;
    api.build().await;
    let stranger = api.stranger().await;
    for (client, organization) in [(&api.client(), "default"), (&stranger, "other")] {
        let webhooks = format!("/v1/organizations/{organization}/webhooks");
        let webhook = client.post(&webhooks, &json!({ "url": "https://example.com/hooks" })).await.expect(201);
        client.post(&format!("{webhooks}/{}/test", webhook["id"].as_str().unwrap()), &json!({})).await.expect(202);
    }
    stranger.post("/v1/organizations/other/apps", &json!({ "slug": "theirs", "name": "Theirs" })).await.expect(201);
    stranger.post("/v1/organizations/other/apps/theirs/designs", &crate::harness::story::notes()).await.expect(201);
    stranger.post("/v1/organizations/other/apps/theirs/builds", &json!({})).await.expect(202);
    let other = stranger.get("/v1/organizations/other").await.expect(200)["id"].as_str().unwrap().parse().unwrap();
    let first = api.owner.organization;
    (api, [first, other])
}

/// Takes the scope out of queries: row level security still shows one organization alone, and nothing without one.
#[tokio::test]
async fn without_their_scope_queries_still_see_one_organization() {
    let (api, [first, _]) = two().await;
    let pool = &api.pools.application;
    let mut tx = TenantTx::begin(pool, first).await.unwrap();
    let slugs: Vec<String> = sqlx::query_scalar("select slug from apps").fetch_all(tx.connection()).await.unwrap();
    assert_eq!(slugs, ["notes"]);
    let changed = sqlx::query("update apps set name = 'Mine now' where slug = 'theirs'").execute(tx.connection()).await.unwrap();
    assert_eq!(changed.rows_affected(), 0);
    let moved = sqlx::query("update apps set organization_id = (select id from organizations where slug = 'other')").execute(tx.connection()).await;
    assert!(moved.is_err(), "nothing can be given to another organization");
}

/// A table with an organization has row level security, for reading and for writing, and its owner is none of the roles that it is for.
#[tokio::test]
async fn every_table_with_an_organization_is_behind_row_level_security() {
    let (api, _) = two().await;
    let mut owner = api.database.owner().await;
    let tables: Vec<(String, bool, bool, bool, String)> = sqlx::query_as(
        "select c.relname, c.relrowsecurity,
             exists (select from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname and 'slipform_application' = any (p.roles)),
             not exists (select from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname and 'slipform_application' = any (p.roles)
                 and p.cmd in ('ALL', 'INSERT', 'UPDATE') and p.with_check is null),
             pg_get_userbyid(c.relowner)
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and c.relkind = 'r'
             and (c.relname = 'organizations' or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped))
         order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(tables.len() > 15, "{tables:?}");
    for (table, enabled, readable, checked, owned_by) in &tables {
        assert!(*enabled && *readable && *checked, "{table}: row level security {enabled}, a policy of the application {readable}, WITH CHECK {checked}");
        assert!(!owned_by.starts_with("slipform_"), "{table} belongs to {owned_by}");
        // The pool hands out the connection that the tenant before has used.
        let count = format!("select count(*) from {table}");
        let seen: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count.clone())).fetch_one(&api.pools.application).await.unwrap();
        assert_eq!(seen, 0, "{table} without a tenant");
        let mut nobody = TenantTx::begin(&api.pools.application, OrganizationId::new()).await.unwrap();
        let seen: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(nobody.connection()).await.unwrap();
        assert_eq!(seen, 0, "{table} as nobody");
    }
    let strong: Vec<String> = sqlx::query_scalar(
        "select distinct r.rolname from pg_roles g left join pg_auth_members m on m.roleid = g.oid join pg_roles r on r.oid in (g.oid, m.member)
         where g.rolname in ('slipform_application', 'slipform_worker', 'slipform_host') and (r.rolbypassrls or r.rolsuper)",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(strong.is_empty(), "{strong:?} go round row level security");
}

/// Whoever forgets the organization in a query is told before row level security has to help: every statement about what belongs to one
/// compares it with a parameter, or inserts it, or stands in across_tenants.txt.
#[tokio::test]
async fn every_query_is_about_one_organization_or_says_why_not() {
    let api = Api::start().await;
    let tables = "select table_name::text from information_schema.columns where column_name = 'organization_id' and table_schema = 'public'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut api.database.owner().await).await.unwrap();
    assert!(tables.len() > 20, "{tables:?}");
    let about = regex::Regex::new(&format!(r"\b(from|join|update|into|using)\s+({})\b", tables.join("|"))).unwrap();
    let scoped = regex::Regex::new(r"organization_id (=|is not distinct from) (any\()?\$|insert into \w+ \([^)]*\borganization_id\b[^)]*\)\s+values").unwrap();
    let statement = regex::Regex::new(r#"(?s)\bfn (\w+)|\bquery\w*!\(\s*(?:[\w:]+,\s*)?(?:"((?:[^"\\]|\\.)*)"|r#"(.*?)"\x23)"#).unwrap();
    let known: Vec<(&str, &str)> = include_str!("across_tenants.txt")
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.split_once('#').filter(|(_, reason)| reason.len() > 10).unwrap_or_else(|| panic!("{line} has no reason")))
        .flat_map(|(places, _)| {
            let (file, functions) = places.trim().split_once(' ').unwrap_or((places.trim(), ""));
            if functions.is_empty() { vec![(file, "")] } else { functions.split_whitespace().map(|function| (file, function)).collect() }
        })
        .collect();
    let (mut used, mut asked, mut faults) = (std::collections::BTreeSet::new(), 0, Vec::new());
    for entry in walkdir::WalkDir::new(checkout().join("src")).into_iter().flatten().filter(|entry| entry.path().extension().is_some_and(|e| e == "rs")) {
        let file = entry.path().strip_prefix(checkout()).unwrap().to_str().unwrap();
        let source = std::fs::read_to_string(entry.path()).unwrap();
        let mut function = "";
        for found in statement.captures_iter(&source) {
            function = found.get(1).map_or(function, |name| name.as_str());
            let Some(text) = found.get(2).or(found.get(3)).map(|text| text.as_str()).filter(|text| about.is_match(text)) else { continue };
            asked += 1;
            if scoped.is_match(text) {
                continue;
            }
            match known.iter().find(|(place, name)| file.starts_with(place) && (name.is_empty() || *name == function)) {
                Some(exception) => drop(used.insert(*exception)),
                None => faults.push(format!("{file} {function}: {text}")),
            }
        }
    }
    assert!(faults.is_empty(), "compare organization_id, or name it in across_tenants.txt:\n{}", faults.join("\n"));
    assert!(asked > 150, "{asked} statements were found");
    let stale: Vec<_> = known.iter().filter(|exception| !used.contains(*exception)).collect();
    assert!(stale.is_empty(), "{stale:?} need no exception any more");
}

/// The program's own queries, as they stand in `.sqlx`, with everything struck out that they compare with a parameter: together two
/// organizations see and change exactly what there is, and each of them its part.
#[tokio::test]
async fn the_programs_own_queries_without_any_condition_stay_within_one_organization() {
    let (api, organizations) = two().await;
    let mut owner = api.database.owner().await;
    let struck = regex::Regex::new(r"[\w.]+ (=|<>|<|>|<=|>=) \$\d+(::\w+)?").unwrap();
    let limit = regex::Regex::new(r"limit \d+").unwrap();
    let (mut ran, mut telling) = (0, 0);
    for entry in std::fs::read_dir(checkout().join(".sqlx")).unwrap() {
        let query: Value = serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
        let text = query["query"].as_str().unwrap();
        let Some((head, condition)) = text.split_once("where").filter(|_| text.contains("organization_id = $")) else { continue };
        if !["select ", "update ", "delete "].iter().any(|verb| text.starts_with(verb)) || ["count(", "sum(", "exists ("].iter().any(|one| head.contains(one)) {
            continue;
        }
        let bare = format!("{head}where{}", limit.replace_all(&struck.replace_all(condition, "true"), ""));
        let parameters = query.pointer("/describe/parameters/Left").and_then(Value::as_array).unwrap();
        let kinds: Vec<&str> = parameters.iter().map(|kind| kind.as_str().unwrap_or("Other")).collect();
        let mut seen = Vec::new();
        for organization in organizations.into_iter().chain([OrganizationId::new()]) {
            let mut tx = TenantTx::begin(&api.pools.application, organization).await.unwrap();
            seen.push(rows(tx.connection(), &bare, &kinds).await);
            tx.rollback().await.unwrap();
        }
        let mut tx = owner.begin().await.unwrap();
        let all = rows(&mut tx, &bare, &kinds).await;
        tx.rollback().await.unwrap();
        // What the application may not run at all, or cannot without its parameters, shows nothing.
        let (Some(first), Some(other), Some(none), Some(all)) = (seen[0], seen[1], seen[2], all) else { continue };
        assert_eq!((first + other, none), (all, 0), "{bare}");
        ran += 1;
        telling += usize::from(first > 0 && other > 0);
    }
    assert!(ran > 30 && telling > 15, "{ran} queries ran, {telling} of them found something of both");
}

/// How many rows a statement finds or changes; `None` where it cannot run.
async fn rows(conn: &mut PgConnection, sql: &str, kinds: &[&str]) -> Option<u64> {
    let sql = if sql.starts_with("select") { format!("select count(*) from ({sql}) found") } else { sql.to_owned() };
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql.clone()));
    for kind in kinds {
        query = match *kind {
            "Uuid" => query.bind(None::<uuid::Uuid>),
            "Timestamptz" => query.bind(None::<chrono::DateTime<chrono::Utc>>),
            // A limit.
            "Int8" => query.bind(1_000_i64),
            "Int4" => query.bind(0_i32),
            "Float8" => query.bind(1.0_f64),
            "Bool" => query.bind(false),
            "Text" => query.bind(None::<String>),
            _ => return None,
        };
    }
    if sql.starts_with("select") {
        let row = query.fetch_one(conn).await.ok()?;
        return u64::try_from(sqlx::Row::get::<i64, _>(&row, 0)).ok();
    }
    Some(query.execute(conn).await.ok()?.rows_affected())
}

/// A request that panics, is dropped in the middle of a statement, or fails, leaves nothing of its tenant on the pooled connection.
#[tokio::test]
async fn a_poisoned_connection_shows_the_next_one_nothing() {
    let (api, [first, other]) = two().await;
    let options = api.pools.application.connect_options().as_ref().clone();
    let one = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let apps = async |conn: &mut PgConnection| sqlx::query_scalar::<_, String>("select slug from apps").fetch_all(conn).await.unwrap();
    // Whoever hangs up at any moment of a beginning leaves no transaction open.
    for moment in 0..300 {
        drop(tokio::time::timeout(Duration::from_micros(moment * 10), TenantTx::begin(&one, first)).await);
        // In one message, or both times would differ in any case.
        let left = "select (now() <> statement_timestamp())::text || coalesce(current_setting('slipform.organization', true), '')";
        let left: String = sqlx::raw_sql(left).fetch_one(&one).await.unwrap().get(0);
        assert_eq!(left, "false", "{moment}");
    }
    for how in ["panic", "cancel", "error", "token"] {
        let pool = one.clone();
        let poisoned = tokio::spawn(async move {
            let mut tx = TenantTx::begin(&pool, first).await.unwrap();
            match how {
                "panic" => panic!("inside of a transaction"),
                "cancel" => drop(tokio::time::timeout(Duration::from_millis(50), sqlx::query("select pg_sleep(1)").execute(tx.connection())).await),
                "error" => drop(sqlx::query("select 1 / 0").execute(tx.connection()).await),
                _ => {
                    drop(tx);
                    let mut tx = slipform::store::begin(&pool).await.unwrap();
                    let hash = sqlx::query_scalar::<_, Vec<u8>>("select '\\x00'::bytea").fetch_one(&mut *tx).await.unwrap();
                    slipform::store::tokens::present(&mut tx, &hash).await.unwrap();
                    panic!("before the end");
                }
            }
        });
        assert_eq!(poisoned.await.is_err(), matches!(how, "panic" | "token"), "{how}");
        let mut conn = one.acquire().await.unwrap();
        assert_eq!(apps(&mut conn).await, Vec::<String>::new(), "{how}: without a tenant");
        let settings: (Option<String>, Option<String>) =
            sqlx::query_as("select nullif(current_setting('slipform.organization', true), ''), nullif(current_setting('slipform.token_hash', true), '')")
                .fetch_one(&mut *conn)
                .await
                .unwrap();
        assert_eq!(settings, (None, None), "{how}");
        drop(conn);
        let mut tx = TenantTx::begin(&one, other).await.unwrap();
        assert_eq!(apps(tx.connection()).await, ["theirs"], "{how}");
    }
}
