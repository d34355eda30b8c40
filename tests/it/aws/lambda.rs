//! The program of the functions under another emulator of the Lambda Runtime API, cargo-lambda's: stages run there as they do in
//! process, and whatever is asked, an answer comes back.

use super::emulator::{ACCOUNT, REGION, free_port, listens};
use crate::harness::story::notes;
use crate::harness::{checkout, temporary_folder};
use reqwest::StatusCode;
use serde_json::{Value, json};
use slipform::domain::{BuildId, ReleaseId};
use std::path::Path;
use std::process::Stdio;
use tokio::process::{Child, Command};

/// What cargo-lambda calls the function: it knows those that are programs of the project.
const PROGRAM: &str = "slipform-stage";

/// One function of an app: its Runtime API, and its program.
struct Function {
    endpoint: String,
    http: reqwest::Client,
    _runtime: Child,
    _program: Child,
}

impl Function {
    async fn start(stage: &'static str, files: &Path) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let cargo_lambda = checkout().join(".tools/cargo-lambda/bin/cargo-lambda");
        assert!(cargo_lambda.exists(), "{} is missing: run `scripts/setup --tests`", cargo_lambda.display());
        let port = free_port();
        let mut runtime = Command::new(cargo_lambda);
        runtime.args(["lambda", "watch", "--only-lambda-apis", "--invoke-address", "127.0.0.1", "--invoke-port", &port.to_string()]);
        let runtime = runtime.current_dir(checkout()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap();
        listens(port).await;
        let program = Command::new(env!("CARGO_BIN_EXE_slipform-stage"))
            .env_clear()
            .envs([
                ("PATH", std::env::var_os("PATH").unwrap_or_default()),
                ("AWS_LAMBDA_RUNTIME_API", format!("http://127.0.0.1:{port}/.rt/{PROGRAM}").into()),
                ("AWS_LAMBDA_FUNCTION_NAME", stage.into()),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024".into()),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1".into()),
                ("AWS_LAMBDA_LOG_STREAM_NAME", "stream".into()),
                ("AWS_LAMBDA_LOG_GROUP_NAME", "group".into()),
                ("AWS_REGION", REGION.into()),
                ("AWS_ACCESS_KEY_ID", ACCOUNT.into()),
                ("AWS_SECRET_ACCESS_KEY", "test".into()),
                ("SLIPFORM_STAGE", stage.into()),
                ("SLIPFORM_ARTIFACTS", "no-bucket".into()),
                ("SLIPFORM_FILES", files.into()),
                ("SLIPFORM_TOOLKIT", checkout().join("toolkit").into()),
            ])
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { endpoint: format!("http://127.0.0.1:{port}"), http, _runtime: runtime, _program: program }
    }

    async fn invoke(&self, call: &Value) -> Value {
        let answer = self.http.post(format!("{}/2015-03-31/functions/{PROGRAM}/invocations", self.endpoint)).json(call).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, StatusCode::OK, "{text}");
        serde_json::from_str(&text).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stages_run_under_another_runtime_and_answer_whatever_they_are_asked() {
    let files = temporary_folder();
    let run = json!({ "build": BuildId::new(), "release": ReleaseId::new() });
    let input = json!({ "document": notes().to_string(), "before": slipform_codegen::schema::SchemaState::default(), "migrations": [], "oldestRelease": null, "production": true });
    let call = |stage: &str, input: Value| json!({ "task": { "stage": stage }, "folder": "production", "run": run, "input": { "inline": input } });

    let frontend = Function::start("frontend", files.path()).await;
    let reply = frontend.invoke(&call("frontend", input.clone())).await;
    assert!(reply["outcome"]["output"]["inline"]["files"].as_u64() > Some(20), "{reply:#}");
    assert!(reply["lines"][0]["line"].as_str().is_some_and(|line| line.starts_with("Wrote the interface")), "{reply:#}");
    let again = frontend.invoke(&call("frontend", input.clone())).await;
    assert_eq!(again["outcome"]["output"]["inline"]["files"], reply["outcome"]["output"]["inline"]["files"], "the same function answers once more");

    let backend = Function::start("backend", files.path()).await;
    let reply = backend.invoke(&call("backend", input.clone())).await;
    assert_eq!(reply["outcome"]["output"]["inline"]["planned"]["after"], 1, "{reply:#}");
    let bundle = Function::start("bundle", files.path()).await;
    let reply = bundle.invoke(&call("bundle", json!({ "customChanged": false }))).await;
    assert!(reply["outcome"]["output"]["inline"]["serverBytes"].as_u64() > Some(100_000), "{reply:#}");

    // A design that is wrong, a call that makes no sense, a folder that leads out of the file system: each is an answer.
    let mut wrong = input.clone();
    wrong["document"] = json!("{}");
    let failed = |reply: &Value| reply["outcome"]["failed"]["code"].as_str().unwrap_or_default().to_owned();
    assert_eq!(failed(&frontend.invoke(&call("frontend", wrong)).await), "invalid-design");
    assert_eq!(failed(&frontend.invoke(&json!({ "nonsense": true })).await), "protocol");
    let mut out = call("frontend", input);
    out["folder"] = json!("../other");
    assert_eq!(failed(&frontend.invoke(&out).await), "protocol");
}
