use super::record::Recorder;
use super::{Halt, environment_ref, release_of};
use crate::deploy::Target;
use crate::domain::error::Result;
use crate::domain::{EnvironmentKind, Error, ReleaseId, StepName, StepState};
use crate::jobs::Deps;
use crate::queue::Claim;
use crate::stages::backend::Backend;
use crate::stages::bundle::{self, Bundle};
use crate::stages::database::{self, Database};
use crate::stages::frontend::Frontend;
use crate::stages::publish::{self, Publish};
use crate::stages::{Run, Stage, StageError, generation};
use crate::store::pipeline::{self, NewRelease, StepRow, Subject};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use slipform_codegen::schema::{Migration, SchemaState};

/// How often code is written again because the database turned out to be another than the control plane knew.
const ROUNDS: u32 = 3;

/// Everything before the rollout: the steps from `provision` to `publish`, as far as no earlier attempt has done them.
pub async fn make_release<T: Target + Send + Sync>(deps: &Deps<T>, claim: &Claim, subject: Subject, recorder: &Recorder) -> Result<ReleaseId, Halt> {
    let done = recorder.persist(|mut conn| async move { pipeline::steps(&mut conn, claim.build).await }).await?;
    let release = release_of(claim.build);
    // Always: the database's address is a secret, and is therefore not kept as the step's output.
    let site = provision(deps, &subject, recorder).await?;

    // What is recorded as done is there: a step's files are in place before it is recorded, and swept only after the build.
    if Earlier(&done).output::<Value>(StepName::Publish).is_some() {
        return Ok(release);
    }
    let pipeline = Pipeline { deps, claim, recorder, release, site };
    pipeline.run(subject, &done).await?;
    Ok(release)
}

/// The step `provision`.
pub async fn provision<T: Target + Send + Sync>(deps: &Deps<T>, subject: &Subject, recorder: &Recorder) -> Result<T::Site, Halt> {
    let at = &environment_ref(&subject.at);
    let site = recorder.attempts(StepName::Provision, |log| async move { deps.target.provision(at, &log).await }).await?;
    recorder.succeeded(StepName::Provision, &json!({})).await?;
    Ok(site)
}

/// What earlier attempts have done.
struct Earlier<'a>(&'a [StepRow]);

impl Earlier<'_> {
    /// The output of a step that succeeded, if this Slipform understands it.
    fn output<O: DeserializeOwned>(&self, name: StepName) -> Option<O> {
        let row = self.0.iter().find(|row| row.name == name && row.state == StepState::Succeeded)?;
        serde_json::from_value(row.output.clone()?).ok()
    }
}

struct Pipeline<'a, T: Target> {
    deps: &'a Deps<T>,
    claim: &'a Claim,
    recorder: &'a Recorder,
    release: ReleaseId,
    site: T::Site,
}

