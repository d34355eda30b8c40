//! `slipform aws doctor`.

use super::connection;
use crate::config::Aws;
use slipform_aws::doctor::{self, Finding, State};
use std::fmt::Write as _;
use std::process::ExitCode;

/// Looks at the account, and tells what is found; fails if apps cannot be made or reached.
pub async fn run(aws: &Aws, json: bool) -> anyhow::Result<ExitCode> {
    let findings = doctor::examine(&connection(aws), &aws.stack, &aws.domain).await;
    if json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        print!("{}", text(&findings));
    }
    Ok(if findings.iter().any(|finding| finding.state == State::Problem) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A line a finding, and below it what to do.
fn text(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for finding in findings {
        // Writing into a string does not fail.
        let _ = writeln!(text, "{:<8} {:<width$}  {}", word(finding.state), finding.name, finding.seen);
        if let Some(advice) = &finding.advice {
            let _ = writeln!(text, "{:<8} {:<width$}  {advice}", "", "");
        }
    }
    let count = |state: State| findings.iter().filter(|finding| finding.state == state).count();
    let [problems, warnings, unknown] = [State::Problem, State::Warning, State::Unknown].map(count);
    let _ = writeln!(text, "\nProblems: {problems}. Warnings: {warnings}. Unknown: {unknown}.");
    text
}

fn word(state: State) -> &'static str {
    match state {
        State::Ok => "ok",
        State::Warning => "warning",
        State::Unknown => "unknown",
        State::Problem => "PROBLEM",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_what_was_seen_and_what_to_do() {
        let finding = |name, state, seen: &str, advice: Option<&str>| Finding { name, state, seen: seen.into(), advice: advice.map(str::to_owned) };
        let findings =
            [finding("stack", State::Ok, "slipform is CREATE_COMPLETE", None), finding("certificate", State::Problem, "it is not there", Some("Request one."))];
        assert_eq!(
            text(&findings),
            "ok       stack        slipform is CREATE_COMPLETE\n\
             PROBLEM  certificate  it is not there\n                      Request one.\n\n\
             Problems: 1. Warnings: 0. Unknown: 0.\n"
        );
    }
}
