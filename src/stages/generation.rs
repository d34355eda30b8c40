//! What the stages `frontend`, `backend` and `database` have in common: the design, checked, and the plan for its schema.

use super::StageError;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use slipform_codegen::design;
use slipform_codegen::generate;
use slipform_codegen::model::{Model, Problem};
use slipform_codegen::schema::{self, Migration, PlanOptions, Refusal, SchemaPlan, SchemaState};

/// A design, and the database that it is to be built for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The design document, as JSON.
    pub document: String,
    /// What exists in the environment's database, as far as the control plane knows.
    pub before: SchemaState,
    /// The migrations that led there, in order.
    pub migrations: Vec<Migration>,
    /// The smallest schema position among the releases that can still be rolled back to.
    pub oldest_release: Option<u32>,
    /// Whether the environment is the app's production.
    pub production: bool,
}

/// A checked design with the plan for its schema.
#[derive(Debug)]
pub struct Prepared {
    /// The checked design.
    pub model: Model,
    /// The way from what is there to what it needs.
    pub plan: SchemaPlan,
    /// What the plan may lose.
    pub refusals: Vec<Refusal>,
    /// The migrations up to `plan.after`.
    pub migrations: Vec<Migration>,
}

/// What the backend stage planned and wrote code for. The database stage does this and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Planned {
    /// The position that the plan begins with.
    pub before: u32,
    /// The position that it leads to.
    pub after: u32,
    /// SHA-256 of the migration and of the state after it.
    pub plan: String,
    /// SHA-256 of the state after it.
    pub state: String,
}

impl Input {
    /// Checks the design and plans from [`Input::before`].
    pub fn prepare(&self) -> Result<Prepared, StageError> {
        self.prepare_from(&self.before, self.migrations.clone())
    }

    /// Checks the design and plans from another state.
    pub fn prepare_from(&self, before: &SchemaState, mut migrations: Vec<Migration>) -> Result<Prepared, StageError> {
        let design = design::parse(self.document.as_bytes()).map_err(|problems| invalid(&problems))?;
        let model = Model::check(design).map_err(|problems| invalid(&problems))?;
        let options = PlanOptions { oldest_release: self.oldest_release, production: self.production };
        let (plan, refusals) = schema::plan(before, &model, options);
        migrations.extend(plan.migration.clone());
        Ok(Prepared { model, plan, refusals, migrations })
    }
}

impl Prepared {
    /// What the generators take.
    pub fn generator_input(&self) -> generate::Input<'_> {
        generate::Input { model: &self.model, schema: &self.plan.after, migrations: &self.migrations }
    }

    /// The plan in short, to be compared with what the database stage finds.
    pub fn planned(&self, before: &SchemaState) -> Planned {
        Planned {
            before: before.position,
            after: self.plan.after.position,
            plan: digest(&(&self.plan.migration, &self.plan.after)),
            state: digest(&self.plan.after),
        }
    }
}

/// SHA-256 of something as JSON, in hex. The types that are passed here have one form in JSON.
pub fn digest(value: &impl Serialize) -> String {
    hex::encode(Sha256::digest(serde_json::to_vec(value).expect("plain data becomes JSON")))
}

/// A document that was accepted when it was pushed and is refused now: by an older Slipform, or one that was changed in the database.
fn invalid(problems: &[Problem]) -> StageError {
    let lines: Vec<_> = problems.iter().map(|problem| format!("{}: {}", problem.pointer, problem.detail)).collect();
    StageError::fail("invalid-design", "The design is not valid", lines.join("\n")).hint("Push a design version that this Slipform accepts, and build that.")
}
