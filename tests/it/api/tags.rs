//! Everything that is read has a strong tag, so that it need not be sent, nor read, to whoever has it already.

use super::operations::{self, Operation, listed};
use super::world::World;
use super::{Api, HERE};
use reqwest::Method;
use serde_json::Value;
use slipform::domain::local::Places;
use uuid::Uuid;

/// Puts the archive of the first release of an app into place, as if a worker had made it.
async fn archive(api: &Api, app: &str) -> std::path::PathBuf {
    let client = api.client();
    let id = async |path: &str| client.get(path).await.expect(200)["id"].as_str().unwrap().parse::<Uuid>().unwrap();
    let (owner, release) = (id(app).await, id(&format!("{app}/environments/production/releases/1")).await);
    let folder = Places::new(api.home.path()).release(owner.into(), "production", release.into());
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("code.zip");
    std::fs::write(&file, "an archive").unwrap();
    file
}

#[tokio::test]
async fn everything_that_is_read_has_a_tag_by_which_it_is_not_sent_again_or_stands_in_a_list() {
    let mut world = World::new().await;
    let everything = Operation { path: "{user}{invitation}{token}{account}{webhook}{app}".into(), ..Operation::default() };
    let mut stage = world.stage(&everything).await;
    archive(&world.api, &format!("{HERE}/apps/{}", stage.names["app"])).await;
    let readings: Vec<Operation> = operations::all().into_iter().filter(|operation| operation.method == Method::GET).collect();
    let (client, without) = (&world.person.0, listed("without_tag.txt", &readings));
    for reading in &readings {
        let id = &reading.id;
        let taken = reading.parameter("header", "If-None-Match").is_some();
        let told = |status: &str| reading.described["responses"][status]["headers"]["ETag"].is_object();
        // Previews have domains; production has what was built.
        stage.names.insert("env", if reading.path.contains("{domain}") { "green" } else { "production" }.to_owned());
        let path = stage.path(reading);
        let answer = client.get(&path).await;
        let tag = answer.headers.get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        if without.contains(id) {
            assert!(tag.is_none() && !taken && !told("200") && !told("304"), "{id} stands in without_tag.txt, and has {tag:?}");
            continue;
        }
        assert_eq!(answer.status, 200, "{id}: {}", answer.text);
        let tag = tag.unwrap_or_else(|| panic!("{id} has no ETag: let it have one, or write into without_tag.txt why not"));
        assert!(tag.starts_with('"'), "{id}: {tag} is weak");
        assert!(taken && told("200") && told("304"), "{id}: the document does not tell of it");
        let again = client.send(client.request(Method::GET, &path).header("if-none-match", &tag)).await;
        assert_eq!((again.status.as_u16(), again.text.as_str(), again.headers["etag"].to_str().unwrap()), (304, "", tag.as_str()), "{id}");
    }
}

/// Anybody may read the document, and is counted as whoever else has no credentials.
#[tokio::test]
async fn the_document_is_sent_once_and_whoever_reads_it_is_counted() {
    let api = Api::start_with(2).await;
    let client = api.anonymous();
    let first = client.get("/openapi.json").await;
    assert!(first.status == 200 && first.headers["ratelimit"].to_str().unwrap().contains("r=1"), "{:?}", first.headers);
    let ask = || client.request(Method::GET, "/openapi.json").header("if-none-match", &first.headers["etag"]);
    let again = client.send(ask()).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    assert_eq!(client.send(ask()).await.expect(429)["type"], "urn:slipform:problem:too-many-requests");
}

/// Here by what the API may not read at all, or is not there.
#[tokio::test]
async fn what_never_changes_is_not_even_read_for_whoever_has_it() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let notes = format!("{HERE}/apps/notes");
    api.released("notes", 1, 1).await;
    let file = archive(&api, &notes).await;
    let (document, code) = (format!("{notes}/designs/1/document"), format!("{notes}/environments/production/releases/1/code"));
    let mut tags = Vec::new();
    for path in [&document, &code] {
        tags.push(client.get(path).await.headers["etag"].clone());
    }
    let mut owner = api.database.owner().await;
    let columns: Vec<String> = sqlx::query_scalar("select column_name::text from information_schema.columns where table_name = 'design_versions'")
        .fetch_all(&mut owner)
        .await
        .unwrap();
    let others: Vec<String> = columns.into_iter().filter(|column| column != "document").collect();
    let sql =
        format!("revoke select on design_versions from slipform_application; grant select ({}) on design_versions to slipform_application", others.join(", "));
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
    std::fs::remove_file(file).unwrap();
    for (path, (tag, refused)) in [&document, &code].into_iter().zip(tags.into_iter().zip([500, 503])) {
        let known = client.send(client.request(Method::GET, path).header("if-none-match", tag)).await;
        assert_eq!((known.status.as_u16(), known.text.as_str()), (304, ""), "{path}");
        let unknown: Value = client.get(path).await.expect(refused);
        assert!(unknown["type"].is_string(), "{path}: it is read after all");
    }
}
