//! The client's commands. They speak to the API over HTTP like any other program and share no code with the server.
//!
//! On a terminal the output is for people; with `--json` every command prints JSON, one value a line, on standard output.
//! Exit codes: see [`EXIT_CODES`]; 2, wrong usage, is clap's.

mod apps;
mod architecture;
mod builds;
mod client;
mod designs;
mod domains;
mod login;
mod output;
mod releases;

use clap::{Args, Subcommand};
use client::Client;
use output::Output;
use std::path::PathBuf;
use std::process::ExitCode;

/// What a script can tell from how a command ends.
const EXIT_CODES: &str = "Exit codes: 0 done, 1 the command failed, 2 wrong usage, 3 the build failed, 4 it was cancelled or superseded, 5 not signed in.";

/// Where the server is, and how to print.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Address of the API, such as `http://127.0.0.1:8400`; the one of `slipform login` without it.
    #[arg(long, env = "SLIPFORM_SERVER", global = true)]
    server: Option<String>,
    /// API token; the session of `slipform login` without it.
    #[arg(long, env = "SLIPFORM_TOKEN", global = true, hide_env_values = true)]
    token: Option<String>,
    /// Organization (id or slug); the only one you belong to without it.
    #[arg(long, env = "SLIPFORM_ORGANIZATION", global = true)]
    organization: Option<String>,
    /// Print JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// File that keeps the session of `slipform login`.
    #[arg(long, env = "SLIPFORM_SESSION", global = true, hide = true)]
    session: Option<PathBuf>,
    /// Where a session is kept by default.
    #[arg(long, env = "HOME", global = true, hide = true)]
    home: Option<PathBuf>,
}

/// The client's commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Signs in and keeps the session in a file that only you can read.
    Login(login::Login),
    /// Lists, creates and deletes apps.
    Apps(apps::Apps),
    /// Checks, pushes and compares designs.
    #[command(subcommand)]
    Design(designs::Design),
    /// Builds an app and follows the build to its end.
    Build(builds::Build),
    /// Prints the log of a build, or of the running app.
    Logs(builds::Logs),
    /// Lists releases.
    Releases(releases::Releases),
    /// Goes back to an earlier release.
    Rollback(releases::Rollback),
    /// Brings the live release back with everything that it needs.
    Repair(releases::Repair),
    /// Shows what an app consists of and what it costs, or writes that as a diagram.
    Architecture(architecture::Architecture),
    /// Opens the app in a browser.
    Open(releases::Open),
    /// Downloads the code base of a release.
    Code(releases::Code),
    /// Lists, adds, renews and removes custom domains.
    Domains(domains::Domains),
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server does not answer.
    #[error("{server} does not answer ({cause}). Is Slipform running? Name it with --server or SLIPFORM_SERVER")]
    Unreachable {
        /// Its address.
        server: String,
        /// What the connection said.
        cause: String,
    },
    /// Nobody is signed in, or no longer.
    #[error("{0}")]
    SignedOut(String),
    /// The server refused; its problem document.
    #[error("{}", output::problem(.0))]
    Refused(serde_json::Value),
    /// A file, an argument, an answer that makes no sense.
    #[error("{0}")]
    Other(String),
}

/// How a command ended when nothing went wrong on the way.
pub type Outcome = Result<ExitCode, Failure>;

/// Runs a command and prints what it has to say.
pub async fn run(command: Command, options: Options) -> ExitCode {
    let output = Output::new(options.json);
    let result = match command {
        Command::Login(login) => login.run(&options, &output).await,
        command => match Client::connect(&options).await {
            Ok(client) => signed_in(command, &client, &output).await,
            Err(failure) => Err(failure),
        },
    };
    result.unwrap_or_else(|failure| {
        output.failure(&failure);
        match failure {
            Failure::SignedOut(_) => ExitCode::from(5),
            _ => ExitCode::FAILURE,
        }
    })
}

async fn signed_in(command: Command, client: &Client, output: &Output) -> Outcome {
    match command {
        Command::Login(_) => unreachable!("handled before a client was made"),
        Command::Apps(apps) => apps.run(client, output).await,
        Command::Design(design) => design.run(client, output).await,
        Command::Build(build) => build.run(client, output).await,
        Command::Logs(logs) => logs.run(client, output).await,
        Command::Releases(releases) => releases.run(client, output).await,
        Command::Rollback(rollback) => rollback.run(client, output).await,
        Command::Repair(repair) => repair.run(client, output).await,
        Command::Architecture(architecture) => architecture.run(client, output).await,
        Command::Open(open) => open.run(client, output).await,
        Command::Code(code) => code.run(client, output).await,
        Command::Domains(domains) => domains.run(client, output).await,
    }
}
