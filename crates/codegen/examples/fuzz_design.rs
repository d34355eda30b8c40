//! `make fuzz-design`: changes designs at random, for as long as it is told, and generates an app from each that is accepted.
//! A panic, or code that differs between two runs, ends it; the design is written to `fuzz-design.json`.
//!
//! `cargo run -p slipform-codegen --example fuzz_design -- <seconds> [seed]`. The seed is printed, so that a run can be repeated.

use serde_json::{Value, json};
use slipform_codegen::design;
use slipform_codegen::generate::{self, Input};
use slipform_codegen::model::Model;
use slipform_codegen::schema::{self, PlanOptions, SchemaState};
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let seconds: u64 = arguments.next().map_or(Ok(60), |text| text.parse())?;
    let seed: u64 = match arguments.next() {
        Some(text) => text.parse()?,
        None => u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?,
    };
    println!("seed {seed}");
    let corpus = corpus()?;
    let mut random = Random(seed);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut tried, mut accepted) = (0_u64, 0_u64);
    while Instant::now() < end {
        let mut document = random.pick(&corpus).clone();
        for _ in 0..=random.below(4) {
            mutate(&mut document, &corpus, &mut random);
        }
        tried += 1;
        match catch_unwind(AssertUnwindSafe(|| generate(&document))) {
            Ok(Ok(done)) => accepted += u64::from(done),
            Ok(Err(fault)) => return fail(&document, &fault),
            Err(_) => return fail(&document, "it panicked"),
        }
    }
    println!("{tried} designs, {accepted} accepted and generated");
    Ok(())
}

fn fail(document: &Value, fault: &str) -> Result<(), Box<dyn Error>> {
    fs::write("fuzz-design.json", serde_json::to_vec_pretty(document)?)?;
    Err(format!("{fault}; the design is in fuzz-design.json").into())
}

/// The designs of the examples and the golden apps.
fn corpus() -> Result<Vec<Value>, Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let golden = fs::read_dir(here.join("tests/golden"))?.flatten().map(|entry| entry.path().join("design.json"));
    let examples = fs::read_dir(here.join("../../examples"))?.flatten().map(|entry| entry.path());
    let mut paths: Vec<_> = golden.chain(examples).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.iter().map(|path| Ok(serde_json::from_slice(&fs::read(path)?)?)).collect()
}

/// Whether the design is accepted. An error is a fault of the generator.
fn generate(document: &Value) -> Result<bool, String> {
    let bytes = serde_json::to_vec(document).map_err(|e| e.to_string())?;
    let Ok(parsed) = design::parse(&bytes) else { return Ok(false) };
    let Ok(model) = Model::check(parsed) else { return Ok(false) };
    let once = || {
        let (plan, refusals) = schema::plan(&SchemaState::default(), &model, PlanOptions { oldest_release: None, production: true });
        let migrations: Vec<_> = plan.migration.into_iter().collect();
        let files = generate::all(Input { model: &model, schema: &plan.after, migrations: &migrations });
        (files, plan.after, refusals)
    };
    let (files, state, refusals) = once();
    if refusals.iter().any(|refusal| refusal.count_sql.is_none()) {
        return Err(format!("a new database refuses: {refusals:?}"));
    }
    if files != once().0 {
        return Err("two runs differ".into());
    }
    if let Some((path, _)) = files.iter().find(|(path, _)| path.starts_with('/') || path.split('/').any(|part| part == "..")) {
        return Err(format!("{path} leaves the code base"));
    }
    let (again, _) = schema::plan(&state, &model, PlanOptions { oldest_release: Some(state.position), production: true });
    if again.migration.is_some() {
        return Err("the same design wants a second migration".into());
    }
    Ok(true)
}

/// Words that mean something to somebody.
const WORDS: [&str; 24] = [
    "", "a", "id", "user", "createdAt", "createdBy", "constructor", "__proto__", "select", "default", "class", "Order", "everyone", "signedIn", "everywhere",
    "manyToMany", "slug", "</script>", "${x}", "'; --", "*/", "../x", "\u{2028}", "ﬁ",
];

/// Changes one place: another word or number, a part removed, doubled, moved, or taken from another design.
fn mutate(document: &mut Value, corpus: &[Value], random: &mut Random) {
    let mut places = Vec::new();
    pointers(document, "", &mut places);
    let place = random.pick(&places).clone();
    let replacement = match random.below(7) {
        0 => json!(random.pick(&WORDS)),
        1 => json!(random.pick(&[-1_i64, 0, 1, 2, 39, 255, 65_536, i64::MAX])),
        2 => json!(random.below(2) == 0),
        3 => document.pointer(random.pick::<String>(&places)).cloned().unwrap_or_default(),
        4 => {
            let other = random.pick(corpus);
            let mut theirs = Vec::new();
            pointers(other, "", &mut theirs);
            other.pointer(random.pick::<String>(&theirs)).cloned().unwrap_or_default()
        }
        5 => return remove(document, &place),
        _ => return double(document, &place),
    };
    if let Some(slot) = document.pointer_mut(&place) {
        *slot = replacement;
    }
}

fn remove(document: &mut Value, place: &str) {
    let Some((parent, key)) = place.rsplit_once('/') else { return };
    match document.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.remove(key)),
        Some(Value::Array(items)) => drop(key.parse().ok().filter(|i| *i < items.len()).map(|i: usize| items.remove(i))),
        _ => {}
    }
}

fn double(document: &mut Value, place: &str) {
    let Some((parent, _)) = place.rsplit_once('/') else { return };
    let copy = document.pointer(place).cloned().unwrap_or_default();
    if let Some(Value::Array(items)) = document.pointer_mut(parent) {
        items.push(copy);
    }
}

fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(i, item)| pointers(item, &format!("{pointer}/{i}"), found)),
        Value::Object(members) => members.iter().for_each(|(key, member)| pointers(member, &format!("{pointer}/{key}"), found)),
        _ => {}
    }
}

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap_or_default()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
