//! A fake of ECS in which a deployment takes the course that a test gives it: the emulators complete every deployment at once.
//!
//! It answers what the SDK sends, before anything leaves the process. States, reasons and events are worded as ECS words them. Every
//! look at the service is a step of time.

use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;

/// As many tasks may fail before the circuit breaker gives a small service's deployment up.
const THRESHOLD: usize = 3;
const PREFIX: &str = "arn:aws:ecs:eu-central-1:111122223333";

/// The course of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Its task is healthy, and the deployment complete, after so many steps.
    Completes(usize),
    /// Each task ends by itself.
    Exits(i32),
    /// Each task needs more memory than it has.
    OutOfMemory,
    /// The image is not there.
    NoImage,
    /// The file system cannot be mounted.
    NoFiles,
    /// Each task runs, and answers the load balancer with 502.
    Unhealthy,
    /// No task is ever placed, and no deployment ever ends.
    Unplaced,
}

/// What is done to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It has its effect, and its answer does not arrive.
    Lost,
    /// It has no effect: too many requests.
    Throttled,
}

/// The fake; clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Scripted(Arc<Mutex<Ecs>>);

#[derive(Debug, Default)]
struct Ecs {
    courses: VecDeque<Course>,
    faults: VecDeque<(&'static str, Fault)>,
    calls: Vec<String>,
    ids: usize,
    definitions: Vec<(String, Value)>,
    service: Option<Service>,
    /// What looks at the service saw before it was last created or updated, and how many still see that.
    before: Value,
    late: usize,
}

#[derive(Debug, Default)]
struct Service {
    name: String,
    desired: i64,
    /// The newest first, of which the first is the primary one.
    deployments: Vec<Deployment>,
    /// The newest first.
    events: Vec<Value>,
    stopped: Vec<Value>,
    /// The last deployment that was completed, and its definition: ECS keeps it in mind when it is no longer listed.
    completed: Option<(String, String)>,
}

#[derive(Debug)]
struct Deployment {
    id: String,
    definition: String,
    course: Course,
    at: f64,
    age: usize,
    failed: usize,
    running: usize,
    state: &'static str,
    reason: String,
}

fn now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64()
}

impl Scripted {
    /// The courses of the next deployments; those after them are complete at once.
    pub fn then(&self, courses: &[Course]) {
        self.lock().courses.extend(courses);
    }

    /// The next calls of an operation fail so.
    pub fn fail(&self, operation: &'static str, fault: Fault, times: usize) {
        self.lock().faults.extend(std::iter::repeat_n((operation, fault), times));
    }

    /// The calls since the last time, such as `UpdateService`, without those that only look.
    pub fn changes(&self) -> Vec<String> {
        let calls = std::mem::take(&mut self.lock().calls);
        calls.into_iter().filter(|call| !call.starts_with("Describe") && !call.starts_with("List")).collect()
    }

    /// How many revisions there are.
    pub fn revisions(&self) -> usize {
        self.lock().definitions.len()
    }

    /// How many servers are wanted, and of what; `None` without a service.
    pub fn wanted(&self) -> Option<(i64, String)> {
        self.lock().service.as_ref().map(|service| (service.desired, service.deployments[0].definition.clone()))
    }

    /// So many looks at the service do not yet see its last creation or update.
    pub fn late(&self, looks: usize) {
        self.lock().late = looks;
    }

    /// Everything so far was an hour ago.
    pub fn an_hour_passes(&self) {
        let mut ecs = self.lock();
        let Some(service) = &mut ecs.service else { return };
        for event in &mut service.events {
            event["createdAt"] = json!(event["createdAt"].as_f64().unwrap() - 3_600.0);
        }
        for deployment in &mut service.deployments {
            deployment.at -= 3_600.0;
        }
    }

    /// Somebody deletes the service.
    pub fn delete(&self) {
        self.lock().service = None;
    }

