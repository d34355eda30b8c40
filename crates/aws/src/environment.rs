//! One environment as a whole: what it consists of, made in parallel as far as one thing does not need another, and removed
//! again until a listing of every service shows that nothing is left.

mod domains;

pub use domains::{Domains, Front};

use crate::account::{Account, Foundation};
use crate::drift::Difference;
use crate::ensure::access_point::{self, AccessPoint};
use crate::ensure::distribution::{self, Distribution};
use crate::ensure::function::{self, ALIAS};
use crate::ensure::{alarm, bucket, log_group, record, role, scaling, secret, target_group};
use crate::error::{Error, Kind, Result};
use crate::ledger::{Entry, Ledger};
use crate::names::{Names, STAGES};
use crate::policies;
use crate::preflight::{self, FunctionSize};
use crate::server;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Where functions find the app's file system.
pub const MOUNT: &str = "/mnt/app";

/// What is wanted of an environment beside its names.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The value of its secret, as JSON: `databaseUrl` and more.
    pub secret: String,
    /// What the load balancer knows its distribution by. Random, kept sealed by the control plane.
    pub origin_secret: String,
    /// Its own host, `<app>.<domain>`. Custom domains that are attached stay so.
    pub host: String,
    /// More variables of the functions; an emulator, which mounts nothing, needs other places.
    pub variables: BTreeMap<String, String>,
}

/// What an environment consists of, as far as later steps need it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Made {
    pub access_point: AccessPoint,
    pub secret_arn: String,
    pub task_role_arn: String,
    pub execution_role_arn: String,
    pub target_group_arn: String,
    pub bucket: String,
    pub distribution: Distribution,
    /// By stage: what is invoked.
    pub functions: BTreeMap<String, String>,
}

/// An environment in its account.
#[derive(Debug)]
pub struct Environment<'a, L> {
    account: &'a Account,
    foundation: &'a Foundation,
    names: Names,
    ledger: &'a L,
    /// What differs, while only looking.
    differences: Option<Mutex<Vec<Difference>>>,
}

/// The size of each stage's function; measured on an app of 100 entities. CPU comes with memory.
fn size(stage: &str) -> FunctionSize {
    match stage {
        "bundle" => FunctionSize { memory: 2048, timeout: 300 },
        "database" => FunctionSize { memory: 512, timeout: 900 },
        _ => FunctionSize { memory: 1024, timeout: 120 },
    }
}