impl<T: Target + Send + Sync> Pipeline<'_, T> {
    async fn run(&self, mut subject: Subject, done: &[StepRow]) -> Result<(), Halt> {
        let mut earlier = Earlier(done);
        for _ in 0..ROUNDS {
            let input = self.input(&subject).await?;
            let (planned, fresh) = self.compile(&input, &earlier).await?;
            let applied = !fresh && earlier.output::<Value>(StepName::Database).is_some_and(|output| output["fits"] == true);
            let fits = applied || self.database(&input, &planned).await?;
            if fits {
                return self.publish(&subject, planned.after).await;
            }
            // Nothing of what was done before counts for the next round.
            earlier = Earlier(&[]);
            subject = self.recorder.persist(|mut conn| async move { pipeline::subject(&mut conn, self.claim.build).await }).await?.ok_or(Halt::Stopped)?;
        }
        let error = StageError::fail(
            "database-changes",
            "The app's database keeps changing",
            "Something beside Slipform changes the bookkeeping in the schema `_slipform`.",
        );
        Err(Halt::Failed(StepName::Database, error))
    }

    /// What the generators begin with.
    async fn input(&self, subject: &Subject) -> Result<generation::Input, Halt> {
        let migrations = self.recorder.persist(|mut conn| async move { pipeline::applied_migrations(&mut conn, self.claim.environment).await }).await?;
        let before: SchemaState = serde_json::from_value(subject.schema_state.clone()).map_err(|error| Halt::Fault(Error::internal(error)))?;
        let position = before.position;
        let known = |migration: &Migration| migration.position <= position;
        Ok(generation::Input {
            document: subject.design_document.clone(),
            before,
            migrations: migrations
                .into_iter()
                .map(|(position, title, sql)| Migration { position: position.unsigned_abs(), title, sql })
                .filter(known)
                .collect(),
            oldest_release: subject.oldest_release.map(i32::unsigned_abs),
            production: subject.at.kind == EnvironmentKind::Production,
        })
    }

    /// Frontend, backend and bundle. Returns what was planned, and whether anything was done anew.
    async fn compile(&self, input: &generation::Input, earlier: &Earlier<'_>) -> Result<(generation::Planned, bool), Halt> {
        let (frontend, backend) =
            tokio::join!(self.step::<Frontend>(earlier.output(StepName::Frontend), input), self.step::<Backend>(earlier.output(StepName::Backend), input));
        let ((frontend, fresh_frontend), (backend, fresh_backend)) = (frontend?, backend?);
        let fresh = fresh_frontend || fresh_backend;
        let bundle = bundle::Input { custom_changed: frontend.custom_changed || backend.custom_changed };
        let (_, fresh_bundle) = self.step::<Bundle>(earlier.output(StepName::Bundle).filter(|_| !fresh), &bundle).await?;
        Ok((backend.planned, fresh || fresh_bundle))
    }

    /// A step whose output needs no other record; `known` is what an earlier attempt made. The second value: it was done now.
    async fn step<S: Stage>(&self, known: Option<S::Output>, input: &S::Input) -> Result<(S::Output, bool), Halt> {
        if let Some(output) = known {
            return Ok((output, false));
        }
        let output = self.stage::<S>(input).await?;
        self.recorder.succeeded(S::NAME, &output).await?;
        Ok((output, true))
    }

    /// The attempts of a stage; its success is still to be recorded.
    async fn stage<S: Stage>(&self, input: &S::Input) -> Result<S::Output, Halt> {
        let run = Run { build: self.claim.build, release: self.release };
        self.recorder.attempts(S::NAME, |log| self.deps.target.stage::<S>(&self.site, run, input, log, self.recorder.token())).await
    }

    /// First the app's database, then the control plane's copy of what exists there. False: the code does not fit it.
    async fn database(&self, input: &generation::Input, planned: &generation::Planned) -> Result<bool, Halt> {
        let input = database::Input { design: input.clone(), planned: planned.clone(), fence: self.claim.fence };
        let found = self.stage::<Database>(&input).await?;
        let state = &serde_json::to_value(&found.state).map_err(|error| Halt::Fault(Error::internal(error)))?;
        let migrations: &Vec<_> = &found.migrations.into_iter().map(|m| (signed(m.position), m.title, m.sql)).collect();
        let output = json!({ "position": found.state.position, "fits": found.fits });
        self.recorder
            .succeed(StepName::Database, &output, |mut tx, output| async move {
                pipeline::record_schema(&mut tx, self.claim.environment, self.claim.build, state, migrations).await?;
                Ok((tx, output))
            })
            .await?;
        Ok(found.fits)
    }

    async fn publish(&self, subject: &Subject, schema_position: u32) -> Result<(), Halt> {
        let input = publish::Input { name: subject.at.app_slug.clone(), design_hash: subject.design_hash.clone(), schema_position };
        let manifest = self.stage::<Publish>(&input).await?;
        let value = serde_json::to_value(&manifest).map_err(|error| Halt::Fault(Error::internal(error)))?;
        let new = &NewRelease {
            id: self.release,
            organization: self.claim.organization,
            app: self.claim.app,
            environment: self.claim.environment,
            build: self.claim.build,
            design_version: self.claim.design_version,
            design_hash: &subject.design_hash,
            schema_position: signed(schema_position),
            manifest: &value,
            size_bytes: i64::try_from(manifest.size()).unwrap_or(i64::MAX),
        };
        let output = json!({ "files": manifest.files.len(), "sizeBytes": manifest.size() });
        self.recorder
            .succeed(StepName::Publish, &output, |mut tx, mut output| async move {
                output["release"] = pipeline::record_release(&mut tx, new).await?.into();
                Ok((tx, output))
            })
            .await
    }
}

fn signed(position: u32) -> i32 {
    i32::try_from(position).unwrap_or(i32::MAX)
}
