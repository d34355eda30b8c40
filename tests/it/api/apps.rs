use super::{Api, HERE};
use crate::harness::Client;
use crate::harness::story::notes;
use serde_json::{Value, json};

#[tokio::test]
async fn an_app_is_made_renamed_and_deleted_with_what_waits() {
    let api = Api::start().await;
    let client = api.client();
    let made = client.post(&format!("{HERE}/apps"), &json!({ "slug": "notes", "name": "Notes" })).await;
    assert!(made.headers["location"].to_str().unwrap().ends_with("/apps/notes"));
    let made = made.expect(201);
    assert_eq!(made["url"], "http://notes.localhost:8480");
    assert_eq!((&made["environments"][0]["slug"], &made["environments"][0]["kind"]), (&json!("production"), &json!("production")));
    let taken = client.post(&format!("{HERE}/apps"), &json!({ "slug": "notes", "name": "Again" })).await.expect(409);
    assert_eq!(taken["type"], "urn:slipform:problem:app-slug-taken");

    let path = format!("{HERE}/apps/notes");
    let seen = client.get(&path).await;
    let renamed = client.patch(&path, &json!({ "name": "My notes" })).await.expect(200);
    assert_eq!((&renamed["name"], &renamed["slug"]), (&json!("My notes"), &json!("notes")));
    let stale = client.request(reqwest::Method::PATCH, &path).header("if-match", &seen.headers["etag"]).json(&json!({ "name": "Lost" }));
    assert_eq!(client.send(stale).await.expect(412)["type"], "urn:slipform:problem:stale");

    client.post(&format!("{path}/designs"), &notes()).await.expect(201);
    let build = client.post(&format!("{path}/builds"), &json!({})).await.expect(202);
    let stale = client.request(reqwest::Method::DELETE, &path).header("if-match", &seen.headers["etag"]);
    client.send(stale).await.expect(412);
    assert_eq!(client.delete(&path).await.expect(202)["state"], "deleting");
    assert_eq!(client.delete(&path).await.expect(202)["state"], "deleting", "again is no error");
    assert_eq!(client.get(&format!("{path}/builds/{}", build["number"])).await.expect(200)["state"], "cancelled");
    for (place, body) in [("builds", json!({})), ("designs", notes()), ("environments", json!({ "slug": "blue" }))] {
        assert_eq!(client.post(&format!("{path}/{place}"), &body).await.expect(409)["type"], "urn:slipform:problem:app-deleting", "{place}");
    }
    let mut owner = api.database.owner().await;
    let jobs: Vec<Value> = sqlx::query_scalar("select payload from jobs where kind = 'delete_app'").fetch_all(&mut owner).await.unwrap();
    assert_eq!(jobs, [json!({ "app": made["id"] })]);
}

#[tokio::test]
async fn two_organizations_may_have_one_slug_but_not_one_address() {
    let api = Api::start().await;
    let (client, stranger) = (api.client(), api.stranger().await);
    let app = json!({ "slug": "shop", "name": "Shop" });
    client.post(&format!("{HERE}/apps"), &app).await.expect(201);
    let other = stranger.post("/v1/organizations/other/apps", &app).await.expect(201);
    let url = other["url"].as_str().unwrap();
    assert!(url.starts_with("http://shop-") && url.ends_with(".localhost:8480"), "{url}");
    assert_eq!(other["slug"], "shop");
}

