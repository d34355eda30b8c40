//! Builds through all steps: what they make, what they refuse, and what they leave.

use crate::harness::{eventually, example};
use crate::site::{Next, Site};
use serde_json::{Value, json};
use slipform::domain::{ReleaseId, StepName};
use slipform::stages::StageError;
use slipform::{jobs, queue};

/// An element of a list by its id.
fn by_id<'a>(list: &'a mut Value, id: &str) -> &'a mut Value {
    list.as_array_mut().expect("a list").iter_mut().find(|element| element["id"] == id).expect("an element")
}

fn with_new_field(mut design: Value, name: &str) -> Value {
    let fields = by_id(&mut design["entities"], "car")["fields"].as_array_mut().expect("fields");
    fields.push(json!({ "id": format!("car-{}", name.to_lowercase()), "name": name, "type": "string" }));
    design
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_goes_through_all_steps_and_the_next_one_updates_in_place() {
    let site = Site::new().await;
    let design = example("car-rental");
    let (first, row) = site.build(&design).await;
    assert_eq!(row["state"], "succeeded", "{row:#}\n{}", site.log(first).await);
    for name in StepName::ALL {
        let step = site.step(first, *name).await;
        assert!(step["state"] == "succeeded" && step["attempt"] == 1 && !step["finished_at"].is_null(), "{step:#}");
    }
    let release: ReleaseId = row["release_id"].as_str().and_then(|id| id.parse().ok()).expect("it made a release");
    assert_eq!(site.live().await, Some(release));
    let folder = site.app_folder().join("production/releases").join(release.to_string());
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).expect("a manifest")).expect("JSON");
    for file in manifest["files"].as_array().expect("files") {
        let content = std::fs::read(folder.join(file["path"].as_str().expect("a path"))).expect("the file is there");
        let hash = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&content));
        assert_eq!((file["size"].as_u64(), file["sha256"].as_str()), (Some(content.len() as u64), Some(hash.as_str())), "{file}");
    }
    let states: Vec<String> = sqlx::query_scalar("select data->>'state' from build_events where build_id = $1 and type = 'build' order by id")
        .bind(first)
        .fetch_all(&site.owner)
        .await
        .expect("events");
    assert_eq!(states, ["queued", "running", "succeeded"]);

    let (second, row) = site.build(&with_new_field(design, "color2")).await;
    assert_eq!(row["state"], "succeeded", "{row:#}\n{}", site.log(second).await);
    let positions: Vec<i32> = sqlx::query_scalar("select schema_position from releases order by number").fetch_all(&site.owner).await.expect("releases");
    assert_eq!(positions, [1, 2]);
    let known: i64 = sqlx::query_scalar("select count(*) from environment_migrations").fetch_one(&site.owner).await.expect("migrations");
    assert_eq!(known, 2, "the control plane knows what was applied");

    let design_version = row["design_version_id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let back = site.enqueue(design_version, Some(release)).await;
    assert_eq!(site.ended(back).await["state"], "succeeded");
    assert_eq!(site.step(back, StepName::Backend).await["state"], "skipped");
    assert_eq!(site.live().await, Some(release), "the first release is live again");

    // What workers bring live stands in the audit log.
    let told: Vec<(String, String, Value, Value)> =
        sqlx::query_as("select operation, subject_name, before->'live', after->'live' from audit_log where actor_kind = 'worker' order by at, id")
            .fetch_all(&site.owner)
            .await
            .expect("lines");
    let line = |operation: &str, number: i32, before: Value| (operation.to_owned(), format!("rental/production/{number}"), before, json!(number));
    assert_eq!(told, [line("release.live", 1, Value::Null), line("release.live", 2, json!(1)), line("release.rolled_back", 1, json!(2))]);
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_step_leaves_what_is_live_and_says_why() {
    let site = Site::new().await;
    let design = example("todo");
    let (_, row) = site.build(&design).await;
    assert_eq!(row["state"], "succeeded", "{row:#}");
    let live = site.live().await;

    let passing = || Next::Fail(StageError::retry("busy", "Busy", "It is busy."));
    site.target.next.lock().expect("free").extend([passing(), passing()]);
    let (build, row) = site.build(&design).await;
    assert_eq!(row["state"], "succeeded", "what may pass is tried again");
    assert_eq!(site.step(build, StepName::Rollout).await["attempt"], 3);
    assert_ne!(site.live().await, live);
    let live = site.live().await;

    site.target
        .next
        .lock()
        .expect("free")
        .push_back(Next::Fail(StageError::fail("not-healthy", "It did not start", "No answer\0 in time.").hint("Look at its log.")));
    let (build, row) = site.build(&design).await;
    assert_eq!((row["state"].as_str(), row["error"]["code"].as_str(), row["error"]["step"].as_str()), (Some("failed"), Some("not-healthy"), Some("rollout")));
    assert_eq!(site.step(build, StepName::Rollout).await["error"]["hint"], "Look at its log.");
    assert_eq!(site.live().await, live);

    site.target.next.lock().expect("free").push_back(Next::Panic);
    let (build, row) = site.build(&design).await;
    assert_eq!((row["state"].as_str(), row["error"]["code"].as_str()), (Some("failed"), Some("internal-error")));
    assert!(site.log(build).await.contains("panic: a fault in the target"));
    assert_eq!(site.live().await, live);

    let (_, row) = site.build(&json!({ "formatVersion": 1, "app": { "name": "" } })).await;
    assert_eq!((row["state"].as_str(), row["error"]["code"].as_str()), (Some("failed"), Some("invalid-design")), "{row:#}");
    assert_eq!(site.live().await, live);
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_inside_a_long_step_is_seen_at_once_and_the_next_build_begins() {
    let site = Site::new().await;
    let design = site.push(&example("todo")).await;
    site.target.next.lock().expect("free").push_back(Next::Hang);
    let build = site.enqueue(design, None).await;
    site.step_is(build, StepName::Rollout, "running").await;
    eventually("what the step has said so far is stored", 10, async || site.log(build).await.contains("rollout of").then_some(())).await;
    let next = site.enqueue(design, None).await;
    let asked = std::time::Instant::now();
    site.cancel(build).await;
    let row = site.ended(build).await;
    assert_eq!(row["state"], "cancelled");
    assert_eq!(site.step(build, StepName::Rollout).await["state"], "cancelled");
    assert!(asked.elapsed().as_millis() < 1_500, "{:?}", asked.elapsed());
    assert_eq!(site.ended(next).await["state"], "succeeded");
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drained_worker_gives_its_build_back_and_another_goes_on_where_it_was() {
    let mut site = Site::new().await;
    let design = site.push(&example("todo")).await;
    site.target.next.lock().expect("free").push_back(Next::Hang);
    let build = site.enqueue(design, None).await;
    site.step_is(build, StepName::Rollout, "running").await;
    let asked = std::time::Instant::now();
    site.stop_worker().await;
    assert!(asked.elapsed() < jobs::GRACE + std::time::Duration::from_secs(3), "{:?}", asked.elapsed());
    let row = site.row("select to_jsonb(b) from builds b where id = $1", build).await;
    assert_eq!((row["state"].as_str(), row["attempt"].as_i64()), (Some("queued"), Some(0)));

    site.start_worker();
    assert_eq!(site.ended(build).await["state"], "succeeded");
    for (name, attempts) in [(StepName::Backend, 1), (StepName::Bundle, 1), (StepName::Database, 1), (StepName::Publish, 1), (StepName::Rollout, 2)] {
        assert_eq!(site.step(build, name).await["attempt"], attempts, "{name}");
    }
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_would_lose_data_is_refused_until_it_is_confirmed() {
    let site = Site::new().await;
    let design = with_new_field(example("car-rental"), "nickname");
    assert_eq!(site.build(&design).await.1["state"], "succeeded");
    let mut app = site.app_database().await;
    let changed = sqlx::query("update cars set nickname = 'Bluebird'").execute(&mut app).await.expect("seeds are there").rows_affected();
    assert!(changed > 0, "the example has seeds");
    drop(app);

    let mut without = example("car-rental");
    let (build, row) = site.build(&without).await;
    assert_eq!((row["state"].as_str(), row["error"]["code"].as_str()), (Some("failed"), Some("data-would-be-lost")), "{row:#}\n{}", site.log(build).await);
    assert_eq!(row["error"]["elements"], json!(["car-nickname"]));
    let mut app = site.app_database().await;
    let kept: i64 = sqlx::query_scalar("select count(*) from cars where nickname = 'Bluebird'").fetch_one(&mut app).await.expect("nothing was changed");
    assert_eq!(u64::try_from(kept), Ok(changed));

    without["migration"] = json!({ "confirmLoss": ["car-nickname"] });
    let (build, row) = site.build(&without).await;
    assert_eq!(row["state"], "succeeded", "{row:#}\n{}", site.log(build).await);
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_ahead_of_the_control_plane_is_learned_from() {
    let site = Site::new().await;
    let design = example("car-rental");
    assert_eq!(site.build(&design).await.1["state"], "succeeded");
    assert_eq!(site.build(&with_new_field(design.clone(), "motto")).await.1["state"], "succeeded");
    // As if a worker had been killed between the app's database and the control plane's copy of it.
    sqlx::query("delete from environment_migrations where position = 2").execute(&site.owner).await.expect("forgotten");
    sqlx::query("update environments set schema_state = '{}'").execute(&site.owner).await.expect("forgotten");
    let (build, row) = site.build(&with_new_field(with_new_field(design, "motto"), "slogan")).await;
    assert_eq!(row["state"], "succeeded", "{row:#}\n{}", site.log(build).await);
    assert_eq!(site.step(build, StepName::Backend).await["attempt"], 2, "the code was written again for what is there");
    let known: Vec<i32> = sqlx::query_scalar("select position from environment_migrations order by position").fetch_all(&site.owner).await.expect("rows");
    assert_eq!(known, [1, 2, 3]);
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_releases_are_swept_and_a_deleted_app_leaves_nothing() {
    let site = Site::new().await;
    let design = example("todo");
    let mut builds = Vec::new();
    for _ in 0..4 {
        builds.push(site.build(&design).await.0);
    }
    let folders = |name: &str| std::fs::read_dir(site.app_folder().join(name)).map_or(0, Iterator::count);
    eventually("old files are swept", 20, || async {
        (folders("production/releases") == 2 && folders("production/code") == 2 && folders("production/artifacts") == 0).then_some(())
    })
    .await;
    let ready: Vec<i32> = sqlx::query_scalar("select number from releases where state = 'ready' order by number").fetch_all(&site.owner).await.expect("rows");
    assert_eq!(ready, [3, 4]);

    site.target.next.lock().expect("free").push_back(Next::Hang);
    let version = site.push(&design).await;
    let running = site.enqueue(version, None).await;
    site.step_is(running, StepName::Rollout, "running").await;
    let waiting = site.enqueue(version, None).await;
    let mut tx = site.database.worker.begin().await.expect("begin");
    queue::jobs::enqueue(&mut tx, Some(site.organization), "delete_app", &json!({ "app": site.app })).await.expect("queued");
    tx.commit().await.expect("commit");
    eventually("the app is gone", 30, || async {
        let left: i64 = sqlx::query_scalar("select (select count(*) from apps) + (select count(*) from builds where id in ($1, $2))")
            .bind(running)
            .bind(waiting)
            .fetch_one(&site.owner)
            .await
            .expect("a count");
        (left == 0).then_some(())
    })
    .await;
    assert!(!site.app_folder().exists());
    let databases: i64 = sqlx::query_scalar("select count(*) from pg_database where datname = $1")
        .bind(format!("{}_production", site.target.prefix))
        .fetch_one(&site.owner)
        .await
        .expect("a count");
    let drift: i64 = sqlx::query_scalar("select count(*) from queue_drift").fetch_one(&site.owner).await.expect("a count");
    assert_eq!((databases, drift), (0, 0));
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_for_an_app_that_is_going_away_is_cancelled() {
    let mut site = Site::new().await;
    site.stop_worker().await;
    let design = site.push(&example("todo")).await;
    let build = site.enqueue(design, None).await;
    sqlx::query("update apps set state = 'deleting'").execute(&site.owner).await.expect("marked");
    site.start_worker();
    let row = site.ended(build).await;
    assert_eq!((row["state"].as_str(), row["reason"].as_str()), (Some("cancelled"), Some("The app or its environment is being deleted.")));
    assert!(!site.app_folder().exists(), "nothing was made for it");
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owners_files_win_and_are_never_touched() {
    let site = Site::new().await;
    let design = example("todo");
    let (first, row) = site.build(&design).await;
    assert_eq!(row["state"], "succeeded", "{}", site.log(first).await);
    let custom = site.app_folder().join("production/custom");
    let hooks = custom.join("server/custom/hooks.ts");
    let mut text = std::fs::read_to_string(&hooks).expect("it became the owner's at the first build");
    text.push_str("\n// mine\n");
    std::fs::write(&hooks, &text).expect("the owner edits it");
    std::fs::write(custom.join("server/custom/extra.ts"), "export const answer = 42;\n").expect("and adds one");
    std::fs::create_dir_all(custom.join("server/src/gen")).expect("a folder");
    std::fs::write(custom.join("server/src/gen/app.ts"), "broken").expect("what is not the owner's");
    let (second, row) = site.build(&design).await;
    assert_eq!(row["state"], "succeeded", "{row:#}\n{}", site.log(second).await);
    let code = site.app_folder().join("production/code").join(second.to_string());
    assert_eq!(std::fs::read_to_string(code.join("server/custom/hooks.ts")).expect("it is there"), text);
    assert!(code.join("server/custom/extra.ts").is_file());
    assert_ne!(std::fs::read_to_string(code.join("server/src/gen/app.ts")).expect("it is there"), "broken");
    assert_eq!(std::fs::read_to_string(&hooks).expect("it is there"), text);
    assert_eq!(site.step(second, StepName::Bundle).await["output"]["typeChecked"], true, "changed files are type-checked");
    assert!(site.log(second).await.contains("outside a folder `custom`"));

    std::fs::write(&hooks, "export const broken: number = 'text';\n").expect("a mistake");
    let (third, row) = site.build(&design).await;
    assert_eq!((row["state"].as_str(), row["error"]["step"].as_str()), (Some("failed"), Some("bundle")), "{}", site.log(third).await);
    site.end().await;
}
