//! `make bench-api`: what the API answers, beside what Postgres does for `pgbench` with the same query on the same machine in the same run.
#![allow(missing_docs, clippy::unwrap_used, clippy::pedantic, dead_code)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]

#[path = "../../tests/it/harness/mod.rs"]
mod harness;
mod load;
#[path = "../measure.rs"]
mod measure;
#[path = "../synthetic.rs"]
mod synthetic;

use harness::parts::pid;
use harness::story::{ORGANIZATION, finished, push};
use harness::{Client, Parts, checkout};
use load::{Load, Measured, follow};
use measure::{median, pss};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt as _;

const TIME: Duration = Duration::from_secs(8);
const ROUNDS: usize = 3;
const CONNECTIONS: usize = 16;
const STREAMS: usize = 10_000;
/// Builds that they follow, each of an app of its own.
const FOLLOWED: usize = 100;
const APP: &str = "measured";

#[tokio::main]
async fn main() -> ExitCode {
    // `cargo test --benches` runs this too, with `--test`: there is nothing to check then.
    if std::env::args().any(|a| a == "--test") {
        return ExitCode::SUCCESS;
    }
    let settings = [
        ("SLIPFORM_REQUESTS_PER_MINUTE", "10000000"),
        ("SLIPFORM_STREAMS", "16000"),
        ("SLIPFORM_QUOTA_APPS", "1000"),
        ("SLIPFORM_QUOTA_WAITING_BUILDS", "1000"),
    ];
    let mut goals = Goals::default();
    let mut parts = Parts::start_with(&settings.map(|(name, value)| (name.to_owned(), value.to_owned()))).await;
    let api = parts.client();
    api.post(&format!("{ORGANIZATION}/apps"), &json!({ "slug": APP, "name": "Measured" })).await.expect(201);
    push(&api, APP, &synthetic::design(25, 0)).await;
    let build = api.post(&format!("{ORGANIZATION}/apps/{APP}/builds"), &json!({})).await.expect(202);
    let build = finished(&api, APP, &build).await;
    assert_eq!(build["state"], "succeeded", "{build:#}");
    // From now on nothing else works on this machine.
    for part in [&mut parts.worker, &mut parts.host] {
        part.kill().await.unwrap();
    }
    let (address, token) = parts.address();
    let path = format!("{ORGANIZATION}/apps/{APP}/builds/{}", build["number"]);
    let tag = api.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
    let poll = Load::get(address, &path, &token, "", 200);
    // Who wants to wait is answered anew.
    let anew = Load::get(address, &path, &token, "prefer: wait=0\r\n", 200);
    let again = Load::get(address, &path, &token, &format!("if-none-match: {tag}\r\n"), 304);
    let postgres = Postgres::new(&parts, &build, &token).await;

    // In turn, so that what else the machine does meets all of them.
    let (mut tps, mut looks, mut polled, mut unchanged, mut read) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        tps.push(postgres.pgbench(&postgres.whole));
        looks.push(postgres.pgbench(&postgres.look));
        polled.push(poll.closed(CONNECTIONS, TIME).await.rate);
        unchanged.push(again.closed(CONNECTIONS, TIME).await.rate);
        read.push(anew.closed(CONNECTIONS, TIME).await.rate);
    }
    let (tps, looks, polled, unchanged, read) = (median(tps), median(looks), median(polled), median(unchanged), median(read));
    println!("| {CONNECTIONS} at once | a second | of pgbench |\n|---|---|---|");
    println!("| pgbench, the query of a polled build in a transaction with its tenant, prepared | {tps:.0} | 1 |");
    println!("| pgbench, `poll_build` alone, prepared | {looks:.0} | {:.2} |", looks / tps);
    println!("| a polled build | {polled:.0} | **{:.2}** |", polled / tps);
    println!("| a polled build that has not changed (304) | {unchanged:.0} | **{:.2}** |", unchanged / tps);
    println!("| a build that is read anew | {read:.0} | {:.2} |", read / tps);
    let list = Load::get(address, &format!("{ORGANIZATION}/apps"), &token, "", 200).closed(CONNECTIONS, TIME).await.rate;
    println!("| a list of apps | {list:.0} | {:.2} |", list / tps);
    let pushes = push_designs(address, &token).closed(4, TIME).await.rate;
    println!("| pushing a design of 25 entities, 4 at once | {pushes:.0} | |\n");

    println!("| at half of that rate | a second | p50 ms | p99 ms | p99.9 ms |\n|---|---|---|---|---|");
    for (name, load, rate) in [("a polled build", &poll, polled / 2.0), ("not changed (304)", &again, unchanged / 2.0)] {
        let measured = load.open(CONNECTIONS, TIME * 2, rate).await;
        println!("| {name} | {:.0} | {} |", measured.rate, row(&measured));
        goals.below(&format!("p99 of {name} at half load, ms"), measured.percentile(0.99), 10.0);
    }
    goals.at_least("a polled build, of pgbench", polled / tps, 0.5);
    goals.at_least("a 304, of pgbench", unchanged / tps, 0.5);
    goals.below("memory of serve with the streams, MB", streams(&parts, &api, address, &token).await, 300.0);
    parts.serve.kill().await.unwrap();
    goals.end()
}

