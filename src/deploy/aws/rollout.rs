//! Brings a release live: first its server on ECS, where it differs from the one that runs, then its interface. What was live
//! stays until the new server is healthy, and comes back if a visitor does not get the release.

use super::health::{Expected, Front};
use super::{AwsTarget, Site, step_failed, unavailable, web};
use crate::deploy::{Address, EnvironmentRef, Rollout};
use crate::domain::ReleaseId;
use crate::stages::housekeeping::Discarded;
use crate::stages::publish::Manifest;
use crate::stages::{Level, Log, StageError};
use crate::store::{releases, resources, runtimes};
use serde_json::json;
use slipform_aws::ensure::scaling;
use slipform_aws::preflight::ServerSize;
use slipform_aws::server::{self, Followed, Running, Server};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// How long ECS may take to replace the servers. Its circuit breaker gives up earlier.
const DEPLOYMENT: Duration = Duration::from_mins(15);
/// How long the new release may take to reach visitors. CloudFront brings a new distribution to its edges in a few minutes.
const ARRIVAL: Duration = Duration::from_mins(15);
/// How often a visitor asks.
const ASK: Duration = Duration::from_secs(1);
/// How often the log says that it still waits.
const SAY: Duration = Duration::from_secs(20);
/// What a server gets.
const SIZE: ServerSize = ServerSize { cpu: 256, memory: 512 };
/// Requests pass CloudFront and the load balancer.
const PROXIES: &str = "2";
/// The ledger's name of the service.
const SERVICE: &str = "service";

pub(super) async fn run(target: &AwsTarget, env: &EnvironmentRef, rollout: &Rollout, log: &Log) -> Result<Address, StageError> {
    let site = target.site(env).await?.ok_or_else(not_provisioned)?;
    let facts = Facts::read(target, env, rollout.release).await?;
    claim(target, env, &site, rollout).await?;
    let before = server::running(&site.account, &site.foundation, &site.names).await.map_err(|e| step_failed(&e))?;
    let attempt = Attempt { target, env, site: &site, rollout, log, facts: &facts, before: before.as_ref() };
    let outcome = tokio::select! {
        outcome = Box::pin(attempt.bring()) => outcome,
        () = rollout.cancel.cancelled() => Err(StageError::cancelled()),
    };
    match outcome {
        Ok(()) => {
            let address = super::address(env);
            log.info(format!("It is healthy, and {address} shows it."));
            Ok(address)
        }
        Err(error) => {
            if error.code != "overtaken" {
                attempt.go_back().await;
            }
            Err(error)
        }
    }
}

/// What the control plane knows of a release.
struct Facts {
    manifest: Manifest,
    live: Option<ReleaseId>,
    admin_email: Option<String>,
}

impl Facts {
    async fn read(target: &AwsTarget, env: &EnvironmentRef, release: ReleaseId) -> Result<Self, StageError> {
        let worker = &target.settings.worker;
        let mut conn = worker.acquire().await.map_err(|e| unavailable(&e))?;
        let manifest = releases::manifest(&mut conn, env.organization, release).await.map_err(|e| unavailable(&e))?;
        let manifest = manifest.and_then(|value| serde_json::from_value(value).ok());
        let manifest = manifest.ok_or_else(|| StageError::fail("release-unknown", "The release is not known", "Its content was not recorded."))?;
        let live = releases::live(&mut conn, env.organization, env.environment).await.map_err(|e| unavailable(&e))?;
        let admin_email = runtimes::start(worker, env.environment).await.map_err(|e| unavailable(&e))?.and_then(|found| found.admin_email);
        Ok(Self { manifest, live, admin_email })
    }

    fn hash(&self, path: &str) -> String {
        self.manifest.files.iter().find(|file| file.path == path).map(|file| file.sha256.clone()).unwrap_or_default()
    }
}

/// Whoever has an older fence is refused from now on.
async fn claim(target: &AwsTarget, env: &EnvironmentRef, site: &Site, rollout: &Rollout) -> Result<(), StageError> {
    let mut conn = target.settings.worker.acquire().await.map_err(|e| unavailable(&e))?;
    let intended = json!({ "release": rollout.release });
    let claimed = resources::claim(&mut conn, env.owner(), SERVICE, &site.names.service(), &intended, rollout.fence).await.map_err(|e| unavailable(&e))?;
    if claimed { Ok(()) } else { Err(overtaken()) }
}

struct Attempt<'a> {
    target: &'a AwsTarget,
    env: &'a EnvironmentRef,
    site: &'a Site,
    rollout: &'a Rollout,
    log: &'a Log,
    facts: &'a Facts,
    before: Option<&'a Running>,
}

