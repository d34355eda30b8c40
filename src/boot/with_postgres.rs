//! `slipform with-postgres -- <command>`: a private Postgres for as long as a command runs.

use super::postgres::Cluster;
use anyhow::Context as _;
use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::process::Command;

/// A test that ends drops its database on the thread that may be signing in to another connection, and `drop database` waits for whoever is signing
/// in: a minute, usually.
const TESTED: &[&str] = &["authentication_timeout=10s"];

/// A command to run beside a private Postgres.
#[derive(Debug, Args)]
pub struct WithPostgres {
    /// The folder of the cluster; a temporary one that is removed afterwards without it.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// The variable that the command finds the address in.
    #[arg(long, default_value = "SLIPFORM_TEST_POSTGRES_URL")]
    variable: String,
    /// The command and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

impl WithPostgres {
    /// Starts Postgres, runs the command, stops Postgres; answers with the command's code.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let temporary = std::env::temp_dir().join(format!("slipform-postgres-{}", std::process::id()));
        let folder = self.folder.clone().unwrap_or_else(|| temporary.clone());
        let launcher = std::env::current_exe().context("cannot find my own program")?;
        let cluster = Cluster::start(&folder, None, &launcher, TESTED).await?;
        let (program, arguments) = self.command.split_first().context("no command")?;
        let child = Command::new(program).args(arguments).env(&self.variable, cluster.url().expose()).kill_on_drop(true).spawn();
        let status = match child {
            Ok(mut child) => tokio::select! {
                status = child.wait() => status.context("the command was lost"),
                // The terminal sends Ctrl-C to the command too: wait for how it ends.
                _ = tokio::signal::ctrl_c() => child.wait().await.context("the command was lost"),
            },
            Err(error) => Err(error).with_context(|| format!("cannot run {}", program.display())),
        };
        cluster.stop().await;
        if self.folder.is_none() {
            std::fs::remove_dir_all(&temporary)?;
        }
        Ok(ExitCode::from(u8::try_from(status?.code().unwrap_or(130)).unwrap_or(1)))
    }
}
