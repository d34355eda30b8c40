//! `slipform up`: every part in one process, and on an empty installation a first organization, owner and app.

use super::first_start::{self, Credentials};
use super::parts::{addresses, app, bind_api, bind_edge, host, on_signal, serve, work};
use super::{Base, PrivatePostgres, operator};
use crate::config::Config;
use anyhow::Context as _;
use serde_json::{Value, json};
use std::io::IsTerminal as _;
use std::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Runs until SIGINT or SIGTERM. With `as_json`, prints one line when everything is ready.
pub async fn run(config: Config, as_json: bool) -> anyhow::Result<()> {
    let signal = on_signal()?;
    // Before anything else starts: a port in use is the most likely failure.
    let (api, edge, port) = (bind_api(&config)?, bind_edge(&config)?, operator::bind(&config)?);
    let metrics = port.as_ref().map(metrics_address).transpose()?;
    let example = first_start::read_example(config.example.as_ref())?;
    let base = Base::prepare(config, PrivatePostgres::Start).await?;
    let edge_address = edge.local_addr()?;
    let addresses = addresses(&base.config, edge_address.port());
    let origin = format!("http://{}", api.local_addr()?);

    // Workers and the API end first; live apps serve until the workers have drained.
    let (front, back) = (CancellationToken::new(), CancellationToken::new());
    let shown = port.map(|port| operator::answer(&base, None, port, front.clone()));
    let app = app(&base, &addresses, front.clone())?;
    let result = {
        let parts = async {
            let ahead = async {
                let result = tokio::try_join!(serve(app.clone(), api, front.clone()), work(&base, addresses.clone(), front.clone()));
                back.cancel();
                result.map(|_| ())
            };
            let behind = async {
                let result = host(&base, edge, addresses.clone(), back.clone()).await;
                front.cancel();
                result
            };
            tokio::try_join!(ahead, behind).map(|_| ())
        };
        let greeting = async {
            let started = tokio::select! {
                started = first_start::run(&base, &app, edge_address, &origin, example, as_json) => started,
                () = signal.cancelled() => Ok(None),
            };
            match started {
                Ok(Some((credentials, apps))) => {
                    let ready = Ready { origin, metrics, credentials, apps };
                    println!("{}", if as_json { ready.json().to_string() } else { ready.words(std::io::stdout().is_terminal()) });
                    signal.cancelled().await;
                    if !as_json {
                        eprintln!("Stopping: builds are given back, apps finish their requests.");
                    }
                    Ok(())
                }
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            }
        };
        let greeting = async {
            let result = greeting.await;
            front.cancel();
            result
        };
        let (parts, greeting) = tokio::join!(parts, greeting);
        parts.and(greeting)
    };
    drop(shown);
    base.stop().await;
    result
}

/// Where metrics are fetched.
fn metrics_address(port: &TcpListener) -> anyhow::Result<String> {
    Ok(format!("http://{}/metrics", port.local_addr()?))
}

struct Ready {
    origin: String,
    metrics: Option<String>,
    credentials: Option<Credentials>,
    apps: Vec<Value>,
}

impl Ready {
    fn json(&self) -> Value {
        let credentials = self.credentials.as_ref();
        json!({
            "api": self.origin,
            "docs": format!("{}/docs", self.origin),
            "metrics": self.metrics,
            "token": credentials.map(|c| &c.token),
            "credentials": credentials.map(|c| json!({ "email": c.email, "password": c.password })),
            "apps": self.apps.iter().map(|app| json!({ "slug": app["slug"], "url": app["url"] })).collect::<Vec<_>>(),
        })
    }

    /// For people. Secrets are shown on a terminal alone, and not into a journal or a file.
    fn words(&self, terminal: bool) -> String {
        let mut lines = vec!["\nSlipform is up.\n".to_owned()];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for app in &self.apps {
            lines.push(format!("  App            {}", text(&app["url"])));
            if let (Some(email), Some(password), true) = (app["admin"]["email"].as_str(), app["admin"]["password"].as_str(), terminal) {
                lines.push(format!("                 administrator {email} / {password}"));
            }
        }
        lines.push(format!("  API            {}", self.origin));
        lines.push(format!("  Documentation  {}/docs", self.origin));
        if let Some(metrics) = &self.metrics {
            lines.push(format!("  Metrics        {metrics}"));
        }
        if let Some(credentials) = self.credentials.as_ref().filter(|_| terminal) {
            lines.push(format!("  Sign in        {} / {}", credentials.email, credentials.password));
            lines.push(format!("  API token      {}", credentials.token));
        }
        if !terminal {
            lines.push("  Credentials    in the file `credentials` of SLIPFORM_HOME; they are shown on a terminal only".to_owned());
        }
        lines.push("\nCtrl-C ends everything; the next start finds it as it was.".to_owned());
        lines.join("\n")
    }
}

