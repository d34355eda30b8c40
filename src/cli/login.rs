//! `slipform login`.

use super::client::{Session, http, send};
use super::output::{Output, text};
use super::{Failure, Options, Outcome};
use clap::Args;
use serde_json::json;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::process::ExitCode;

/// Signs in and keeps the session.
#[derive(Debug, Args)]
pub struct Login {
    /// Your e-mail address; asked for without it. With --token (or `SLIPFORM_TOKEN`) nothing is asked.
    #[arg(long)]
    email: Option<String>,
    /// Read the password from standard input instead of asking on the terminal.
    #[arg(long)]
    password_stdin: bool,
}

impl Login {
    pub async fn run(self, options: &Options, output: &Output) -> Outcome {
        let server = options.server.clone().unwrap_or_else(|| "http://127.0.0.1:8400".into()).trim_end_matches('/').to_owned();
        let http = http()?;
        let (session, name) = if let Some(token) = &options.token {
            let me = send(&server, http.get(format!("{server}/v1/me")).bearer_auth(token)).await?;
            let me: serde_json::Value = me.json().await.map_err(|e| Failure::Other(e.to_string()))?;
            (Session { server, token: token.clone(), refresh_token: None }, text(&me, "/token/name"))
        } else {
            let email = match self.email {
                Some(email) => email,
                None => ask("E-mail: ")?,
            };
            let password = if self.password_stdin { read_line()? } else { ask_hidden("Password: ")? };
            let request = http.post(format!("{server}/v1/auth/sign-in")).json(&json!({ "email": email, "password": password }));
            let answer: serde_json::Value = send(&server, request).await?.json().await.map_err(|e| Failure::Other(e.to_string()))?;
            let refresh_token = answer["refreshToken"].as_str().map(str::to_owned);
            (Session { server, token: text(&answer, "/accessToken"), refresh_token }, text(&answer, "/user/name"))
        };
        session.save(&Session::file(options)?)?;
        output.value(&json!({ "server": session.server, "name": name }));
        output.text(&format!("Signed in to {} as {name}.", session.server));
        Ok(ExitCode::SUCCESS)
    }
}

fn ask(question: &str) -> Result<String, Failure> {
    eprint!("{question}");
    let _ = std::io::stderr().flush();
    read_line()
}

fn read_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|e| Failure::Other(format!("standard input: {e}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Asks without showing what is typed. The terminal shows it again however this ends.
fn ask_hidden(question: &str) -> Result<String, Failure> {
    use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::Other("standard input is no terminal; use --password-stdin, or a token in SLIPFORM_TOKEN".into()));
    }
    let shown = tcgetattr(&stdin).map_err(|e| Failure::Other(e.to_string()))?;
    let mut hidden = shown.clone();
    hidden.local_flags.remove(LocalFlags::ECHO);
    tcsetattr(&stdin, SetArg::TCSAFLUSH, &hidden).map_err(|e| Failure::Other(e.to_string()))?;
    let answer = ask(question);
    let _ = tcsetattr(&stdin, SetArg::TCSAFLUSH, &shown);
    eprintln!();
    answer
}