    /// Somebody deploys another definition.
    pub fn deploy(&self, definition: &str) {
        self.lock().deploy(definition);
    }

    fn lock(&self) -> MutexGuard<'_, Ecs> {
        self.0.lock().unwrap()
    }

    fn answer(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let Some(operation) = target.strip_prefix("AmazonEC2ContainerServiceV20141113.") else { return Ok(refusal("NotScripted", target)) };
        let asked: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap();
        let mut ecs = self.lock();
        ecs.calls.push(operation.to_owned());
        let fault = ecs.faults.iter().position(|(planned, _)| *planned == operation).and_then(|at| ecs.faults.remove(at)).map(|(_, fault)| fault);
        if fault == Some(Fault::Throttled) {
            return Ok(refusal("ThrottlingException", "Rate exceeded"));
        }
        let answer = ecs.call(operation, &asked);
        match fault {
            Some(_) => Err(ConnectorError::io("the answer was lost".into())),
            None => Ok(answer.map_or_else(|(code, message)| refusal(code, message), |answer| response(200, &answer))),
        }
    }
}

fn refusal(code: &str, message: &str) -> HttpResponse {
    response(400, &json!({ "__type": code, "message": message }))
}

fn response(status: u16, body: &Value) -> HttpResponse {
    HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.to_string()))
}

impl HttpClient for Scripted {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Scripted {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(self.answer(&request))
    }
}

impl From<Scripted> for SharedHttpClient {
    fn from(scripted: Scripted) -> Self {
        Self::new(scripted)
    }
}

type Refused = (&'static str, &'static str);
const NO_SERVICE: Refused = ("ServiceNotFoundException", "Service not found.");
const NOT_IDEMPOTENT: Refused = ("InvalidParameterException", "Creation of service was not idempotent.");
const NO_DEFINITION: Refused = ("ClientException", "Unable to describe task definition.");

impl Ecs {
    fn call(&mut self, operation: &str, asked: &Value) -> Result<Value, Refused> {
        let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
        if ["CreateService", "UpdateService"].contains(&operation) {
            self.before = self.described();
        }
        match operation {
            "DescribeServices" if self.late > 0 => {
                self.late -= 1;
                Ok(self.before.clone())
            }
            "DescribeServices" => {
                self.step();
                Ok(self.described())
            }
            "CreateService" if self.service.is_some() => Err(NOT_IDEMPOTENT),
            "CreateService" => {
                self.service = Some(Service { name: text("serviceName"), desired: asked["desiredCount"].as_i64().unwrap(), ..Service::default() });
                self.deploy(&text("taskDefinition"));
                Ok(json!({}))
            }
            "UpdateService" => {
                let service = self.service.as_mut().ok_or(NO_SERVICE)?;
                service.desired = asked["desiredCount"].as_i64().unwrap_or(service.desired);
                let current = service.deployments[0].definition.clone();
                let definition = asked["taskDefinition"].as_str().unwrap_or(&current).to_owned();
                // How many there are begins no deployment, and neither does the same definition unless it is forced.
                if definition != current || asked["forceNewDeployment"] == true {
                    self.deploy(&definition);
                }
                Ok(json!({}))
            }
            "DeleteService" => self.service.take().map(|_| json!({})).ok_or(NO_SERVICE),
            "RegisterTaskDefinition" => {
                let arn = format!("{PREFIX}:task-definition/{}:{}", text("family"), self.definitions.len() + 1);
                self.definitions.push((arn.clone(), asked["tags"].clone()));
                Ok(json!({ "taskDefinition": { "taskDefinitionArn": arn } }))
            }
            "DescribeTaskDefinition" => {
                let found = self.definitions.iter().find(|(arn, _)| *arn == text("taskDefinition")).ok_or(NO_DEFINITION)?;
                Ok(json!({ "taskDefinition": { "taskDefinitionArn": found.0 }, "tags": found.1 }))
            }
            "ListTaskDefinitions" => {
                let mut arns: Vec<&String> = self.definitions.iter().map(|(arn, _)| arn).collect();
                if asked["sort"] == "DESC" {
                    arns.reverse();
                }
                arns.truncate(asked["maxResults"].as_u64().unwrap_or(100).try_into().unwrap());
                Ok(json!({ "taskDefinitionArns": if asked["status"] == "INACTIVE" { Vec::new() } else { arns } }))
            }
            "DeregisterTaskDefinition" => {
                self.definitions.retain(|(arn, _)| *arn != text("taskDefinition"));
                Ok(json!({}))
            }
            "DeleteTaskDefinitions" => Ok(json!({ "taskDefinitions": [], "failures": [] })),
            "ListTasks" => {
                let stopped = self.service.iter().flat_map(|service| &service.stopped).filter(|_| asked["desiredStatus"] == "STOPPED");
                Ok(json!({ "taskArns": stopped.map(|task| task["taskArn"].clone()).collect::<Vec<_>>() }))
            }
            "DescribeTasks" => {
                let stopped = self.service.iter().flat_map(|service| &service.stopped);
                let wanted = stopped.filter(|task| asked["tasks"].as_array().unwrap().contains(&task["taskArn"]));
                Ok(json!({ "tasks": wanted.collect::<Vec<_>>() }))
            }
            _ => Err(("NotScripted", "The fake does not know this operation.")),
        }
    }

