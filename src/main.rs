//! The command line.

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use slipform::boot::keys::Keys;
use slipform::boot::launch::Launch;
use slipform::boot::up::{self, Part};
use slipform::boot::with_postgres::WithPostgres;
use slipform::boot::{Base, PrivatePostgres};
use slipform::cli;
use slipform::config::Config;
use slipform::host::confine::Confine;
use slipform::telemetry::traces::Export;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

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
    /// Runs every part in one process, with a private Postgres unless DATABASE_URL names one.
    ///
    /// With `--json` it prints one line when it is ready.
    Up,
    /// Answers the API.
    Serve,
    /// Drains the build queue.
    Worker,
    /// Keeps the processes of live apps, and the router in front of them.
    Host,
    /// Prepares an AWS account for apps, and looks after it.
    #[cfg(feature = "aws")]
    Aws(slipform::boot::aws::Operate),
    /// Shows and sets what an organization may have.
    Quota(slipform::boot::quotas::Operate),
    /// Brings the database to this program's schema.
    Migrate,
    /// Looks after the keys that sign access tokens.
    #[command(subcommand)]
    Keys(Keys),
    /// Prints the OpenAPI document.
    Openapi,
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
        Command::Up => logged(|config| up::run(config, options.json)),
        Command::Serve => logged(|config| up::part(config, Part::Serve)),
        Command::Worker => logged(|config| up::part(config, Part::Worker)),
        Command::Host => logged(|config| up::part(config, Part::Host)),
        #[cfg(feature = "aws")]
        Command::Aws(operate) => runtime()?.block_on(operate.run(Config::from_env()?, options.json)),
        Command::Quota(operate) => {
            runtime()?.block_on(operate.run(Config::from_env()?, options.json))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Keys(keys) => runtime()?.block_on(async {
            keys.run(Config::from_env()?, options.json).await?;
            Ok(ExitCode::SUCCESS)
        }),
        Command::Openapi => {
            println!("{}", serde_json::to_string_pretty(&slipform::http::openapi())?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate => runtime()?.block_on(async {
            let base = Base::prepare(Config::from_env()?, PrivatePostgres::Start).await?;
            println!("The database is at this program's schema.");
            base.stop().await;
            Ok(ExitCode::SUCCESS)
        }),
    }
}

/// Runs a part of the server, with its log on standard error.
fn logged<F: Future<Output = anyhow::Result<()>>>(part: impl FnOnce(Config) -> F) -> anyhow::Result<ExitCode> {
    let config = Config::from_env()?;
    let filter = EnvFilter::try_new(&config.log).map_err(|error| anyhow::anyhow!("SLIPFORM_LOG: {error}"))?;
    let terminal = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(terminal).init();
    // Two TLS providers are compiled in by other crates; the process must name one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let export = config.telemetry.spans.then(Export::begin).transpose().context("spans cannot be sent; look at the settings that begin with OTEL_")?;
    let ended = runtime()?.block_on(part(config));
    // Also when a part failed: its last spans tell of it.
    if let Some(export) = export {
        export.end();
    }
    ended.map(|()| ExitCode::SUCCESS)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if cfg!(feature = "aws") {
        // Without optimization, the calls of the AWS SDK need more than the usual 2 MB.
        builder.thread_stack_size(8 << 20);
    }
    builder.enable_all().build()
}
