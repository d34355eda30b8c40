//! Holds the code against the tables of `ARCHITECTURE.md`: which room may import which, and which crate is used where.
//! The page is the source, so that it cannot say anything else than what is checked.

use crate::harness::checkout;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Rooms that wire everything together and may import everything.
const EVERYTHING: [&str; 3] = ["bin", "boot", "main"];

struct Source {
    /// Relative to `src/`: `deploy/local/mod.rs`.
    path: String,
    /// `deploy`
    room: String,
    /// Every `a::b` in the file, macros included, comments not.
    paths: BTreeSet<(String, String)>,
}

#[test]
fn rooms_import_what_the_table_allows() {
    let page = page();
    let allowed: BTreeMap<String, BTreeSet<String>> = rows(&page, "| room | may import |")
        .into_iter()
        .flat_map(|(rooms, imports)| words(&rooms).into_iter().map(move |room| (room, words(&imports))).collect::<Vec<_>>())
        .collect();
    let sources = sources();
    let rooms: BTreeSet<&String> = sources.iter().map(|s| &s.room).filter(|r| *r != "lib").collect();
    let mut faults = Vec::new();
    for room in &rooms {
        if !allowed.contains_key(*room) {
            faults.push(format!("src/{room} stands in no row of the table"));
        }
    }
    for room in allowed.keys().filter(|room| *room != "main") {
        if !rooms.contains(room) {
            faults.push(format!("the table names `{room}`, and src/ has no such room"));
        }
    }
    for source in &sources {
        let may = allowed.get(&source.room).cloned().unwrap_or_default();
        for (_, room) in source.paths.iter().filter(|(root, _)| root == "crate" || root == "slipform") {
            let free = room == &source.room || may.contains(room) || EVERYTHING.contains(&source.room.as_str()) || source.room == "lib";
            if !free && rooms.contains(room) {
                faults.push(format!("src/{} imports `{room}`, which `{}` may not", source.path, source.room));
            }
        }
        let codegen = source.paths.iter().any(|(root, _)| root == "slipform_codegen");
        let may_codegen = may.iter().any(|m| m.starts_with("codegen")) || EVERYTHING.contains(&source.room.as_str());
        if codegen && !may_codegen {
            faults.push(format!("src/{} uses the generator, which `{}` may not", source.path, source.room));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn third_party_crates_stay_where_the_table_says() {
    let map = page();
    let mut faults = Vec::new();
    let gates = rows(&map, "| crate | only in |");
    assert!(gates.len() >= 5, "the table of third-party gates is missing");
    for (crates, folders) in gates {
        let names: Vec<String> = crates.split(',').map(|w| w.trim().trim_matches('`').to_owned()).collect();
        let places: Vec<String> = folders.split(',').map(|w| w.trim().trim_matches('`').to_owned()).collect();
        for source in sources() {
            let inside = places
                .iter()
                .any(|p| source.path.trim_end_matches(".rs") == p || source.path.starts_with(&format!("{p}/")) || source.path == format!("{p}.rs"));
            for (root, next) in &source.paths {
                let used = names.iter().any(|g| match g.split_once("::") {
                    Some((first, second)) => root == first && next == second,
                    None => root == g,
                });
                if used && !inside {
                    faults.push(format!("src/{} uses {root}::{next}; only {} may", source.path, places.join(", ")));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_file_grows_beyond_what_one_reads_at_once() {
    let mut long = Vec::new();
    for folder in ["src", "crates", "tests"] {
        for entry in walkdir::WalkDir::new(checkout().join(folder)).into_iter().filter_map(Result::ok) {
            let path = entry.path();
            let golden = path.components().any(|c| matches!(c.as_os_str().to_str(), Some("golden" | "target" | "node_modules")));
            // What generators of clients write is not kept.
            let made =
                path.strip_prefix(checkout().join("tests/clients")).is_ok_and(|path| path.components().nth(1).is_some_and(|c| c.as_os_str() == "generated"));
            if !golden && !made && path.extension().is_some_and(|e| e == "rs" || e == "ts" || e == "tsx" || e == "j2") {
                let lines = std::fs::read_to_string(path).unwrap_or_default().lines().count();
                if lines > 520 {
                    long.push(format!("{}: {lines} lines", path.strip_prefix(checkout()).unwrap().display()));
                }
            }
        }
    }
    assert!(long.is_empty(), "divide along their idea:\n{}", long.join("\n"));
}

fn page() -> String {
    std::fs::read_to_string(checkout().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md")
}

/// The rows of the table with this heading.
fn rows(page: &str, heading: &str) -> Vec<(String, String)> {
    page.lines()
        .skip_while(|line| line.trim() != heading)
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.trim_matches('|').split_once('|').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned())))
        .collect()
}

fn words(cell: &str) -> BTreeSet<String> {
    cell.split(',').map(|word| word.trim().trim_matches('`').split(' ').next().unwrap_or_default().to_owned()).filter(|w| !w.is_empty() && w != "–").collect()
}

fn sources() -> Vec<Source> {
    let src = checkout().join("src");
    walkdir::WalkDir::new(&src)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "rs"))
        .map(|entry| source(&src, entry.path()))
        .collect()
}

fn source(src: &Path, file: &Path) -> Source {
    let path = file.strip_prefix(src).expect("below src").display().to_string();
    let room = path.split('/').next().expect("a first part").trim_end_matches(".rs").to_owned();
    let text = std::fs::read_to_string(file).expect("a source file");
    let mut paths = BTreeSet::new();
    collect(text.parse().unwrap_or_else(|e| panic!("src/{path}: {e}")), None, &mut paths);
    Source { path, room, paths }
}

/// Finds `a::b`, and `a::{b, c::d}` as `a::b` and `a::c`. `outer` is the path before a group in braces.
fn collect(tokens: TokenStream, outer: Option<&str>, paths: &mut BTreeSet<(String, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let colon = |i: usize| matches!(tokens.get(i), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    for (i, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(ident) => {
                let first = i == 0 || matches!(&tokens[i - 1], TokenTree::Punct(p) if p.as_char() == ',');
                if let Some(outer) = outer.filter(|_| first) {
                    paths.insert((outer.to_owned(), ident.to_string()));
                }
                let begins = !(i >= 2 && colon(i - 1) && colon(i - 2)) && outer.is_none();
                if begins && colon(i + 1) && colon(i + 2) {
                    match tokens.get(i + 3) {
                        Some(TokenTree::Ident(next)) => {
                            paths.insert((ident.to_string(), next.to_string()));
                        }
                        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => collect(group.stream(), Some(&ident.to_string()), paths),
                        _ => {}
                    }
                }
            }
            TokenTree::Group(group) => {
                let listed = i >= 2 && colon(i - 1) && colon(i - 2);
                if !listed {
                    collect(group.stream(), None, paths);
                }
            }
            _ => {}
        }
    }
}
