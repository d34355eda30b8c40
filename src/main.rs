//! The command line.

use clap::{Parser, Subcommand};
use slipform::boot::launch::Launch;
use slipform::boot::with_postgres::WithPostgres;
use slipform::boot::{Base, PrivatePostgres};
use slipform::cli;
use slipform::config::Config;
use slipform::host::confine::Confine;
use std::process::ExitCode;

/// Design in, running app out.
#[derive(Debug, Parser)]
#[command(name = "slipform", version, about)]
struct Cli {
    #[command(flatten)]
    options: cli::Options,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Client(cli::Command),
    /// Brings the database to this program's schema.
    Migrate,
    /// Becomes another program (used by `up` itself).
    #[command(hide = true)]
    Launch(Launch),
    /// Becomes an app's process, without the rights it has no need of (used by the host).
    #[command(hide = true)]
    Confine(Confine),
    /// Runs a command beside a private Postgres in a temporary folder (used by `make test`).
    #[command(hide = true)]
    WithPostgres(WithPostgres),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command, cli.options) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("slipform: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command, options: cli::Options) -> anyhow::Result<ExitCode> {
    match command {
        Command::Client(command) => Ok(runtime()?.block_on(cli::run(command, options))),
        Command::Launch(launch) => Err(launch.exec()),
        Command::Confine(confine) => Err(confine.exec()),
        Command::WithPostgres(with) => runtime()?.block_on(with.run()),
        Command::Migrate => runtime()?.block_on(async {
            let base = Base::prepare(Config::from_env()?, PrivatePostgres::Start).await?;
            println!("The database is at this program's schema.");
            base.stop().await;
            Ok(ExitCode::SUCCESS)
        }),
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
