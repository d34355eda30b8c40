//! For people on a terminal, or JSON for programs.

use super::Failure;
use serde_json::Value;
use std::io::{IsTerminal as _, Write as _};

/// A column of a table: its heading, and what stands in it for an item.
pub type Column<'a> = (&'a str, fn(&Value) -> String);

/// Where and how to print.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// One JSON value a line.
    pub json: bool,
    /// Colors and a line that is rewritten: standard error is a terminal.
    pub live: bool,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self { json, live: !json && std::io::stderr().is_terminal() }
    }

    /// A JSON value, when JSON is wanted.
    pub fn value(self, value: &Value) {
        if self.json {
            self.line(&value.to_string());
        }
    }

    /// Text, when a person reads.
    pub fn text(self, text: &str) {
        if !self.json {
            self.line(text);
        }
    }

    /// A closed pipe (`slipform logs | head`) is no failure.
    #[allow(clippy::unused_self, clippy::disallowed_methods)]
    pub fn line(self, line: &str) {
        if writeln!(std::io::stdout().lock(), "{line}").is_err() {
            std::process::exit(0);
        }
    }

    /// A note beside the result, on standard error.
    pub fn note(self, text: &str) {
        if !self.json {
            eprintln!("{text}");
        }
    }

    /// A table with its columns aligned, or the list as JSON.
    pub fn table(self, list: &[Value], columns: &[Column<'_>], empty: &str) {
        if self.json {
            self.line(&Value::Array(list.to_vec()).to_string());
            return;
        }
        if list.is_empty() {
            self.line(empty);
            return;
        }
        let mut rows: Vec<Vec<String>> = vec![columns.iter().map(|(title, _)| (*title).to_owned()).collect()];
        rows.extend(list.iter().map(|item| columns.iter().map(|(_, cell)| printable(&cell(item))).collect()));
        let widths: Vec<usize> = (0..columns.len()).map(|c| rows.iter().map(|row| row[c].chars().count()).max().unwrap_or(0)).collect();
        for row in rows {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            self.line(cells.join("  ").trim_end());
        }
    }

    /// Why the command failed, on standard error (as JSON: on standard output, where a program reads).
    pub fn failure(self, failure: &Failure) {
        if self.json {
            let problem = match failure {
                Failure::Refused(problem) => problem.clone(),
                other => serde_json::json!({ "title": other.to_string() }),
            };
            self.line(&serde_json::json!({ "error": problem }).to_string());
        } else {
            eprintln!("slipform: {failure}");
        }
    }
}

/// What a server sends is shown, never obeyed: no control characters reach the terminal.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// A string of a JSON object; empty when it is not there.
pub fn text(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// A problem document in words.
pub fn problem(problem: &Value) -> String {
    let mut words = match (text(problem, "/title"), text(problem, "/detail")) {
        (title, detail) if detail.is_empty() || detail == title => title,
        (title, detail) => format!("{title}: {detail}"),
    };
    for error in problem.pointer("/errors").and_then(Value::as_array).into_iter().flatten() {
        words.extend(["\n  ", &text(error, "/pointer"), "  ", &text(error, "/detail")]);
    }
    printable(&words)
}