/// Runs one part alone, until SIGINT or SIGTERM.
pub async fn part(config: Config, part: Part) -> anyhow::Result<()> {
    let signal = on_signal()?;
    anyhow::ensure!(config.edge.port != 0, "SLIPFORM_EDGE_PORT is 0: the parts of an installation must agree on a port");
    let (api, edge) = match part {
        Part::Serve => (Some(bind_api(&config)?), None),
        Part::Worker => (None, None),
        Part::Host => (None, Some(bind_edge(&config)?)),
    };
    let metrics = operator::bind(&config)?;
    let addresses = addresses(&config, config.edge.port);
    let base = Base::prepare(config, PrivatePostgres::Refuse).await?;
    if let Some(metrics) = &metrics {
        println!("Metrics are at {}", metrics_address(metrics)?);
    }
    let shown = metrics.map(|metrics| operator::answer(&base, Some(part), metrics, signal.clone()));
    let result = match part {
        Part::Serve => {
            let api = api.context("bound above")?;
            println!("The API answers at http://{}", api.local_addr()?);
            serve(app(&base, &addresses, signal.clone())?, api, signal).await
        }
        Part::Worker => work(&base, addresses, signal).await,
        Part::Host => host(&base, edge.context("bound above")?, addresses, signal).await,
    };
    drop(shown);
    base.stop().await;
    result
}

/// A part of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Part {
    Serve,
    Worker,
    Host,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready() -> Ready {
        Ready {
            origin: "http://127.0.0.1:8400".into(),
            metrics: Some("http://127.0.0.1:9464/metrics".into()),
            credentials: Some(Credentials {
                email: "owner@example.com".into(),
                password: "owner-password".into(),
                token: "slip_token".into(),
                organization: "default".into(),
                pending: None,
            }),
            apps: vec![json!({
                "slug": "car-rental",
                "url": "http://car-rental.localhost:8480",
                "admin": { "email": "admin@example.com", "password": "admin-password" },
            })],
        }
    }

    const SECRETS: [&str; 3] = ["owner-password", "slip_token", "admin-password"];

    #[test]
    fn a_terminal_shows_where_everything_is_and_how_to_come_in_each_once() {
        let words = ready().words(true);
        let places = [
            "App            http://car-rental.localhost:8480\n",
            "API            http://127.0.0.1:8400\n",
            "Documentation  http://127.0.0.1:8400/docs\n",
            "Metrics        http://127.0.0.1:9464/metrics\n",
        ];
        let people = ["owner@example.com / owner-password\n", "administrator admin@example.com / admin-password\n", "API token      slip_token\n", "Ctrl-C"];
        for once in places.into_iter().chain(people).chain(SECRETS) {
            assert_eq!(words.matches(once).count(), 1, "{once}:\n{words}");
        }
        assert!(!words.contains("SLIPFORM_HOME"), "{words}");
    }

    #[test]
    fn a_journal_is_told_where_everything_is_and_no_secret() {
        let words = ready().words(false);
        for once in ["http://car-rental.localhost:8480\n", "http://127.0.0.1:8400\n", "http://127.0.0.1:8400/docs\n", "file `credentials` of SLIPFORM_HOME"] {
            assert_eq!(words.matches(once).count(), 1, "{once}:\n{words}");
        }
        assert!(!SECRETS.iter().any(|secret| words.contains(secret)), "{words}");
    }

    #[test]
    fn an_installation_whose_owner_was_made_elsewhere_has_no_credentials_to_show() {
        let words = Ready { credentials: None, apps: Vec::new(), ..ready() }.words(true);
        assert!(words.contains("http://127.0.0.1:8400/docs") && !words.contains("Sign in") && !words.contains("API token"), "{words}");
    }
}
