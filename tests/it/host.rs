//! The local target and the host together: going live, failing, crashing, coming back, going away.

use crate::harness::eventually;
use crate::machine::{Machine, Release};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::Method;
use slipform::deploy::Target as _;
use slipform::domain::local::database_name;
use slipform::stages::Log;
use slipform::store::{resources, runtimes};
use sqlx::Connection as _;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_release_goes_live_is_replaced_and_the_old_process_ends() {
    let machine = Machine::start().await;
    let (env, app) = machine.live("todo", "v1").await;
    assert_eq!(app.get("/api/version").await.expect(200), "v1");
    assert_eq!(machine.target.address(&env), machine.addresses.origin("todo"));

    let second = machine.release(&env, Release { version: "v2", health: 200 }).await;
    machine.rollout(&env, second).await.unwrap();
    assert_eq!(app.get("/api/version").await.expect(200), "v2");
    eventually("the old process ends", 5, async || (machine.processes(&env).len() == 1).then_some(())).await;

    // The same once more changes nothing: a worker that was killed after the switch does this.
    let before = machine.processes(&env);
    machine.rollout(&env, second).await.unwrap();
    assert_eq!(machine.processes(&env), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_does_not_start_leaves_the_old_one_live_and_says_why() {
    let machine = Machine::start().await;
    let (env, app) = machine.live("todo", "v1").await;
    let broken = machine.release(&env, Release { version: "v2", health: 0 }).await;
    let error = machine.rollout(&env, broken).await.unwrap_err();
    assert_eq!(error.code, "start-failed");
    assert!(error.detail.contains("exit status 7") && error.detail.contains("the ledger of birds is missing"), "{}", error.detail);
    assert_eq!(app.get("/api/version").await.expect(200), "v1");

    let ill = machine.release(&env, Release { version: "v3", health: 503 }).await;
    let error = machine.rollout(&env, ill).await.unwrap_err();
    assert!(error.detail.contains("/api/health"), "{}", error.detail);
    assert_eq!(app.get("/api/version").await.expect(200), "v1");
    let progress = eventually("what was live is desired again", 5, async || {
        let progress = runtimes::progress(&machine.pools.worker, env.environment).await.unwrap().unwrap();
        (progress.observed == "running" && progress.observed_generation == progress.generation).then_some(progress)
    })
    .await;
    assert_eq!(progress.message, None);
    assert_eq!(machine.processes(&env).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_release_that_fails_leaves_nothing_running() {
    let machine = Machine::start().await;
    let env = machine.app("todo").await;
    let broken = machine.release(&env, Release { version: "v1", health: 0 }).await;
    machine.rollout(&env, broken).await.unwrap_err();
    eventually("nothing is hosted", 5, async || (!machine.places().environment(env.environment).exists()).then_some(())).await;
    // And a good one goes live afterwards.
    let good = machine.release(&env, Release { version: "v2", health: 200 }).await;
    machine.rollout(&env, good).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_build_is_refused() {
    let machine = Machine::start().await;
    let (env, app) = machine.live("todo", "v1").await;
    let (release, build) = machine.release(&env, Release { version: "v2", health: 200 }).await;
    let rollout = slipform::deploy::Rollout { release, build, fence: 0, cancel: tokio_util::sync::CancellationToken::new() };
    let error = machine.target.rollout(&env, &rollout, &Log::new().0).await.unwrap_err();
    assert_eq!(error.code, "overtaken");
    assert_eq!(app.get("/api/version").await.expect(200), "v1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_rollout_ends_at_once_and_the_old_release_stays() {
    let machine = Machine::start().await;
    let (env, app) = machine.live("todo", "v1").await;
    let (release, build) = machine.release(&env, Release { version: "v2", health: 503 }).await;
    let cancel = tokio_util::sync::CancellationToken::new();
    let rollout = slipform::deploy::Rollout { release, build, fence: 1000, cancel: cancel.clone() };
    let begin = std::time::Instant::now();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(700)).await;
        cancel.cancel();
    });
    let error = machine.target.rollout(&env, &rollout, &Log::new().0).await.unwrap_err();
    assert_eq!(error.code, "cancelled");
    assert!(begin.elapsed() < Duration::from_secs(3));
    eventually("the new process is gone", 5, async || (machine.processes(&env).len() == 1).then_some(())).await;
    assert_eq!(app.get("/api/version").await.expect(200), "v1");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_host_a_rollout_says_so() {
    let machine = Machine::without_host().await;
    let env = machine.app("todo").await;
    let release = machine.release(&env, Release { version: "v1", health: 200 }).await;
    let error = machine.rollout(&env, release).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.retry), ("no-host", true));
    assert!(error.detail.contains("slipform host"), "{}", error.detail);
}

/// Milliseconds between the end of a process and the start of the next, as the host logged them.
fn pauses(log: &str) -> Vec<i64> {
    let events = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()).filter(|event| event["source"] == "slipform");
    let (mut ended, mut pauses) = (None, Vec::new());
    for event in events {
        let at: chrono::DateTime<chrono::Utc> = event["time"].as_str().unwrap().parse().unwrap();
        let message = event["message"].as_str().unwrap();
        if message.starts_with("process ") && message.contains(" ended") {
            ended = Some(at);
        } else if let Some(ended) = ended.take_if(|_| message.starts_with("process ") && message.contains(" started")) {
            pauses.push((at - ended).num_milliseconds());
        }
    }
    pauses
}

#[tokio::test(flavor = "multi_thread")]
async fn what_crashes_is_started_again_with_growing_pauses() {
    let machine = Machine::start().await;
    let (env, app) = machine.live("todo", "v1").await;
    for _ in 0..3 {
        let pid = machine.processes(&env)[0];
        kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        eventually("another process answers", 10, async || {
            let new = machine.processes(&env).first().is_some_and(|new| *new != pid);
            (new && app.get("/api/version").await.status == 200).then_some(())
        })
        .await;
    }
    let restarts: i32 = sqlx::query_scalar("select restarts from runtimes").fetch_one(&mut machine.owner().await).await.unwrap();
    assert_eq!(restarts, 3);
    let log = std::fs::read_to_string(machine.places().logs(env.environment).join("app.log")).unwrap();
    let pauses = pauses(&log);
    assert!(pauses.len() == 3 && pauses[0] >= 99 && pauses[1] >= 199 && pauses[2] >= 399, "{pauses:?}");

    // While it is away, people see a page and programs a problem, both with when to try again.
    app.send(app.request(Method::POST, "/api/run").body("setTimeout(() => process.exit(3), 20)")).await;
    let page = eventually("it is down", 5, async || {
        let answer = app.send(app.request(Method::GET, "/").header("accept", "text/html")).await;
        (answer.status == 503).then_some(answer)
    })
    .await;
    assert!(page.headers.contains_key("retry-after") && page.text.contains("<h1>"), "{page:?}");
    let log = std::fs::read_to_string(machine.places().logs(env.environment).join("app.log")).unwrap();
    assert!(log.contains("version v1 starts") && log.contains("exit status 3"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_hangs_is_started_again_and_one_that_only_says_that_it_is_ill_is_not() {
    let mut machine = Machine::without_host().await;
    machine.start_host_that_probes(256, Duration::from_millis(700));
    let (hanging, app) = machine.live("hanging", "v1").await;
    let (ill, other) = machine.live("ill", "v1").await;
    let (first, steady) = (machine.processes(&hanging)[0], machine.processes(&ill));
    // As when its database is away.
    other.send(other.request(Method::POST, "/api/run").body("globalThis.health = 503")).await.expect(200);
    other.get("/api/health").await.expect(503);

    app.send(app.request(Method::POST, "/api/run").body("setTimeout(() => { for (;;); }, 20)")).await.expect(200);
    eventually("the hanging process was replaced", 20, async || {
        let replaced = machine.processes(&hanging).first().is_some_and(|pid| *pid != first);
        let answer = tokio::time::timeout(Duration::from_secs(2), app.request(Method::GET, "/api/version").send()).await;
        (replaced && answer.is_ok_and(|answer| answer.is_ok_and(|answer| answer.status() == 200))).then_some(())
    })
    .await;
    assert_eq!(machine.processes(&ill), steady);
    let log = std::fs::read_to_string(machine.places().logs(hanging.environment).join("app.log")).unwrap();
    assert!(log.contains("did not answer GET /api/health"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_ends_while_a_release_comes_up_leaves_no_process() {
    for _ in 0..5 {
        let mut machine = Machine::start().await;
        let env = machine.app("todo").await;
        let (release, build) = machine.release(&env, Release { version: "v1", health: 503 }).await;
        let (target, at) = (machine.target.clone(), env.clone());
        let rollout = slipform::deploy::Rollout { release, build, fence: 1000, cancel: tokio_util::sync::CancellationToken::new() };
        let waiting = tokio::spawn(async move { target.rollout(&at, &rollout, &Log::new().0).await });
        eventually("it comes up", 10, async || (!machine.processes(&env).is_empty()).then_some(())).await;
        machine.stop_host().await;
        assert_eq!(machine.processes(&env), Vec::<i32>::new());
        waiting.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaking_app_is_started_again_while_its_neighbor_serves() {
    let mut machine = Machine::without_host().await;
    machine.start_host(128);
    let (leaky, app) = machine.live("leaky", "v1").await;
    let (_, neighbor) = machine.live("steady", "v1").await;
    let first = machine.processes(&leaky)[0];
    // Outside V8's heap, where its own limit does not reach.
    let leak = "globalThis.leak = []; setInterval(() => globalThis.leak.push(Buffer.alloc(8 << 20, 1)), 20)";
    app.send(app.request(Method::POST, "/api/run").body(leak)).await;
    eventually("the leaking process was replaced", 20, async || {
        assert_eq!(neighbor.get("/api/version").await.expect(200), "v1");
        let replaced = machine.processes(&leaky).first().is_some_and(|pid| *pid != first);
        (replaced && app.get("/api/version").await.status == 200).then_some(())
    })
    .await;
    let log = std::fs::read_to_string(machine.places().logs(leaky.environment).join("app.log")).unwrap();
    assert!(log.contains("the limit is 128 MB"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_all_apps_come_back_and_a_second_host_is_refused() {
    let mut machine = Machine::start().await;
    let (one, first) = machine.live("one", "v1").await;
    let (_, second) = machine.live("two", "v1").await;
    machine.stop_host().await;
    assert_eq!(machine.processes(&one), Vec::<i32>::new());
    machine.start_host(256);
    for app in [first, second] {
        eventually("it is back", 15, async || {
            let answer = app.request(Method::GET, "/api/version").send().await.ok()?;
            (answer.status() == 200).then_some(())
        })
        .await;
    }
    let home = machine.home();
    assert!(std::fs::File::open(home.join("host.lock")).unwrap().try_lock().is_err(), "the home folder is locked");
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_leaves_nothing_and_can_be_repeated() {
    let machine = Machine::start().await;
    let (env, app) = machine.live("todo", "v1").await;
    let (other, neighbor) = machine.live("other", "v1").await;
    let log = Log::new().0;
    machine.target.remove_environment(&env, &log).await.unwrap();

    assert_eq!(machine.processes(&env), Vec::<i32>::new());
    assert_eq!(app.get("/api/version").await.status, 404);
    let mut conn = machine.owner().await;
    let name = database_name(env.environment);
    let left: i64 = sqlx::query_scalar("select (select count(*) from pg_database where datname = $1) + (select count(*) from pg_roles where rolname = $1)")
        .bind(&name)
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(left, 0);
    assert_eq!(resources::list(&mut conn, env.environment).await.unwrap(), []);
    assert!(runtimes::progress(&machine.pools.worker, env.environment).await.unwrap().is_none());
    for entry in walkdir::WalkDir::new(machine.home()) {
        let path = entry.unwrap().path().display().to_string();
        assert!(!path.contains(&env.environment.to_string()) && !path.contains(&env.app.to_string()), "{path} is left");
    }
    assert_eq!(std::fs::read_dir(machine.home().join("run")).unwrap().count(), 1, "the neighbor's sockets alone");

    machine.target.remove_environment(&env, &log).await.unwrap();
    let never = machine.record("never-built").await;
    machine.target.remove_environment(&never, &log).await.unwrap();
    assert_eq!(neighbor.get("/api/version").await.expect(200), "v1");
    machine.target.remove_environment(&other, &log).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn provisioning_adopts_and_corrects_what_it_finds() {
    let machine = Machine::without_host().await;
    let env = machine.record("todo").await;
    let name = database_name(env.environment);
    let mut conn = machine.owner().await;
    // As if a worker had been killed after the role, and somebody had changed it since.
    for sql in [format!("create role {name} login superuser password 'other'"), format!("create database {name}")] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    }
    let log = Log::new().0;
    let first = machine.target.provision(&env, &log).await.unwrap();
    let second = machine.target.provision(&env, &log).await.unwrap();
    assert_eq!(first.database_url.expose(), second.database_url.expose());

    let mut app = sqlx::PgConnection::connect(first.database_url.expose()).await.unwrap();
    let (superuser, owns): (bool, bool) =
        sqlx::query_as("select r.rolsuper, d.datdba = r.oid from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()")
            .fetch_one(&mut app)
            .await
            .unwrap();
    assert!(!superuser && owns);
    sqlx::query("create table public.t (id int)").execute(&mut app).await.unwrap();
    sqlx::query("create extension btree_gist").execute(&mut app).await.unwrap();
    let ledger = resources::list(&mut conn, env.environment).await.unwrap();
    assert_eq!(
        ledger.iter().map(|r| (r.kind.as_str(), r.state.as_str())).collect::<Vec<_>>(),
        [("database", "present"), ("folder", "present"), ("role", "present")]
    );

    // Twice at once, from nothing.
    let fresh = machine.record("fresh").await;
    let (a, b) = tokio::join!(machine.target.provision(&fresh, &log), machine.target.provision(&fresh, &log));
    let urls: Vec<_> = [a, b].into_iter().filter_map(Result::ok).map(|p| p.database_url.expose().to_owned()).collect();
    assert!(!urls.is_empty() && urls.iter().all(|url| *url == urls[0]));
    machine.target.remove_environment(&fresh, &log).await.unwrap();
    machine.target.remove_environment(&env, &log).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_reaches_its_own_database_and_no_other() {
    let machine = Machine::without_host().await;
    let (one, two) = (machine.app("one").await, machine.app("two").await);
    let log = Log::new().0;
    let url = machine.target.provision(&one, &log).await.unwrap().database_url.expose().to_owned();
    let own = database_name(one.environment);
    assert!(sqlx::PgConnection::connect(&url).await.is_ok());
    let other = database_name(two.environment);
    for database in [other.as_str(), &machine.database.name, "postgres", "template1"] {
        let url = url.strip_suffix(&own).expect("the address ends with the database").to_owned() + database;
        let error = sqlx::PgConnection::connect(&url).await.expect_err(database);
        assert_eq!(error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(), Some("42501"), "{database}: {error}");
    }
    let mut conn = sqlx::PgConnection::connect(&url).await.unwrap();
    let owner: String = sqlx::query_scalar("select current_user::text").fetch_one(&mut machine.database.owner().await).await.unwrap();
    let become_owner = format!("set role \"{owner}\"");
    for sql in ["create role mine", "create database mine", become_owner.as_str(), "copy (select 1) to program 'id'", "select pg_read_file('/etc/passwd')"] {
        let error = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.expect_err(sql);
        assert_eq!(error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(), Some("42501"), "{sql}: {error}");
    }
    for env in [one, two] {
        machine.target.remove_environment(&env, &log).await.unwrap();
    }
}
