//! `docs/api.md` as its reader: the commands are typed from top to bottom, and what the page shows as an answer is one.

use crate::harness::{Client, Installation, checkout, example};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

const PAGE: &str = "docs/api.md";

/// What stands between two fences.
struct Block<'a> {
    /// Of its first line, counted from 0.
    line: usize,
    language: &'a str,
    mark: Option<Mark<'a>>,
    lines: Vec<&'a str>,
}

/// A comment directly above a block. Readers do not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark<'a> {
    /// Commands that the test cannot run, for this reason.
    NotRun(&'a str),
    /// It shows an answer: one of this schema, of this webhook, or events.
    Answer(&'a str),
}

impl<'a> Mark<'a> {
    fn above(line: &'a str) -> Option<Self> {
        let (kind, words) = line.strip_prefix("<!--")?.strip_suffix("-->")?.split_once(':')?;
        match (kind.trim(), words.trim()) {
            (_, "") => None,
            ("not run", reason) => Some(Self::NotRun(reason)),
            ("answer", what) => Some(Self::Answer(what)),
            _ => None,
        }
    }
}

impl Block<'_> {
    fn runs(&self) -> bool {
        self.language == "sh" && self.mark.is_none()
    }

    /// Whether it is clear what is to be done with it.
    fn understood(&self) -> bool {
        match self.language {
            "sh" => !matches!(self.mark, Some(Mark::Answer(_))),
            "json" | "http" | "text" => matches!(self.mark, Some(Mark::Answer(_))),
            "rust" | "python" | "ts" => self.mark.is_none(),
            _ => false,
        }
    }
}

/// The blocks of a page in their order; an error is the place of a line of which nobody knows whether it is run.
fn blocks(page: &str) -> Result<Vec<Block<'_>>, String> {
    let (mut blocks, mut open, mut above) = (Vec::new(), None::<Block>, "");
    for (at, line) in page.lines().enumerate() {
        let unclear = || format!("{PAGE}:{}: {line}", at + 1);
        match (open.take(), line.strip_prefix("```")) {
            (Some(block), Some(_)) => blocks.push(block),
            (Some(mut block), None) => {
                block.lines.push(line);
                open = Some(block);
            }
            (None, Some(language)) => {
                let block = Block { line: at + 1, language, mark: Mark::above(above), lines: Vec::new() };
                let lost = above.starts_with("<!--") && block.mark.is_none();
                open = Some(block).filter(|block| block.understood() && !lost);
                open.as_ref().ok_or_else(unclear)?;
            }
            (None, None) if line.starts_with("    ") || above.starts_with("<!--") => return Err(unclear()),
            (None, None) => {}
        }
        above = line;
    }
    Ok(blocks)
}

fn page() -> String {
    std::fs::read_to_string(checkout().join(PAGE)).unwrap()
}

#[test]
fn what_is_not_run_says_why() {
    let runs = |page| blocks(page).map(|blocks| blocks[0].runs());
    assert_eq!(runs("```sh\ntrue\n```\n"), Ok(true));
    assert_eq!(runs("<!-- not run: it takes an issuer -->\n```sh\ntrue\n```\n"), Ok(false));
    let unclear = [
        "<!-- not run: -->\n```sh\ntrue\n```\n",
        "<!-- not run -->\n```sh\ntrue\n```\n",
        "<!-- not run: it is far above -->\n\n```sh\ntrue\n```\n",
        "```shell\ntrue\n```\n",
        "```\ntrue\n```\n",
        "```json\n{}\n```\n",
        "Type:\n\n    true\n",
    ];
    for page in unclear {
        assert!(runs(page).is_err(), "{page}");
    }
}

