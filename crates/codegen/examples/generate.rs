//! Writes the code base of a design: `cargo run -p slipform-codegen --example generate -- design.json folder`.
//!
//! As for a new production environment: one migration makes the database.

use slipform_codegen::design::Design;
use slipform_codegen::generate::{self, Input};
use slipform_codegen::model::Model;
use slipform_codegen::schema::{self, PlanOptions, SchemaState};
use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let [design, folder] = env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage: generate <design.json> <folder>")?;
    let design: Design = serde_json::from_slice(&fs::read(&design)?)?;
    let model = Model::check(design).map_err(|problems| problems.iter().map(|p| format!("{}: {}", p.pointer, p.detail)).collect::<Vec<_>>().join("\n"))?;
    let (plan, _) = schema::plan(&SchemaState::default(), &model, PlanOptions { oldest_release: None, production: true });
    let migrations: Vec<_> = plan.migration.into_iter().collect();
    let input = Input { model: &model, schema: &plan.after, migrations: &migrations };
    let files = if env::var_os("SERVER_ONLY").is_some() { generate::backend::generate(input) } else { generate::all(input) };
    for (path, content) in files.iter() {
        let path = Path::new(&folder).join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, content)?;
    }
    println!("{} files", files.len());
    Ok(())
}