impl Attempt<'_> {
    async fn bring(&self) -> Result<(), StageError> {
        let Site { account, foundation, names, made, .. } = self.site;
        let server = self.server();
        let same = self.before.filter(|before| before.settled && before.desired > 0 && before.fingerprint == server.fingerprint(made));
        let answering = if let Some(before) = same {
            self.log.info("The server has not changed: only the interface is switched.");
            before.release.clone()
        } else {
            self.deploy(&server).await?;
            self.rollout.release.to_string()
        };
        let changed = web::switch(self.site, self.rollout.release).await?;
        self.log.info(format!("Switched the interface: {} files changed.", changed.len()));
        let expected = Expected { server: answering, page: self.facts.hash("web/index.html") };
        self.arrives(&expected).await?;
        scaling::ensure(account, foundation, names, &made.target_group_arn, scaling::USUAL).await.map_err(|e| step_failed(&e))?;
        self.record(&expected.server).await
    }

    fn server(&self) -> Server {
        let mut variables = BTreeMap::from([
            ("APP_URL".to_owned(), super::address(self.env)),
            ("NODE_ENV".to_owned(), "production".to_owned()),
            ("PORT".to_owned(), slipform_aws::ensure::target_group::PORT.to_string()),
            ("RELEASE".to_owned(), self.rollout.release.to_string()),
            ("TRUSTED_PROXIES".to_owned(), PROXIES.to_owned()),
        ]);
        let mut secrets = BTreeMap::from([("DATABASE_URL".to_owned(), "databaseUrl".to_owned())]);
        if let Some(email) = &self.facts.admin_email {
            variables.insert("ADMIN_EMAIL".to_owned(), email.clone());
            secrets.insert("ADMIN_PASSWORD".to_owned(), "adminPassword".to_owned());
        }
        Server {
            image: self.site.foundation.server_image.clone(),
            release: self.rollout.release.to_string(),
            program: format!("{}/releases/{}/server.mjs", self.site.folder, self.rollout.release),
            program_hash: self.facts.hash("server.mjs"),
            size: SIZE,
            variables,
            secrets,
        }
    }

    async fn deploy(&self, server: &Server) -> Result<(), StageError> {
        let Site { account, foundation, names, made, .. } = self.site;
        let since = SystemTime::now();
        let task_definition = server::register(account, foundation, names, made, server).await.map_err(|e| step_failed(&e))?;
        server::start(account, foundation, names, made, &task_definition).await.map_err(|e| step_failed(&e))?;
        self.log.info("The new server starts beside the one that is live.");
        let say = |line: &str| self.log.info(line);
        let followed = server::follow(account, foundation, names, &task_definition, since, DEPLOYMENT, say).await.map_err(|e| step_failed(&e))?;
        match followed {
            Followed::Completed => {
                self.log.info("The new server is healthy.");
                Ok(())
            }
            Followed::Overtaken => Err(overtaken()),
            Followed::Failed(cause) => Err(StageError::fail("start-failed", "The new release does not start", cause)
                .hint("What was live before still is. Mend the cause, which the server's log in CloudWatch tells in full, and build again.")),
        }
    }

    /// Waits until visitors get the release.
    async fn arrives(&self, expected: &Expected) -> Result<(), StageError> {
        let front = Front::new(self.target, self.site, self.env)?;
        let (begin, mut said) = (Instant::now(), Instant::now());
        loop {
            let Err(why) = front.shows(expected).await else { return Ok(()) };
            if begin.elapsed() > ARRIVAL {
                let detail = format!("After {} minutes, a visitor of {} did not get it. {why}.", ARRIVAL.as_secs() / 60, super::address(self.env));
                return Err(StageError::fail("not-reachable", "The new release does not reach visitors", detail)
                    .hint("Ask the operator whether the domain leads to CloudFront; `slipform aws doctor` tells. What was live before still is."));
            }
            if said.elapsed() > SAY {
                self.log.info(format!("Still waiting for it to reach visitors. {why}."));
                said = Instant::now();
            }
            tokio::time::sleep(ASK).await;
        }
    }

    async fn record(&self, server: &str) -> Result<(), StageError> {
        let mut conn = self.target.settings.worker.acquire().await.map_err(|e| unavailable(&e))?;
        let observed = json!({ "release": self.rollout.release, "server": server });
        let names = &self.site.names;
        resources::present(&mut conn, self.env.environment, SERVICE, &names.service(), &observed).await.map_err(|e| unavailable(&e))?;
        resources::intend(&mut conn, self.env.owner(), "scaling", &names.service(), &json!({})).await.map_err(|e| unavailable(&e))?;
        resources::present(&mut conn, self.env.environment, "scaling", &names.service(), &json!({})).await.map_err(|e| unavailable(&e))
    }

    /// What was live becomes so again, unless somebody else has taken over. What cannot be done now, the next rollout corrects.
    async fn go_back(&self) {
        let Site { account, foundation, names, .. } = self.site;
        let result = async {
            claim(self.target, self.env, self.site, self.rollout).await?;
            server::go_back(account, foundation, names, self.before).await.map_err(|e| step_failed(&e))?;
            if let Some(live) = self.facts.live {
                web::switch(self.site, live).await?;
            }
            Ok::<_, StageError>(())
        };
        match result.await {
            Ok(()) if self.facts.live.is_some() => self.log.line(Level::Warn, "What was live before stays."),
            Ok(()) => {}
            Err(error) => self.log.line(Level::Warn, format!("Could not go back to what was live: {} {}", error.title, error.detail)),
        }
    }
}

/// A release whose server still runs keeps its files, however old it is: a release that changes the interface alone starts no server.
pub(super) async fn keep_what_runs(site: &Site, mut what: Discarded) -> Result<Discarded, StageError> {
    if what.releases.is_empty() {
        return Ok(what);
    }
    let running = server::running(&site.account, &site.foundation, &site.names).await.map_err(|e| step_failed(&e))?;
    if let Some(running) = running {
        what.releases.retain(|release| release.to_string() != running.release);
    }
    Ok(what)
}

fn overtaken() -> StageError {
    StageError::fail("overtaken", "A newer build has taken over", "The environment was changed by a newer build, or is being deleted.")
}

fn not_provisioned() -> StageError {
    StageError::fail("not-provisioned", "The environment is not there", "Nothing was made for it in the AWS account, or a part of it was removed.")
        .hint("Build a design version: a build makes what is missing.")
}