/// Beside an installation as `make up` leaves it.
#[tokio::test]
async fn the_page_leads_from_sign_in_to_rollback() {
    let installation = Installation::start_with(&[("SLIPFORM_EXAMPLE", "car-rental")]).await;
    let page = page();
    let blocks = blocks(&page).unwrap();
    // The script has the lines of the page, so that what bash says of a line is true of the page.
    let mut script = vec![""; page.lines().count()];
    for block in blocks.iter().filter(|block| block.runs()) {
        script[block.line..][..block.lines.len()].copy_from_slice(&block.lines);
    }
    script[0] = r#"set -euo pipefail; trap 'printf "\nline %s: %s\n" "$LINENO" "$BASH_COMMAND" >&2' ERR"#;
    let folder = installation.home().join("reader");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("api.md");
    std::fs::write(&file, script.join("\n") + "\n").unwrap();

    let mut bash = Command::new("bash");
    bash.arg(&file).current_dir(checkout()).stdin(Stdio::null()).kill_on_drop(true);
    bash.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", &folder).env("TMPDIR", &folder);
    bash.env("API", installation.ready["api"].as_str().unwrap()).env("SLIPFORM_HOME", installation.home());
    let done = tokio::time::timeout(Duration::from_mins(2), bash.output()).await.expect("it ends").unwrap();
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{PAGE} (`scripts/setup --tests` installs curl and jq)\n{said}\n{complained}");

    let api = installation.client();
    let production = "/v1/organizations/default/apps/blog/environments/production";
    let releases = api.get(&format!("{production}/releases")).await.expect(200);
    let live: Vec<_> = releases["items"].as_array().unwrap().iter().map(|release| (release["designVersion"].as_i64(), release["live"].as_bool())).collect();
    assert_eq!(live, [(Some(2), Some(false)), (Some(1), Some(true))], "two versions were live, and the first one is again");
    let shown = api.get(production).await.expect(200);
    let start = Client::of_app(shown["url"].as_str().unwrap()).get("/").await;
    assert!(start.expect_text(200).contains(example("blog")["app"]["name"].as_str().unwrap()), "{}", start.text);

    let came = events(&said);
    for block in blocks.iter().filter(|block| block.mark == Some(Mark::Answer("events"))) {
        let shown = events(&block.lines.join("\n"));
        assert!(!shown.is_empty() && shown.is_subset(&came), "{PAGE}:{}: {shown:?} are not among {came:?}", block.line);
    }
    for (kind, names) in came {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{kind}` |"))).unwrap_or_else(|| panic!("{PAGE} does not tell of {kind}"));
        let untold = names.iter().find(|name| *name != "at" && !row.contains(&format!("`{name}`")));
        assert_eq!(untold, None, "{row}");
    }
    installation.stop().await;
}

/// Kinds of events with the names of what each of them has.
fn events(stream: &str) -> BTreeSet<(String, BTreeSet<String>)> {
    let lines: Vec<&str> = stream.lines().collect();
    let pairs = lines.windows(2).filter_map(|pair| Some((pair[0].strip_prefix("event: ")?, pair[1].strip_prefix("data: ")?)));
    let names = |data: &str| serde_json::from_str::<Value>(data).unwrap().as_object().unwrap().keys().cloned().collect();
    pairs.map(|(kind, data)| (kind.to_owned(), names(data))).collect()
}

#[test]
fn what_is_shown_as_an_answer_has_the_names_of_the_document() {
    let (document, page) = (slipform::http::openapi(), page());
    let mut shown = 0;
    for block in blocks(&page).unwrap() {
        let (Some(Mark::Answer(what)), "json" | "http") = (block.mark, block.language) else { continue };
        let schema = match what.strip_prefix("webhook ") {
            Some(kind) => &document["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"]["schema"],
            None => &document["components"]["schemas"][what],
        };
        // A body stands behind the head's empty line; what is left out of it is `{…}`.
        let text = block.lines.join("\n").replace("{…}", "{}");
        let body = text.split_once("\n\n").map_or(text.as_str(), |(_, body)| body);
        let value: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{PAGE}:{}: {error}", block.line));
        names_are_described(&document, schema, &value, &format!("{PAGE}:{} {what}", block.line));
        shown += 1;
    }
    assert!(shown >= 3, "{shown}");
}

fn names_are_described(document: &Value, schema: &Value, value: &Value, at: &str) {
    for item in value.as_array().into_iter().flatten() {
        names_are_described(document, &schema["items"], item, at);
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let property = property(document, schema, name).unwrap_or_else(|| panic!("{at}: there is no {name}"));
        names_are_described(document, property, member, &format!("{at}/{name}"));
    }
}

/// What a schema, or what it consists of, says of a property.
fn property<'a>(document: &'a Value, schema: &'a Value, name: &str) -> Option<&'a Value> {
    if let Some(to) = schema["$ref"].as_str() {
        return property(document, document.pointer(to.trim_start_matches('#'))?, name);
    }
    let mut parts = ["allOf", "oneOf"].iter().filter_map(|parts| schema[parts].as_array()).flatten();
    schema["properties"].get(name).or_else(|| parts.find_map(|part| property(document, part, name)))
}