/// What must hold, and what did not.
#[derive(Default)]
struct Goals(Vec<String>);

impl Goals {
    fn at_least(&mut self, what: &str, is: f64, goal: f64) {
        self.note(is >= goal, format!("{what}: {is:.2}, goal {goal} or more"));
    }

    fn below(&mut self, what: &str, is: f64, goal: f64) {
        self.note(is < goal, format!("{what}: {is:.2}, goal below {goal}"));
    }

    fn note(&mut self, met: bool, line: String) {
        self.0.extend((!met).then_some(line));
    }

    /// Ends with an error if one was missed.
    fn end(self) -> ExitCode {
        if self.0.is_empty() {
            return ExitCode::SUCCESS;
        }
        eprintln!("\nGoals that were missed:\n{}", self.0.join("\n"));
        ExitCode::FAILURE
    }
}

fn row(measured: &Measured) -> String {
    [0.5, 0.99, 0.999].map(|p| format!("{:.1}", measured.percentile(p))).join(" | ")
}

fn push_designs(address: SocketAddr, token: &str) -> Load {
    let (token, path) = (token.to_owned(), format!("{ORGANIZATION}/apps/{APP}/designs"));
    let design = synthetic::design(25, 0);
    let request = move |n: usize| {
        let mut design = design.clone();
        design["app"]["name"] = json!(format!("Version {n}"));
        let body = design.to_string();
        let head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n");
        format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    };
    Load { address, request: Arc::new(request), status: 201 }
}

/// Many who follow builds that wait: what they cost in MB, and how soon all of them hear that these were cancelled.
async fn streams(parts: &Parts, api: &Client, address: SocketAddr, token: &str) -> f64 {
    let mut builds = Vec::new();
    for n in 0..FOLLOWED {
        let app = format!("{ORGANIZATION}/apps/followed-{n}");
        api.post(&format!("{ORGANIZATION}/apps"), &json!({ "slug": format!("followed-{n}"), "name": "Followed" })).await.expect(201);
        push(api, &format!("followed-{n}"), &synthetic::design(1, 0)).await;
        let number = api.post(&format!("{app}/builds"), &json!({})).await.expect(202)["number"].clone();
        builds.push(format!("{app}/builds/{number}"));
    }
    let paths: Vec<String> = builds.iter().map(|build| format!("{build}/events")).collect();
    let memory = || pss(pid(&parts.serve));
    let (before, start) = (memory(), Instant::now());
    let mut open = Vec::with_capacity(STREAMS);
    while open.len() < STREAMS {
        open.extend(futures::future::join_all(paths.iter().map(|path| follow(address, path, token))).await);
    }
    let opened = start.elapsed();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (held, idle) = (memory(), cpu(pid(&parts.serve)));
    tokio::time::sleep(Duration::from_secs(10)).await;
    let idle = (cpu(pid(&parts.serve)) - idle) / 10.0 * 100.0;
    let start = Instant::now();
    let hearing = open.into_iter().map(|mut stream| {
        tokio::spawn(async move {
            let mut heard = Vec::new();
            while !heard.windows(11).any(|w| w == b"\"cancelled\"") {
                assert!(stream.read_buf(&mut heard).await.unwrap() > 0, "{}", String::from_utf8_lossy(&heard));
            }
            start.elapsed().as_secs_f64() * 1000.0
        })
    });
    let hearing: Vec<_> = hearing.collect();
    for build in &builds {
        api.post(&format!("{build}/cancel"), &json!({})).await.expect(202);
    }
    let mut latencies = Vec::new();
    for one in hearing {
        latencies.push(one.await.unwrap());
    }
    latencies.sort_by(f64::total_cmp);
    let heard = Measured { rate: 0.0, latencies };
    println!(
        "\n{STREAMS} streams of {FOLLOWED} builds: opened in {:.1} s ({:.0} a second); `serve` holds {before} MB before and **{held} MB** with them (PSS),",
        opened.as_secs_f64(),
        STREAMS as f64 / opened.as_secs_f64()
    );
    println!(
        "and uses {idle:.1} % of a core while nothing happens; all hear of the end, one build after another, within {:.0} ms, half of them within {:.0} ms",
        heard.percentile(1.0),
        heard.percentile(0.5)
    );
    held as f64
}

