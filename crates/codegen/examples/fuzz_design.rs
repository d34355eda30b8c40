//! Generates apps from mutated designs: `cargo run -p slipform-codegen --example fuzz_design -- <seconds> [seed]`.
//!
//! Starts from the designs of `examples/` and of the tests, mixes and mutates them, and gives each to everything that a
//! build gives it to: parsing, checking, planning from nothing and from another design's database, generating. Nothing of
//! that may panic, and the same design must give the same bytes. What does is written to `fuzz-design.json` and the
//! program fails. The seed is printed, so that a run can be repeated.

use serde_json::{Value, json};
use slipform_codegen::design::{self, Design};
use slipform_codegen::generate::{self, Input};
use slipform_codegen::model::Model;
use slipform_codegen::schema::{self, PlanOptions, SchemaState};
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs};

const WORDS: &[&str] = &[
    "",
    "a",
    "class",
    "constructor",
    "__proto__",
    "user",
    "everyone",
    "signedIn",
    "createdBy",
    "createdAt",
    "id",
    "'",
    "\"",
    "`",
    "${x}",
    "</script>",
    "*/",
    "--",
    "\\",
    "\u{0}",
    "\u{2028}",
    "\u{202e}",
    "/x/:id",
    "/",
    "#ffffff",
    "EUR",
    "JPY",
    "9",
    "-1",
    "1.5",
    "2026-02-29",
    "2026-02-28T00:00:00Z",
    "a@b.cd",
    "https://x.y",
    "+49301234567",
    "string",
    "text",
    "integer",
    "bigint",
    "decimal",
    "money",
    "boolean",
    "date",
    "datetime",
    "duration",
    "enum",
    "uuid",
    "email",
    "url",
    "phone",
    "slug",
    "json",
    "manyToOne",
    "oneToOne",
    "manyToMany",
    "cascade",
    "setNull",
    "restrict",
    "unique",
    "index",
    "noOverlap",
    "list",
    "detail",
    "form",
    "[a-z]+",
    "(a+)+",
    ".*",
    "production",
    "development",
];

/// SplitMix64: enough for choosing, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `bound`, which is not zero.
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let seconds = arguments.next().map_or(Ok(60), |text| text.parse())?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.subsec_nanos();
    let seed = arguments.next().map_or(Ok(u64::from(now)), |text| text.parse())?;
    println!("seed {seed}");
    let corpus = corpus()?;
    let mut random = Random(seed);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut last: Option<SchemaState> = None;
    let (mut tried, mut accepted) = (0_u64, 0_u64);
    std::panic::set_hook(Box::new(|_| ()));
    while Instant::now() < end {
        let mut document = random.pick(&corpus).clone();
        for _ in 0..=random.below(6) {
            mutate(&mut random, &mut document, &corpus);
        }
        tried += 1;
        match catch_unwind(AssertUnwindSafe(|| build(&document, last.as_ref()))) {
            Ok(Ok(None)) => {}
            Ok(Ok(state)) => {
                accepted += 1;
                last = state;
            }
            Ok(Err(reason)) => return fail(seed, &document, &reason),
            Err(panic) => {
                let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
                return fail(seed, &document, words.unwrap_or("a panic"));
            }
        }
    }
    println!("{tried} designs tried, {accepted} accepted and generated");
    Ok(())
}

fn fail(seed: u64, document: &Value, reason: &str) -> Result<(), Box<dyn Error>> {
    let path = "fuzz-design.json";
    fs::write(path, serde_json::to_vec_pretty(document)?)?;
    Err(format!("{reason}\nThe design is in {path}, the seed was {seed}").into())
}

