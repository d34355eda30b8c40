//! What a hostile app can reach: it runs whatever the test sends it, as a generated server that was taken over would.

use crate::harness::{Client, eventually};
use crate::machine::Machine;
use reqwest::Method;
use serde_json::Value;
use slipform::deploy::Target as _;
use slipform::stages::Log;

/// Runs a program in the app's process: what it returns, or the code of the error it throws.
async fn run(app: &Client, program: &str) -> Result<Value, String> {
    let answer = app.send(app.request(Method::POST, "/api/run").body(program.to_owned())).await.expect(200);
    match answer["error"].as_str() {
        Some(error) => Err(error.to_owned()),
        None => Ok(answer["result"].clone()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_app_reaches_nothing_but_its_own() {
    let machine = Machine::start().await;
    let (env, app) = machine.live("hostile", "v1").await;
    let (victim_env, victim) = machine.live("victim", "v1").await;
    let home = machine.home();
    std::fs::write(home.join("key"), "k1:secret").unwrap();
    let victim_pid = machine.processes(&victim_env)[0];
    let places = machine.places();
    run(&victim, &format!("require('fs').writeFileSync('{}/private.txt', 'mine')", places.data(victim_env.environment).display())).await.unwrap();

    // Its own folders work.
    let data = places.data(env.environment).display().to_string();
    let own = run(&app, &format!("const fs = require('fs'); fs.writeFileSync('{data}/a.txt', 'hi'); return fs.readFileSync('{data}/a.txt', 'utf8')")).await;
    assert_eq!(own, Ok("hi".into()));

    let denied = |result: Result<Value, String>| result.is_err_and(|code| matches!(code.as_str(), "EACCES" | "EPERM" | "ENOENT"));
    let release = std::fs::read_dir(places.environment(env.environment)).unwrap().flatten().map(|e| e.path()).find(|p| p.join("server.mjs").exists()).unwrap();
    for path in [
        home.join("key"),
        home.join("host.lock"),
        places.data(victim_env.environment).join("private.txt"),
        places.logs(env.environment).join("app.log"),
        "/etc/shadow".into(),
        "/etc/passwd".into(),
        std::env::current_dir().unwrap().join("Cargo.toml"),
        format!("/proc/{victim_pid}/environ").into(),
        format!("/proc/{victim_pid}/maps").into(),
        format!("/proc/{}/environ", std::process::id()).into(),
        format!("/proc/{}/cmdline", std::process::id()).into(),
        "/proc/1/environ".into(),
    ] {
        let result = run(&app, &format!("return require('fs').readFileSync({:?}, 'utf8')", path.display().to_string())).await;
        assert!(denied(result.clone()), "{} can be read: {result:?}", path.display());
    }
    for path in [home.clone(), home.join("apps"), home.join("host"), home.join("run"), "/".into(), "/tmp".into(), "/proc".into()] {
        let result = run(&app, &format!("return require('fs').readdirSync({:?})", path.display().to_string())).await;
        assert!(denied(result.clone()), "{} can be listed: {result:?}", path.display());
    }
    for path in [release.join("server.mjs"), release.join("more.txt"), home.join("x"), "/tmp/slipform-hostile".into(), "/dev/shm/slipform-hostile".into()] {
        let result = run(&app, &format!("return require('fs').writeFileSync({:?}, 'x')", path.display().to_string())).await;
        assert!(denied(result.clone()), "{} can be written: {result:?}", path.display());
    }
    let link =
        format!("const fs = require('fs'); fs.symlinkSync('{}', '{data}/link'); return fs.readFileSync('{data}/link', 'utf8')", home.join("key").display());
    assert!(denied(run(&app, &link).await));

    // Processes: none of others is signalled or traced, and no program is started.
    for pid in [victim_pid, i32::try_from(std::process::id()).unwrap(), 1] {
        let result = run(&app, &format!("return process.kill({pid}, 'SIGTERM')")).await;
        assert_eq!(result, Err("EPERM".into()), "{pid} can be signalled");
    }
    for program in ["/bin/sh", "/usr/bin/id"] {
        let result =
            run(&app, &format!("const r = require('child_process').spawnSync('{program}', ['-c', 'id']); if (r.error) throw r.error; return String(r.stdout)"))
                .await;
        assert!(denied(result.clone()), "{program} can be run: {result:?}");
    }
    assert!(
        denied(run(&app, "await new Promise((done, fail) => require('net').createServer().on('error', fail).listen(0, '127.0.0.1', done))").await),
        "it can listen"
    );
    let socket = std::fs::read_dir(home.join("run")).unwrap().flatten().flat_map(|d| std::fs::read_dir(d.path()).unwrap().flatten()).map(|e| e.path());
    let own_socket = run(&app, "return process.env.SOCKET_PATH").await.unwrap();
    for socket in socket.filter(|socket| socket.to_str() != own_socket.as_str()) {
        let connect =
            format!("await new Promise((done, fail) => require('net').connect({:?}).on('connect', done).on('error', fail))", socket.display().to_string());
        let result = run(&app, &connect).await;
        if nix::unistd::Uid::effective().is_root() {
            assert!(denied(result.clone()), "the neighbor's socket answers: {result:?}");
        }
    }

    // Its environment holds what it was given, and no more.
    let names = run(&app, "return Object.keys(process.env).sort().join()").await.unwrap();
    assert_eq!(names, "ADMIN_EMAIL,ADMIN_PASSWORD,APP_URL,DATABASE_URL,HOME,NODE_ENV,PATH,RELEASE,SOCKET_PATH,TZ");
    let heap = run(&app, "return require('v8').getHeapStatistics().heap_size_limit >> 20").await.unwrap();
    assert!(heap.as_u64().unwrap() < 256, "V8 collects before the limit of 256 MB is reached, and not at {heap} MB");
    let status = run(&app, "return require('fs').readFileSync('/proc/self/status', 'utf8')").await.unwrap();
    let status = status.as_str().unwrap();
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    if nix::unistd::Uid::effective().is_root() {
        let uid = run(&app, "return process.getuid()").await.unwrap();
        assert!(uid.as_u64().unwrap() >= 200_000, "{uid}");
        assert_ne!(uid, run(&victim, "return process.getuid()").await.unwrap());
        assert_eq!(run(&app, "return process.getgroups()").await.unwrap(), serde_json::json!([uid]));
        assert!(status.contains("CapEff:\t0000000000000000"), "{status}");
    }
    assert_eq!(victim.get("/api/version").await.expect(200), "v1");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_app_starts_beside_itself_counts_and_ends_with_it() {
    let mut machine = Machine::without_host().await;
    machine.start_host(192);
    let (env, app) = machine.live("forking", "v1").await;
    // Another Node that leaves the group and holds memory of its own.
    let fork = "const { spawn } = require('child_process'); \
        const child = spawn(process.execPath, ['-e', `globalThis.x = Buffer.alloc(%MB << 20, 1); setInterval(() => {}, 1000) // ${process.cwd()}`], \
        { detached: true, stdio: 'ignore' }); child.unref(); return child.pid";
    let child = run(&app, &fork.replace("%MB", "8")).await.unwrap().as_i64().unwrap();
    let gone = async || (!std::path::Path::new(&format!("/proc/{child}/exe")).exists()).then_some(());
    assert!(gone().await.is_none());
    run(&app, "setTimeout(() => process.exit(1), 10)").await.unwrap();
    if nix::unistd::Uid::effective().is_root() {
        eventually("what it started is gone", 6, gone).await;
    }

    eventually("it is back", 10, async || (app.get("/api/version").await.status == 200).then_some(())).await;
    let pid = machine.processes(&env)[0];
    run(&app, &fork.replace("%MB", "160")).await.unwrap();
    eventually("together they use too much", 10, async || (!machine.processes(&env).contains(&pid)).then_some(())).await;
    machine.target.remove_environment(&env, &Log::new().0).await.unwrap();
}
