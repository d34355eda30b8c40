//! Generated apps as their owners get them: through the real stages, then checked, tested and started by themselves.

mod golden;
mod hostile;
mod readme;
mod stop;

use crate::harness::{Client, TestDatabase, checkout, eventually, temporary_folder};
use serde_json::Value;
use slipform::domain::{BuildId, ReleaseId};
use slipform::stages::generation::Input;
use slipform::stages::{self, Context, Log, Run, StageError, backend, bundle, frontend};
use slipform_codegen::schema::SchemaState;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

/// One generated code base.
struct Workshop {
    folder: tempfile::TempDir,
    context: Context,
}

impl Workshop {
    /// Runs the stages `frontend` and `backend`, as for a new production environment.
    async fn generate(design: &Value) -> Result<Self, StageError> {
        Self::generate_after(&[], design).await
    }

    /// The same for an environment that these designs, in order, were deployed to before.
    async fn generate_after(history: &[Value], design: &Value) -> Result<Self, StageError> {
        let folder = temporary_folder();
        let workshop =
            stages::Workshop { workspace: folder.path().to_owned(), toolkit: checkout().join("toolkit"), database_url: slipform::config::Secret::new("") };
        let (log, mut lines) = Log::new();
        tokio::spawn(async move { while lines.recv().await.is_some() {} });
        let context = Context::new(&workshop, Run { build: BuildId::new(), release: ReleaseId::new() }, log, CancellationToken::new());
        let mut input = Input { document: String::new(), before: SchemaState::default(), migrations: Vec::new(), oldest_release: None, production: true };
        for earlier in history {
            input.document = earlier.to_string();
            let prepared = input.prepare()?;
            input = Input { before: prepared.plan.after, migrations: prepared.migrations, ..input };
            input.oldest_release = Some(input.before.position);
        }
        input.document = design.to_string();
        let (web, server) = tokio::join!(frontend::run(&context, &input), backend::run(&context, &input));
        web?;
        server?;
        Ok(Self { folder, context })
    }

    fn code(&self) -> &Path {
        &self.context.paths.code
    }

    /// Runs the stage `bundle` with its type check.
    async fn bundle(&self) -> Result<(), StageError> {
        let input = bundle::Input { custom_changed: true };
        bundle::run(&self.context, &input).await.map(|_| ())
    }

    /// Runs a program in the code base as its owner would, with the toolkit for `npm install`, and returns what
    /// it printed. Fails with all of that.
    async fn run(&self, program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let modules = self.code().join("node_modules");
        if std::fs::symlink_metadata(&modules).is_err() {
            std::os::unix::fs::symlink(packages(), &modules).unwrap();
        }
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.code()).env_remove("NODE_OPTIONS").envs(variables.iter().copied()).stdin(Stdio::null()).kill_on_drop(true);
        let output = command.output().await.unwrap_or_else(|e| panic!("{program}: {e}"));
        assert!(
            output.status.success(),
            "{program} {}: {}\n{}{}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Applies the migrations of the code base to an empty database.
    async fn migrate(&self, database: &TestDatabase) {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.code().join("server/migrations")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let mut connection = database.owner().await;
        for file in files {
            let sql = std::fs::read_to_string(&file).unwrap();
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        }
    }

    /// Starts the bundled server.
    async fn start(&self, database: &TestDatabase) -> Running {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let origin = format!("http://127.0.0.1:{port}");
        let child = Command::new("node")
            .arg("--enable-source-maps")
            .arg(self.context.paths.artifacts.join("server.mjs"))
            .current_dir(self.folder.path())
            .env_clear()
            .envs([("PATH", std::env::var("PATH").unwrap()), ("HOST", "127.0.0.1".into()), ("PORT", port.to_string()), ("APP_URL", origin.clone())])
            .envs([("DATABASE_URL", database.url.clone()), ("WEB_ROOT", self.context.paths.artifacts.join("web").display().to_string())])
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let client = Client::anonymous(&origin);
        eventually("the server of the app answers", 20, || async { tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok() }).await;
        Running { client, port, child }
    }
}

struct Running {
    client: Client,
    port: u16,
    child: Child,
}

/// The toolkit's packages.
fn packages() -> PathBuf {
    checkout().join("toolkit/node_modules")
}