    fn described(&self) -> Value {
        let missing = || json!({ "services": [], "failures": [{ "reason": "MISSING" }] });
        self.service.as_ref().map_or_else(missing, |service| json!({ "services": [service.shown()] }))
    }

    fn id(&mut self) -> usize {
        self.ids += 1;
        self.ids
    }

    /// Begins a deployment; the others are active beside it until it is complete.
    fn deploy(&mut self, definition: &str) {
        let course = self.courses.pop_front().unwrap_or(Course::Completes(1));
        let id = format!("ecs-svc/{}", self.id());
        let reason = format!("ECS deployment {id} in progress.");
        let new = Deployment { id, definition: definition.to_owned(), course, at: now(), age: 0, failed: 0, running: 0, state: "IN_PROGRESS", reason };
        self.service.as_mut().unwrap().deployments.insert(0, new);
    }

    /// Time passes for the primary deployment.
    fn step(&mut self) {
        let Some(mut service) = self.service.take() else { return };
        service.deployments[0].age += 1;
        let primary = &service.deployments[0];
        if primary.state == "IN_PROGRESS" && service.desired > 0 {
            match primary.course {
                Course::Completes(after) if primary.age >= after => self.complete(&mut service),
                Course::Completes(_) if primary.age == 1 => {
                    let task = self.id();
                    self.event(&mut service, &format!("has started 1 tasks: (task {task})."));
                }
                Course::Completes(_) if primary.age == 2 => {
                    service.deployments[0].running = 1;
                    self.event(&mut service, "registered 1 targets in (target-group arn)");
                }
                Course::Unplaced if primary.age == 1 => {
                    self.event(
                        &mut service,
                        "was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.",
                    );
                }
                Course::Completes(_) | Course::Unplaced => {}
                course => self.lose_a_task(&mut service, course),
            }
        }
        self.service = Some(service);
    }

    fn event(&mut self, service: &mut Service, message: &str) {
        let message = format!("(service {}) {message}", service.name);
        service.events.insert(0, json!({ "id": format!("event-{}", self.id()), "createdAt": now(), "message": message }));
    }

    fn stop(&mut self, service: &mut Service, at: usize, stopped_reason: &str, container: &Value) -> usize {
        let (id, deployment) = (self.id(), &service.deployments[at]);
        service.stopped.push(json!({
            "taskArn": format!("{PREFIX}:task/cluster/{id}"),
            "taskDefinitionArn": deployment.definition,
            "startedBy": deployment.id,
            "lastStatus": "STOPPED",
            "stoppedReason": stopped_reason,
            "containers": [container],
        }));
        id
    }

