//! `make bench`: how long a design takes from bytes to files, without disk and database. Medians of some runs.

use slipform_codegen::design;
use slipform_codegen::generate::{self, Input};
use slipform_codegen::model::Model;
use slipform_codegen::schema::{self, PlanOptions, SchemaState};
use std::time::{Duration, Instant};

#[path = "../../../benches/synthetic.rs"]
#[allow(missing_docs)]
mod synthetic;

const RUNS: usize = 21;

fn main() {
    println!("| entities | document, KB | parse and check, ms | plan, ms | back end, ms | front end, ms | all, ms | files | size, KB |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for entities in [5, 25, 100] {
        let document = serde_json::to_vec(&synthetic::design(entities, 0)).expect("plain data becomes JSON");
        let mut times: [Vec<Duration>; 5] = Default::default();
        let mut written = (0, 0);
        for _ in 0..RUNS {
            let begun = Instant::now();
            let parsed = design::parse(&document).unwrap_or_else(|problems| panic!("{problems:#?}"));
            let model = Model::check(parsed).unwrap_or_else(|problems| panic!("{problems:#?}"));
            let checked = begun.elapsed();
            let (plan, _) = schema::plan(&SchemaState::default(), &model, PlanOptions::default());
            let migrations: Vec<_> = plan.migration.into_iter().collect();
            let planned = begun.elapsed();
            let input = Input { model: &model, schema: &plan.after, migrations: &migrations };
            let server = generate::backend::generate(input);
            let backend = begun.elapsed();
            let web = generate::frontend::generate(input);
            let all = begun.elapsed();
            for (times, time) in
                times.iter_mut().zip([checked, planned.saturating_sub(checked), backend.saturating_sub(planned), all.saturating_sub(backend), all])
            {
                times.push(time);
            }
            written = (server.len() + web.len(), server.iter().chain(web.iter()).map(|(_, content)| content.len()).sum());
        }
        let columns: Vec<String> = times.into_iter().map(|times| format!("{:.1}", median(times).as_secs_f64() * 1000.0)).collect();
        println!("| {entities} | {} | {} | {} | {} |", document.len().div_ceil(1024), columns.join(" | "), written.0, written.1.div_ceil(1024));
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