/// Everything that a build does with a design, without a database. None when it is refused; an error when something that
/// must always hold does not.
fn build(document: &Value, before: Option<&SchemaState>) -> Result<Option<SchemaState>, String> {
    let Ok(parsed) = design::parse(&serde_json::to_vec(document).map_err(|error| error.to_string())?) else { return Ok(None) };
    let canonical = design::canonical(&parsed);
    let again: Design = design::parse(&canonical).map_err(|problems| format!("the canonical form is refused: {problems:?}"))?;
    if again != parsed || design::canonical(&again) != canonical {
        return Err("the canonical form is another design".into());
    }
    let model = match Model::check(parsed) {
        Ok(model) => model,
        Err(problems) if problems.is_empty() => return Err("refused without a problem".into()),
        Err(_) => return Ok(None),
    };
    let options = PlanOptions { oldest_release: None, production: false };
    let (plan, _) = schema::plan(&SchemaState::default(), &model, options);
    let migrations: Vec<_> = plan.migration.into_iter().collect();
    let input = Input { model: &model, schema: &plan.after, migrations: &migrations };
    let files = generate::all(input);
    if files != generate::all(input) {
        return Err("the same design gives other bytes".into());
    }
    if let Some((path, _)) =
        files.iter().find(|(path, _)| !path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte)) || path.contains(".."))
    {
        return Err(format!("a file is called {path:?}"));
    }
    let (again, refusals) = schema::plan(&plan.after, &model, options);
    if again.migration.is_some() || !refusals.is_empty() {
        return Err(format!("the same design changes the database again: {:?} {refusals:?}", again.migration));
    }
    if let Some(before) = before {
        let (changed, _) = schema::plan(before, &model, PlanOptions { oldest_release: Some(before.position), production: true });
        let migrations: Vec<_> = changed.migration.into_iter().collect();
        let _ = generate::all(Input { model: &model, schema: &changed.after, migrations: &migrations });
    }
    Ok(Some(plan.after))
}

/// The designs to begin with.
fn corpus() -> Result<Vec<Value>, Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut corpus = vec![serde_json::from_slice(&fs::read(here.join("tests/common/maximal.json"))?)?];
    for folder in [here.join("../../examples"), here.join("tests/golden")] {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let path = if path.is_dir() { path.join("design.json") } else { path };
            if path.extension().is_some_and(|end| end == "json") {
                corpus.push(serde_json::from_slice(&fs::read(path)?)?);
            }
        }
    }
    Ok(corpus)
}

/// Changes one place.
fn mutate(random: &mut Random, document: &mut Value, corpus: &[Value]) {
    let places = places(document);
    let place = random.pick(&places).clone();
    let other = random.pick(corpus);
    match random.below(8) {
        0 | 1 => put(document, &place, json!(random.pick(WORDS))),
        2 => {
            // Another value from the same design, so that references go astray.
            let from = random.pick(&places).clone();
            if let Some(value) = document.pointer(&from).cloned() {
                put(document, &place, value);
            }
        }
        3 => {
            // The same place of another design.
            if let Some(value) = other.pointer(&place).cloned() {
                put(document, &place, value);
            }
        }
        4 => take(document, &place),
        5 => put(
            document,
            &place,
            [json!(true), json!(false), json!(0), json!(-1), json!(255), json!(1e300), json!(9_007_199_254_740_993_i64), json!(null), json!([]), json!({})]
                [random.below(10)]
            .clone(),
        ),
        6 => {
            // An element twice, or two in each other's place.
            if let Some(items) = document.pointer_mut(&place).and_then(Value::as_array_mut)
                && !items.is_empty()
            {
                let (a, b) = (random.below(items.len()), random.below(items.len()));
                if a == b { items.push(items[a].clone()) } else { items.swap(a, b) }
            }
        }
        _ => {
            // A flag turned around.
            if let Some(Value::Bool(flag)) = document.pointer_mut(&place) {
                *flag = !*flag;
            }
        }
    }
}

fn places(document: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut next = 0;
    while next < all.len() {
        let at = all[next].clone();
        match document.pointer(&at) {
            Some(Value::Object(members)) => all.extend(members.keys().map(|key| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")))),
            Some(Value::Array(items)) => all.extend((0..items.len()).map(|index| format!("{at}/{index}"))),
            _ => {}
        }
        next += 1;
    }
    all.remove(0);
    all
}

fn put(document: &mut Value, place: &str, value: Value) {
    if let Some(found) = document.pointer_mut(place) {
        *found = value;
    }
}

fn take(document: &mut Value, place: &str) {
    let Some((parent, last)) = place.rsplit_once('/') else { return };
    match document.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.remove(last)),
        Some(Value::Array(items)) => drop(last.parse::<usize>().ok().filter(|index| *index < items.len()).map(|index| items.remove(index))),
        _ => {}
    }
}