#[tokio::test]
async fn previews_have_an_address_of_their_own_and_production_ends_with_its_app() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let path = format!("{HERE}/apps/notes/environments");
    let blue = client.post(&path, &json!({ "slug": "blue" })).await.expect(201);
    assert_eq!(blue["url"], "http://blue--notes.localhost:8480");
    client.post(&path, &json!({ "slug": "blue" })).await.expect(409);
    let listed = client.get(&path).await.expect(200);
    let slugs: Vec<_> = listed["items"].as_array().unwrap().iter().map(|e| e["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, ["production", "blue"]);

    let build = client.post(&format!("{HERE}/apps/notes/builds"), &json!({ "environment": "blue" })).await.expect(202);
    assert_eq!(build["url"], blue["url"]);
    client.delete(&format!("{path}/production")).await.expect(409);
    assert_eq!(client.delete(&format!("{path}/blue")).await.expect(202)["state"], "deleting");
    assert_eq!(client.get(&format!("{HERE}/apps/notes/builds/{}", build["number"])).await.expect(200)["state"], "cancelled");
    let again = client.post(&format!("{HERE}/apps/notes/builds"), &json!({ "environment": "blue" })).await.expect(409);
    assert_eq!(again["type"], "urn:slipform:problem:environment-deleting");
}

/// The slugs of a list, in pages of three, as the links lead.
async fn walked(client: &Client, list: &str) -> Vec<String> {
    let (mut seen, mut path) = (Vec::new(), format!("{list}?limit=3"));
    loop {
        let page = client.get(&path).await;
        let body = page.expect(200);
        assert!(body["items"].as_array().unwrap().len() <= 3);
        seen.extend(body["items"].as_array().unwrap().iter().map(|a| a["slug"].as_str().unwrap().to_owned()));
        let Some(cursor) = body["nextCursor"].as_str() else {
            assert!(page.headers.get("link").is_none());
            return seen;
        };
        let link = page.headers["link"].to_str().unwrap().to_owned();
        assert_eq!(link, format!("<{list}?limit=3&cursor={cursor}>; rel=\"next\""));
        link[1..link.find('>').unwrap()].clone_into(&mut path);
    }
}

#[tokio::test]
async fn organizations_and_environments_come_in_pages_too() {
    let api = Api::start().await;
    let (client, person) = (api.with_notes().await, api.person().await);
    for name in ["one", "two", "three", "four"] {
        person.post("/v1/organizations", &json!({ "slug": name, "name": name })).await.expect(201);
        client.post(&format!("{HERE}/apps/notes/environments"), &json!({ "slug": name })).await.expect(201);
    }
    assert_eq!(walked(&person, "/v1/organizations").await, ["four", "three", "two", "one", "default"]);
    assert_eq!(walked(&client, "/v1/organizations").await, ["default"]);
    assert_eq!(walked(&client, &format!("{HERE}/apps/notes/environments")).await, ["production", "one", "two", "three", "four"]);
    let cursor = person.get("/v1/organizations?limit=1").await.expect(200)["nextCursor"].as_str().unwrap().to_owned();
    client.get(&format!("/v1/organizations?cursor={cursor}")).await.expect(422);
}

#[tokio::test]
async fn lists_come_in_pages_whose_cursors_belong_to_one_list() {
    let api = Api::start().await;
    let client = api.client();
    for i in 0..7 {
        client.post(&format!("{HERE}/apps"), &json!({ "slug": format!("app-{i}"), "name": format!("App {i}") })).await.expect(201);
    }
    let seen = walked(&client, &format!("{HERE}/apps")).await;
    assert_eq!(seen, ["app-6", "app-5", "app-4", "app-3", "app-2", "app-1", "app-0"]);

    let cursor = client.get(&format!("{HERE}/apps?limit=1")).await.expect(200)["nextCursor"].as_str().unwrap().to_owned();
    let stranger = api.stranger().await;
    for (who, list) in [(&stranger, "/v1/organizations/other/apps".to_owned()), (&client, format!("{HERE}/tokens"))] {
        let refused = who.get(&format!("{list}?cursor={cursor}")).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/query/cursor");
    }
    for wrong in ["limit=0", "limit=101", "limit=x", "cursor=x"] {
        client.get(&format!("{HERE}/apps?{wrong}")).await.expect(422);
    }
    assert_eq!(client.get(&format!("{HERE}/apps?limt=3")).await.expect(422)["errors"][0]["pointer"], "/query/limt");
}

#[tokio::test]
async fn the_longest_names_still_make_one_label_each_that_a_resolver_accepts() {
    let api = Api::start().await;
    let (client, stranger) = (api.client(), api.stranger().await);
    let (mut labels, mut longest) = (std::collections::BTreeSet::new(), 0);
    // Where the name is cut to make room for letters that tell it apart, stands a letter, or a hyphen.
    for slug in ["a".repeat(40), format!("{}-{}", "b".repeat(33), "c".repeat(6)), format!("{}-{}", "d".repeat(34), "e".repeat(5)), "f".to_owned()] {
        for (who, organization) in [(&client, "default"), (&stranger, "other")] {
            let apps = format!("/v1/organizations/{organization}/apps");
            let app = who.post(&apps, &json!({ "slug": slug, "name": "Long" })).await.expect(201);
            let mut urls = vec![app["url"].clone()];
            for preview in ["p".repeat(20), format!("q-{}", "r".repeat(18))] {
                urls.push(who.post(&format!("{apps}/{slug}/environments"), &json!({ "slug": preview })).await.expect(201)["url"].clone());
            }
            for url in urls {
                let label = url.as_str().and_then(|url| url.strip_prefix("http://")?.strip_suffix(".localhost:8480")).unwrap().to_owned();
                assert!(label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-'), "{label}");
                longest = longest.max(label.len());
                assert!(labels.insert(label.clone()), "{label} leads to two apps");
            }
        }
    }
    assert_eq!(longest, 62, "the longest names were tried");

    let wrong = [("apps", json!({ "slug": "a".repeat(41), "name": "Longer" })), ("apps/f/environments", json!({ "slug": "p".repeat(21) }))];
    for (path, body) in wrong {
        assert_eq!(client.post(&format!("{HERE}/{path}"), &body).await.expect(422)["errors"][0]["pointer"], "/slug");
    }
}
