//! Plays ECS, which the emulator only writes down: runs what the task definition of each service says, as a process with an address
//! of its own, and registers it with the load balancer.

use super::emulator::{Emulator, REGION};
use serde_json::{Value, json};
use slipform_aws::Account;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::process::{Child, Command};

/// Plays until it is dropped.
pub struct Ecs {
    stage: tokio::task::JoinHandle<()>,
    started: Arc<Mutex<Vec<String>>>,
}

impl Drop for Ecs {
    fn drop(&mut self) {
        self.stage.abort();
    }
}

struct Running {
    task_definition: String,
    address: String,
    child: Child,
}

impl Ecs {
    /// Begins, in the installation's own account.
    pub fn play(emulator: &Emulator) -> Self {
        Self::play_in(emulator, &emulator.account)
    }

    /// Begins.
    pub fn play_in(emulator: &Emulator, account: &Account) -> Self {
        let started = Arc::new(Mutex::new(Vec::new()));
        let player = Player {
            account: account.clone(),
            files: emulator.files(),
            endpoint: emulator.endpoint.clone(),
            scaling: emulator.scaling_endpoint.clone(),
            started: started.clone(),
            http: reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(1)).build().unwrap(),
        };
        Self { stage: tokio::spawn(player.play()), started }
    }

    /// The programs that were started, in order.
    pub fn started(&self) -> Vec<String> {
        self.started.lock().unwrap().clone()
    }
}

struct Player {
    account: Account,
    files: PathBuf,
    endpoint: String,
    scaling: String,
    started: Arc<Mutex<Vec<String>>>,
    http: reqwest::Client,
}