/// What AWS would refuse is refused before the first call.
fn check(wanted: &Wanted) -> Result<()> {
    preflight::mount_path(MOUNT)?;
    for stage in STAGES {
        preflight::function_size(size(stage), 10_240)?;
    }
    preflight::variables(wanted.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// How many runs of one stage an app may have at once: its build, and one that is being given up.
const CONCURRENCY: i32 = 2;

/// How many runs the functions of one app reserve together.
pub(crate) fn reserved() -> i32 {
    CONCURRENCY * i32::try_from(STAGES.len()).unwrap_or(i32::MAX)
}

impl<'a, L: Ledger> Environment<'a, L> {
    /// Nothing is done yet.
    pub fn new(account: &'a Account, foundation: &'a Foundation, names: Names, ledger: &'a L) -> Self {
        Self { account, foundation, names, ledger, differences: None }
    }

    /// Makes sure that everything is there and as wanted. May be repeated after it was broken off anywhere.
    pub async fn ensure(&self, wanted: &Wanted) -> Result<Made> {
        check(wanted)?;
        let (account, foundation, names) = (self.account, self.foundation, &self.names);
        let (functions_side, server_side, web_side) =
            tokio::try_join!(Box::pin(self.functions_side(wanted)), Box::pin(self.server_side(wanted)), Box::pin(self.kept_web_side(wanted)))?;
        let (access_point, functions) = functions_side;
        let (secret_arn, execution_role_arn, target_group_arn) = server_side;
        let (bucket, distribution) = web_side;
        let tags = names.tags();
        let task_role_arn = self
            .keep("role", names.task_role(), async {
                let trust = policies::trust("ecs-tasks.amazonaws.com");
                let policy = policies::task(foundation, &access_point.arn);
                role::ensure(account, &role::Wanted { name: names.task_role(), trust, policy, boundary_arn: &foundation.boundary_arn, tags: &tags }).await
            })
            .await?;
        Ok(Made { access_point, secret_arn, task_role_arn, execution_role_arn, target_group_arn, bucket, distribution, functions })
    }

    /// Says what is meant, makes it, says what is there. While only looking, what would be made is noted, and what was seen of the
    /// thing before stands for it.
    async fn keep<T: Serialize + DeserializeOwned>(&self, kind: &str, name: impl Into<String>, work: impl Future<Output = Result<T>>) -> Result<T> {
        let name = name.into();
        let known = self.known(kind, &name).await?;
        // The SDK's futures are large: joined on the stack of one task they would not fit.
        match Box::pin(work).await {
            Err(error) if error.kind == Kind::Differs => {
                self.note(kind, &name, &error);
                known.and_then(|seen| serde_json::from_value(seen).ok()).ok_or(error)
            }
            Err(error) => Err(error),
            Ok(made) => {
                if self.differences.is_none() {
                    self.ledger.present(kind, &name, serde_json::to_value(&made).unwrap_or_default()).await?;
                }
                Ok(made)
            }
        }
    }

    /// A part of something that [`Self::keep`] has made.
    async fn part(&self, kind: &str, name: &str, work: impl Future<Output = Result<()>>) -> Result<()> {
        match Box::pin(work).await {
            Err(error) if error.kind == Kind::Differs => {
                self.note(kind, name, &error);
                Ok(())
            }
            done => done,
        }
    }

    /// What was seen of a thing before; while making it, says that it is meant.
    async fn known(&self, kind: &str, name: &str) -> Result<Option<Value>> {
        if self.differences.is_none() {
            return self.ledger.intend(kind, name, json!({})).await;
        }
        let entries = self.ledger.entries().await?;
        Ok(entries.into_iter().find(|entry| entry.kind == kind && entry.name == name).and_then(|entry| entry.observed))
    }

    fn note(&self, kind: &str, name: &str, error: &Error) {
        if let Some(differences) = &self.differences {
            differences.lock().unwrap_or_else(PoisonError::into_inner).push(Difference::by_call(kind, name, error.call));
        }
    }

    /// What is not as it was made, found with an account that only looks (see [`crate::drift::look_only`]).
    pub async fn differences(account: &'a Account, foundation: &'a Foundation, names: Names, ledger: &'a L, wanted: &Wanted) -> Result<Vec<Difference>> {
        let looking = Self { differences: Some(Mutex::default()), ..Self::new(account, foundation, names, ledger) };
        Box::pin(looking.ensure(wanted)).await?;
        let found = looking.differences.map(|found| found.into_inner().unwrap_or_else(PoisonError::into_inner));
        Ok(found.unwrap_or_default())
    }

    /// Log, access point, role, then the five functions at once.
    async fn functions_side(&self, wanted: &Wanted) -> Result<(AccessPoint, BTreeMap<String, String>)> {
        let (account, foundation, names) = (self.account, self.foundation, &self.names);
        let tags = names.shared_tags();
        let log = self.keep("logGroup", self.names.function_logs(), async {
            log_group::ensure(account, &names.function_logs(), foundation.log_retention_days, &tags).await
        });
        let files = self.keep("accessPoint", names.folder(), access_point::ensure(account, foundation, names));
        let unreserved = Box::pin(function::unreserved(account));
        let ((), access_point, unreserved) = tokio::try_join!(log, files, unreserved)?;
        let role_arn = self
            .keep("role", names.function_role(), async {
                let trust = policies::trust("lambda.amazonaws.com");
                let policy = policies::functions(account, foundation, names, &access_point.arn);
                role::ensure(account, &role::Wanted { name: names.function_role(), trust, policy, boundary_arn: &foundation.boundary_arn, tags: &tags }).await
            })
            .await?;
        // All five, or none: a set of which some are kept waiting by others has no use.
        let concurrency = preflight::reserved_concurrency(reserved(), unreserved).map(|_| CONCURRENCY);
        let function = |stage: &'static str| {
            let (role_arn, access_point, tags) = (&role_arn, &access_point, &tags);
            async move {
                let wanted = self.function(stage, role_arn, access_point, concurrency, tags, wanted);
                let alias = self.keep("function", &wanted.name, function::ensure(account, &wanted)).await?;
                Ok::<_, crate::Error>((stage.to_owned(), alias))
            }
        };
        let [one, two, three, four, five] = STAGES;
        let made = tokio::try_join!(function(one), function(two), function(three), function(four), function(five))?;
        Ok((access_point, BTreeMap::from([made.0, made.1, made.2, made.3, made.4])))
    }

    fn function(
        &self,
        stage: &str,
        role_arn: &str,
        access_point: &AccessPoint,
        concurrency: Option<i32>,
        tags: &[(&'static str, String)],
        wanted: &Wanted,
    ) -> function::Wanted {
        let (foundation, names) = (self.foundation, &self.names);
        let mut variables = wanted.variables.clone();
        variables.insert("SLIPFORM_STAGE".into(), stage.to_owned());
        variables.insert("SLIPFORM_ARTIFACTS".into(), foundation.artifact_bucket.clone());
        // The environment is the call's: previews share their functions.
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        function::Wanted {
            name: names.function(stage),
            description: format!("Slipform: the stage {stage} of {}", names.scope().app_slug),
            role_arn: role_arn.to_owned(),
            code: (foundation.artifact_bucket.clone(), foundation.stage_code_key.clone()),
            memory: size(stage).memory,
            timeout: size(stage).timeout,
            variables,
            subnets: foundation.private_subnets.clone(),
            security_group: foundation.function_security_group.clone(),
            file_system: (access_point.arn.clone(), MOUNT.to_owned()),
            layers: if stage == "bundle" { vec![foundation.toolkit_layer_arn.clone()] } else { Vec::new() },
            log_group: names.function_logs(),
            concurrency,
            tags,
        }
    }

    /// Secret, then the role that reads it; beside them the way from the load balancer to the server.
    async fn server_side(&self, wanted: &Wanted) -> Result<(String, String, String)> {
        let (account, foundation, names) = (self.account, self.foundation, &self.names);
        let tags = names.tags();
        let secret = async {
            let arn = self.keep("secret", names.secret(), secret::ensure(account, &names.secret(), &wanted.secret, &tags)).await?;
            let role_arn = self
                .keep("role", names.execution_role(), async {
                    let trust = policies::trust("ecs-tasks.amazonaws.com");
                    let policy = policies::execution(account, names, &arn);
                    let name = names.execution_role();
                    role::ensure(account, &role::Wanted { name, trust, policy, boundary_arn: &foundation.boundary_arn, tags: &tags }).await
                })
                .await?;
            Ok((arn, role_arn))
        };
        let log = self
            .keep("logGroup", self.names.server_logs(), async { log_group::ensure(account, &names.server_logs(), foundation.log_retention_days, &tags).await });
        let way = async {
            let group = self.keep("targetGroup", names.target_group(), target_group::ensure(account, foundation, names)).await?;
            let rule = self.keep("listenerRule", names.target_group(), async {
                target_group::ensure_rule(account, &foundation.listener_arn, &wanted.origin_secret, &group, &tags).await
            });
            let alarms = self.keep("alarms", names.alarm(""), async {
                let balancer = foundation.listener_arn.split_once(":listener/").map_or("", |(_, rest)| rest.rsplit_once('/').map_or(rest, |(name, _)| name));
                alarm::ensure(account, names, balancer, group.rsplit(':').next().unwrap_or_default()).await
            });
            let attributes = self.part("targetGroup", &group, target_group::ensure_attributes(account, &group));
            tokio::try_join!(rule, alarms, attributes)?;
            Ok(group)
        };
        let ((secret_arn, role_arn), (), group) = tokio::try_join!(secret, log, way)?;
        Ok((secret_arn, role_arn, group))
    }

    /// With the custom domains that are attached.
    async fn kept_web_side(&self, wanted: &Wanted) -> Result<(String, Distribution)> {
        let attached = self.attached().await?;
        let aliases: Vec<String> = std::iter::once(&wanted.host).chain(attached.iter().flat_map(|attached| &attached.names)).cloned().collect();
        let certificate_arn = attached.as_ref().map_or(&self.foundation.certificate_arn, |attached| &attached.certificate_arn);
        self.web_side(&wanted.origin_secret, &aliases, certificate_arn).await
    }

    /// Bucket and distribution at once; then what binds them, and the name. The certificate is for all aliases, in us-east-1.
    async fn web_side(&self, origin_secret: &str, aliases: &[String], certificate_arn: &str) -> Result<(String, Distribution)> {
        let (account, foundation, names) = (self.account, self.foundation, &self.names);
        let tags = names.tags();
        let name = names.bucket(&account.id);
        let bucket = self.keep("bucket", &name, bucket::ensure(account, &name, &tags));
        let distribution = async {
            let known = self.known("distribution", &names.distribution()).await?;
            let known = known.as_ref().and_then(|known| known["id"].as_str());
            let distribution = distribution::Wanted {
                name: names.distribution(),
                bucket: name.clone(),
                aliases: aliases.to_vec(),
                certificate_arn: certificate_arn.to_owned(),
                origin_secret: origin_secret.to_owned(),
                foundation,
                tags: &tags,
            };
            self.keep("distribution", names.distribution(), distribution::ensure(account, &distribution, known)).await
        };
        let ((), distribution) = tokio::try_join!(bucket, distribution)?;
        let records = async {
            for alias in aliases.iter().filter(|alias| self.is_ours(alias)) {
                self.keep("record", alias, record::ensure(account, &foundation.hosted_zone, alias, &distribution.domain)).await?;
            }
            Ok(())
        };
        tokio::try_join!(self.part("bucket", &name, bucket::allow(account, &name, &distribution.arn)), records)?;
        Ok((name, distribution))
    }

    /// Custom domains stand in their owners' own zones.
    fn is_ours(&self, alias: &str) -> bool {
        alias.strip_suffix(&self.foundation.apps_domain).is_some_and(|label| label.ends_with('.'))
    }

    /// Removes what belongs to this environment alone, in the order in which AWS lets it go; with `last` also what the
    /// environments of the set share (its functions), and with `app` the app's access point. The files of the app are removed before.
    pub async fn remove(&self, front: &Front, last: bool, app: bool) -> Result<()> {
        let (account, foundation, names) = (self.account, self.foundation, &self.names);
        let known = self.ledger.entries().await?.into_iter().find(|entry| entry.kind == "distribution");
        let known = known.and_then(|entry| entry.observed?["id"].as_str().map(str::to_owned));

        // Visitors first: no name leads here any more, and the edges are told, which takes longest.
        let records = async {
            record::remove(account, &foundation.hosted_zone, &front.host).await?;
            self.ledger.gone("record", &front.host).await?;
            self.remove_validation().await
        };
        let distribution = names.distribution();
        let (disabled, (), ()) = tokio::try_join!(
            Box::pin(distribution::disable(account, &distribution, known.as_deref())),
            Box::pin(records),
            Box::pin(async {
                alarm::remove(account, names).await?;
                self.ledger.gone("alarms", &names.alarm("")).await
            })
        )?;

        let web = async {
            if let Some(id) = disabled {
                distribution::delete(account, &id).await?;
            }
            self.ledger.gone("distribution", &names.distribution()).await?;
            self.remove_domains(&front.host).await?;
            let bucket = names.bucket(&account.id);
            bucket::remove(account, &bucket).await?;
            self.ledger.gone("bucket", &bucket).await
        };
        let server = async {
            target_group::remove_rules(account, &foundation.listener_arn, &names.target_group(), &front.origin_secret).await?;
            self.ledger.gone("listenerRule", &names.target_group()).await?;
            scaling::remove(account, foundation, names).await?;
            self.ledger.gone("scaling", &names.service()).await?;
            server::remove(account, foundation, names).await?;
            self.ledger.gone("service", &names.service()).await?;
            target_group::remove(account, &names.target_group()).await?;
            self.ledger.gone("targetGroup", &names.target_group()).await?;
            for name in [names.task_role(), names.execution_role()] {
                role::remove(account, &name).await?;
                self.ledger.gone("role", &name).await?;
            }
            secret::remove(account, &names.secret()).await?;
            self.ledger.gone("secret", &names.secret()).await?;
            log_group::remove(account, &names.server_logs()).await?;
            self.ledger.gone("logGroup", &names.server_logs()).await
        };
        let functions = async {
            // What others share with this environment stays, and is theirs from now on.
            for stage in STAGES {
                if last {
                    function::remove(account, &names.function(stage)).await?;
                }
                self.ledger.gone("function", &names.function(stage)).await?;
            }
            if last {
                role::remove(account, &names.function_role()).await?;
                log_group::remove(account, &names.function_logs()).await?;
            }
            if last && app {
                access_point::remove(account, &foundation.file_system, &names.folder()).await?;
            }
            self.ledger.gone("role", &names.function_role()).await?;
            self.ledger.gone("logGroup", &names.function_logs()).await?;
            self.ledger.gone("accessPoint", &names.folder()).await?;
            Ok(())
        };
        tokio::try_join!(Box::pin(web), Box::pin(server), Box::pin(functions))?;
        Ok(())
    }

    /// What is left, found by listing service by service: AWS's own index of tags is late, and knows half of the services.
    pub async fn left(&self, front: &Front, last: bool, app: bool) -> Result<Vec<String>> {
        let (account, foundation, names) = (self.account, self.foundation, &self.names);
        let bucket = names.bucket(&account.id);
        let mut roles = vec![names.task_role(), names.execution_role()];
        let mut functions = Vec::new();
        if last {
            roles.push(names.function_role());
            functions.extend(STAGES.map(|stage| names.function(stage)));
        }
        let (distribution, group, secret, server_logs) = (names.distribution(), names.target_group(), names.secret(), names.server_logs());
        let (distribution_left, bucket_left, way, roles, secret_left, log_left, alarms, functions, service, scaling) = tokio::try_join!(
            Box::pin(distribution::left(account, &distribution)),
            Box::pin(bucket::left(account, &bucket)),
            Box::pin(target_group::left(account, &foundation.listener_arn, &group, &front.origin_secret)),
            Box::pin(role::left(account, &roles)),
            Box::pin(secret::left(account, &secret)),
            Box::pin(log_group::left(account, &server_logs)),
            Box::pin(alarm::left(account, names)),
            Box::pin(function::left(account, &functions)),
            Box::pin(server::left(account, foundation, names)),
            Box::pin(scaling::left(account, foundation, names)),
        )?;
        let mut left: Vec<String> = roles.into_iter().map(|name| format!("role {name}")).collect();
        left.extend(functions.into_iter().map(|name| format!("function {name}")));
        let one = |there: bool, what: String| there.then_some(what);
        left.extend(one(distribution_left, format!("distribution {distribution}")));
        left.extend(one(bucket_left, format!("bucket {bucket}")));
        left.extend(one(way, format!("target group or rule {group}")));
        left.extend(one(service, format!("service or task definition {}", names.service())));
        left.extend(one(scaling, format!("scaling of {}", names.service())));
        left.extend(one(secret_left, format!("secret {secret}")));
        left.extend(one(log_left, format!("log group {server_logs}")));
        left.extend(one(alarms, format!("alarms {}", names.alarm(""))));
        left.extend(one(record::left(account, &foundation.hosted_zone, &front.host).await?, format!("record {}", front.host)));
        left.extend(self.domains_left(&front.host).await?);
        if last {
            left.extend(one(log_group::left(account, &names.function_logs()).await?, format!("log group {}", names.function_logs())));
        }
        if last && app {
            left.extend(one(access_point::left(account, &foundation.file_system, &names.folder()).await?, format!("access point {}", names.folder())));
        }
        Ok(left)
    }

    /// The alias that callers of a stage name.
    pub fn alias(&self, stage: &str) -> (String, &'static str) {
        (self.names.function(stage), ALIAS)
    }
}

impl Made {
    /// What an earlier provisioning made, as its ledger has it; `None` unless all of it is there.
    pub fn read(names: &Names, account: &str, entries: &[Entry]) -> Option<Self> {
        let seen = |kind: &str, name: &str| entries.iter().find(|entry| entry.kind == kind && entry.name == name)?.observed.as_ref();
        let text = |kind: &str, name: &str| seen(kind, name)?.as_str().map(str::to_owned);
        let part = |value: &Value, key: &str| value[key].as_str().map(str::to_owned);
        let (point, distribution) = (seen("accessPoint", &names.folder())?, seen("distribution", &names.distribution())?);
        let bucket = names.bucket(account);
        seen("bucket", &bucket)?;
        let functions = STAGES.iter().map(|stage| Some(((*stage).to_owned(), text("function", &names.function(stage))?))).collect::<Option<_>>()?;
        Some(Self {
            access_point: AccessPoint { id: part(point, "id")?, arn: part(point, "arn")? },
            secret_arn: text("secret", &names.secret())?,
            task_role_arn: text("role", &names.task_role())?,
            execution_role_arn: text("role", &names.execution_role())?,
            target_group_arn: text("targetGroup", &names.target_group())?,
            bucket,
            distribution: Distribution { id: part(distribution, "id")?, arn: part(distribution, "arn")?, domain: part(distribution, "domain")? },
            functions,
        })
    }
}