/// The same questions, by `pgbench`.
struct Postgres {
    url: String,
    /// A polled build as it is shown: in a transaction that first names its tenant.
    whole: tempfile::NamedTempFile,
    /// Whose credentials these are, and which version of the build there is: what a poll asks that is answered from memory.
    look: tempfile::NamedTempFile,
}

impl Postgres {
    /// The query of a polled build as it is compiled in, with the values of this one.
    async fn new(parts: &Parts, build: &Value, token: &str) -> Self {
        let query = query_of_a_polled_build();
        let mut owner = parts.database.owner().await;
        let ids = "select organization_id::text, app_id::text from builds where id = $1::uuid";
        let (organization, app): (String, String) = sqlx::query_as(ids).bind(build["id"].as_str().unwrap()).fetch_one(&mut owner).await.unwrap();
        let query =
            query.replace("$1", &format!("'{organization}'::uuid")).replace("$2", &format!("'{app}'::uuid")).replace("$3", &build["number"].to_string());
        assert!(!query.contains('$'), "{query}");
        let query = query.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = format!("begin;\nselect set_config('slipform.organization', '{organization}', true);\n{query};\ncommit;\n");
        let hash = hex::encode(slipform::auth::hash(token));
        let look = format!("select * from poll_build('\\x{hash}', null, null, null, 'default', null, '{APP}', {});\n", build["number"]);
        let script = |text: &str| {
            let script = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(script.path(), text).unwrap();
            script
        };
        Self { url: parts.database.url.clone(), whole: script(&text), look: script(&look) }
    }

    /// Transactions a second.
    fn pgbench(&self, script: &tempfile::NamedTempFile) -> f64 {
        let (clients, seconds) = (CONNECTIONS.to_string(), TIME.as_secs().to_string());
        let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|folder| folder.path().join("bin/pgbench"));
        let program = installed.filter(|program| program.is_file()).max().unwrap_or_else(|| "pgbench".into());
        // Under row level security, as the API asks.
        let ran = Command::new(program)
            .env("PGOPTIONS", "-c role=slipform_application")
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--client", &clients, "--time", &seconds, "--file"])
            .arg(script.path())
            .arg(&self.url)
            .output()
            .expect("pgbench is installed with Postgres");
        let text = String::from_utf8_lossy(&ran.stdout).into_owned();
        let tps = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        tps.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&ran.stderr)))
    }
}

fn query_of_a_polled_build() -> String {
    let queries = std::fs::read_dir(checkout().join(".sqlx")).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let queries = queries.map(|text| serde_json::from_str::<Value>(&text).unwrap()["query"].as_str().unwrap().to_owned());
    let mut found = queries.filter(|query| query.contains("from builds b") && query.contains("b.number = $3"));
    let query = found.next().expect("the query");
    assert!(found.next().is_none(), "one query reads a polled build");
    query
}

/// Seconds of a core that a process has used.
fn cpu(pid: i32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<f64> = text.rsplit_once(") ").map_or("", |(_, rest)| rest).split(' ').map(|field| field.parse().unwrap_or(0.0)).collect();
    let ticks = nix::unistd::sysconf(nix::unistd::SysconfVar::CLK_TCK).ok().flatten().unwrap_or(100) as f64;
    fields.get(11).zip(fields.get(12)).map_or(0.0, |(user, system)| (user + system) / ticks)
}