impl Player {
    async fn play(self) {
        let mut running: BTreeMap<String, Running> = BTreeMap::new();
        loop {
            let services = self.services().await;
            for (name, service) in &services {
                let there = running.get(name).is_some_and(|running| running.task_definition == service.task_definition);
                if !there && let Some(next) = self.start(service).await {
                    self.mirror(&service.cluster, name).await;
                    let old = running.insert(name.clone(), next);
                    self.register(&service.target_group, &running[name].address).await;
                    self.stop(old).await;
                }
            }
            let gone: Vec<String> = running.keys().filter(|name| !services.contains_key(*name)).cloned().collect();
            for name in gone {
                self.stop(running.remove(&name)).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The services that want a server.
    async fn services(&self) -> BTreeMap<String, Service> {
        let mut all = BTreeMap::new();
        let clusters = self.account.ecs.list_clusters().send().await.map(|found| found.cluster_arns.unwrap_or_default()).unwrap_or_default();
        for cluster in clusters {
            let arns = self.account.ecs.list_services().cluster(&cluster).send().await.map(|found| found.service_arns.unwrap_or_default()).unwrap_or_default();
            if arns.is_empty() {
                continue;
            }
            let found = self.account.ecs.describe_services().cluster(&cluster).set_services(Some(arns)).send().await;
            for service in found.ok().and_then(|found| found.services).unwrap_or_default() {
                if service.status() == Some("ACTIVE") && service.desired_count > 0 {
                    let target_group = service.load_balancers().first().and_then(|balancer| balancer.target_group_arn()).unwrap().to_owned();
                    let cluster = cluster.rsplit('/').next().unwrap().to_owned();
                    all.insert(service.service_name.unwrap(), Service { cluster, task_definition: service.task_definition.unwrap(), target_group });
                }
            }
        }
        all
    }

    /// Starts what the task definition says and waits until it is healthy; `None` when it is not, which is tried again.
    async fn start(&self, service: &Service) -> Option<Running> {
        let described = self.account.ecs.describe_task_definition().task_definition(&service.task_definition).send().await.ok()?.task_definition?;
        let container = &described.container_definitions()[0];
        let volume = described.volumes().iter().find_map(|volume| volume.efs_volume_configuration()).unwrap();
        let point = volume.authorization_config().unwrap().access_point_id().unwrap();
        let points = self.account.efs.describe_access_points().access_point_id(point).send().await.ok()?;
        let root = points.access_points()[0].root_directory().unwrap().path().unwrap().trim_start_matches('/').to_owned();
        let mounted = container.mount_points()[0].container_path().unwrap();
        let inside = |text: &String| text.replace(mounted, &self.files.join(&root).display().to_string());
        let [program, arguments @ ..] = container.command() else { panic!("no command") };

        let mut variables: BTreeMap<String, String> =
            container.environment().iter().map(|pair| (pair.name().unwrap().to_owned(), pair.value().unwrap().to_owned())).collect();
        for secret in container.secrets() {
            // `<arn>:<key>::`
            let from = secret.value_from().trim_end_matches(':');
            let (arn, key) = from.rsplit_once(':').unwrap();
            let found = self.account.secrets.get_secret_value().secret_id(arn).send().await.ok()?;
            let value: Value = serde_json::from_str(found.secret_string().unwrap()).unwrap();
            variables.insert(secret.name().to_owned(), value[key].as_str().unwrap().to_owned());
        }
        let part = || 1 + rand::random::<u8>() % 250;
        let address = format!("127.{}.{}.{}", part(), part(), part());
        variables.insert("HOST".into(), address.clone());
        let arguments: Vec<String> = arguments.iter().map(inside).collect();
        let child = Command::new(program)
            .args(&arguments)
            .env_clear()
            .envs(&variables)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let running = Running { task_definition: service.task_definition.clone(), address, child };
        let health = format!("http://{}:{}/api/health", running.address, variables["PORT"]);
        for _ in 0..100 {
            if self.http.get(&health).send().await.is_ok_and(|answer| answer.status() == 200) {
                self.started.lock().unwrap().push(arguments.last().unwrap().clone());
                return Some(running);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        eprintln!("the server of {} does not become healthy", service.task_definition);
        None
    }

    /// The target group leads to this address and no other. The emulator's own idea of a task's address leads nowhere.
    async fn register(&self, group: &str, address: &str) {
        let health = self.account.elb.describe_target_health().target_group_arn(group).send().await;
        let old: BTreeSet<String> =
            health.ok().into_iter().flat_map(|found| found.target_health_descriptions.unwrap_or_default()).filter_map(|found| found.target?.id).collect();
        self.elb("RegisterTargets", group, address).await;
        for target in old.iter().filter(|old| *old != address) {
            self.elb("DeregisterTargets", group, target).await;
        }
    }

    /// By hand: the types of the load balancer's client are its own crate's, which the tests do not name.
    async fn elb(&self, action: &str, group: &str, target: &str) {
        let form =
            [("Action", action), ("Version", "2015-12-01"), ("TargetGroupArn", group), ("Targets.member.1.Id", target), ("Targets.member.1.Port", "8080")];
        let body = reqwest::Url::parse_with_params("http://form", form).unwrap().query().unwrap().to_owned();
        let post = self.http.post(&self.endpoint).header("authorization", self.signed_for("elasticloadbalancing"));
        let answer = post.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{action}");
    }

    async fn mirror(&self, cluster: &str, name: &str) {
        let container = json!({ "name": "server", "image": "node", "memory": 128 });
        for (call, body) in [
            ("CreateCluster", json!({ "clusterName": cluster })),
            ("RegisterTaskDefinition", json!({ "family": name, "containerDefinitions": [container] })),
            ("CreateService", json!({ "cluster": cluster, "serviceName": name, "taskDefinition": name, "desiredCount": 1 })),
        ] {
            let post = self.http.post(&self.scaling).header("x-amz-target", format!("AmazonEC2ContainerServiceV20141113.{call}"));
            let post = post.header("content-type", "application/x-amz-json-1.1").header("authorization", self.signed_for("ecs"));
            let _ = post.body(body.to_string()).send().await;
        }
    }

    /// The emulators see which service and account a call is for, and ask for no more.
    fn signed_for(&self, service: &str) -> String {
        format!("AWS4-HMAC-SHA256 Credential={}/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=0", self.account.id)
    }

    async fn stop(&self, old: Option<Running>) {
        let Some(mut old) = old else { return };
        if let Some(pid) = old.child.id().and_then(|id| i32::try_from(id).ok()) {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGTERM);
        }
        let _ = tokio::time::timeout(Duration::from_secs(15), old.child.wait()).await;
    }
}

struct Service {
    cluster: String,
    task_definition: String,
    target_group: String,
}