    fn complete(&mut self, service: &mut Service) {
        let primary = &mut service.deployments[0];
        (primary.state, primary.running) = ("COMPLETED", 1);
        let id = primary.id.clone();
        primary.reason = format!("ECS deployment {id} completed.");
        service.completed = Some((id.clone(), primary.definition.clone()));
        for at in 1..service.deployments.len() {
            self.stop(service, at, &format!("Scaling activity initiated by (deployment {id})"), &json!({ "name": "server", "exitCode": 0 }));
        }
        // Those that are replaced are no longer listed.
        service.deployments.truncate(1);
        self.event(service, &format!("(deployment {id}) deployment completed."));
        self.event(service, "has reached a steady state.");
    }

    fn lose_a_task(&mut self, service: &mut Service, course: Course) {
        let container = |exit: Option<i32>, reason: Option<&str>| json!({ "name": "server", "exitCode": exit, "reason": reason });
        let essential = "Essential container in task exited";
        let (reason, container) = match course {
            Course::Exits(code) => (essential, container(Some(code), None)),
            Course::OutOfMemory => (essential, container(Some(137), Some("OutOfMemoryError: Container killed due to memory usage"))),
            Course::NoImage => {
                ("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: not found", container(None, None))
            }
            Course::NoFiles => (
                "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve \"fs-1.efs.eu-central-1.amazonaws.com\"",
                container(None, None),
            ),
            _ => ("Task failed ELB health checks in (target-group arn)", container(Some(143), None)),
        };
        let task = self.stop(service, 0, reason, &container);
        self.event(service, &format!("has started 1 tasks: (task {task})."));
        match course {
            Course::Unhealthy => {
                self.event(service, "(port 8080) is unhealthy in (target-group arn) due to (reason Health checks failed with these codes: [502]).");
            }
            Course::NoImage | Course::NoFiles => self.event(service, &format!("was unable to place a task. Reason: {reason}.")),
            _ => {}
        }
        service.deployments[0].failed += 1;
        if service.deployments[0].failed < THRESHOLD {
            return;
        }
        let failed = &mut service.deployments[0];
        (failed.state, failed.reason) = ("FAILED", "ECS deployment circuit breaker: tasks failed to start.".to_owned());
        let failure = format!("(deployment {}) deployment failed: tasks failed to start.", failed.id);
        self.event(service, &failure);
        // Without anything to go back to, the deployment that failed stays the primary one.
        let Some((before, definition)) = service.completed.clone() else { return };
        let (id, reason) = (format!("ecs-svc/{}", self.id()), format!("ECS deployment circuit breaker: rolling back to deploymentId {before}"));
        let course = Course::Completes(2);
        let back = Deployment { id, definition, course, at: now(), age: 0, failed: 0, running: 0, state: "IN_PROGRESS", reason };
        service.deployments.insert(0, back);
        self.event(service, &format!("rolling back to deployment {before}."));
    }
}

impl Service {
    fn shown(&self) -> Value {
        let deployments = self.deployments.iter().enumerate().map(|(at, deployment)| {
            json!({
                "id": deployment.id,
                "status": if at == 0 { "PRIMARY" } else { "ACTIVE" },
                "taskDefinition": deployment.definition,
                "desiredCount": self.desired,
                "pendingCount": usize::from(deployment.state == "IN_PROGRESS" && deployment.running == 0),
                "runningCount": deployment.running,
                "failedTasks": deployment.failed,
                "createdAt": deployment.at,
                "rolloutState": deployment.state,
                "rolloutStateReason": deployment.reason,
            })
        });
        json!({
            "serviceName": self.name,
            "status": "ACTIVE",
            "desiredCount": self.desired,
            "taskDefinition": self.deployments[0].definition,
            "deployments": deployments.collect::<Vec<_>>(),
            "events": self.events,
        })
    }
}
