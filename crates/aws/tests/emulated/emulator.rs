//! Starts the emulator, applies the foundation to it, and sees every call.

pub use crate::processes::{ACCOUNT, REGION};
use aws_sdk_cloudformation::types::{Capability, Parameter};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, SharedInterceptor};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, Metadata};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::processes::Processes;
use slipform_aws::account::{fixed_credentials, http_client};
use slipform_aws::names::Scope;
use slipform_aws::preflight::ServerSize;
use slipform_aws::server::Server;
use slipform_aws::{Account, Connection, Foundation, Names};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// Ends with the test.
pub struct Emulator {
    pub endpoint: String,
    /// Of moto, which has the application autoscaling that MiniStack lacks.
    pub scaling_endpoint: String,
    _processes: Processes,
    // After the processes that write there.
    _folder: TempDir,
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Emulator {
    pub async fn start() -> Self {
        Self::start_with(false).await
    }

    /// One that asks policies, as far as it knows them.
    pub async fn start_strict() -> Self {
        Self::start_with(true).await
    }

    async fn start_with(strict: bool) -> Self {
        let folder = tempfile::Builder::new().prefix("slipform-aws-").tempdir().unwrap();
        let processes = Processes::start(&checkout(), folder.path(), strict).await;
        let (endpoint, scaling_endpoint) = (processes.endpoint.clone(), processes.scaling_endpoint.clone());
        Self { endpoint, scaling_endpoint, _processes: processes, _folder: folder }
    }

    /// The emulator that scales knows no services of the other one.
    pub async fn mirror_service(&self, foundation: &Foundation, names: &Names) {
        let connection = Connection { endpoint: Some(self.scaling_endpoint.clone()), ..self.connection(&Calls::default(), &Faults::default()) };
        let ecs = Account::connect(&connection).await.unwrap().ecs;
        let container = aws_sdk_ecs::types::ContainerDefinition::builder().name("server").image("node").memory(128).build();
        ecs.create_cluster().cluster_name(&foundation.cluster).send().await.unwrap();
        ecs.register_task_definition().family(names.service()).container_definitions(container).send().await.unwrap();
        let create = ecs.create_service().cluster(&foundation.cluster).service_name(names.service()).task_definition(names.service());
        create.desired_count(1).send().await.unwrap();
    }

    /// Credentials of the account's root; `calls` sees what is sent, `faults` what comes back.
    pub fn connection(&self, calls: &Calls, faults: &Faults) -> Connection {
        let credentials = fixed_credentials(ACCOUNT, "test");
        let http = SharedHttpClient::new(Faulty { inner: http_client(), faults: faults.clone() });
        Connection {
            credentials: Some(credentials),
            http,
            interceptors: vec![SharedInterceptor::new(calls.clone())],
            scaling_endpoint: Some(self.scaling_endpoint.clone()),
            poll: Duration::from_millis(50),
            ..Connection::new(REGION, Some(self.endpoint.clone()))
        }
    }

    /// An account with the foundation, and what was made of it. The calls so far are forgotten.
    pub async fn with_foundation(&self, calls: &Calls, faults: &Faults) -> (Account, Foundation) {
        let account = Account::connect(&self.connection(calls, faults)).await.unwrap();
        let zone = account.route53.create_hosted_zone().name("apps.example.test").caller_reference("test").send().await.unwrap();
        let zone = zone.hosted_zone.unwrap().id.trim_start_matches("/hostedzone/").to_owned();
        let template = std::fs::read_to_string(checkout().join("docker/aws/foundation.yaml")).unwrap();
        let parameters = [
            ("AppsDomain", "apps.example.test"),
            ("HostedZoneId", &zone),
            ("CloudFrontCertificateArn", "arn:aws:acm:us-east-1:111122223333:certificate/0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f11"),
            ("OriginProtocol", "http-only"),
        ];
        let parameters = parameters.map(|(name, value)| Parameter::builder().parameter_key(name).parameter_value(value).build());
        let create = account.cloudformation.create_stack().stack_name("slipform").template_body(template).set_parameters(Some(parameters.to_vec()));
        create.capabilities(Capability::CapabilityNamedIam).send().await.unwrap();
        let mut outputs = loop {
            let stacks = account.cloudformation.describe_stacks().stack_name("slipform").send().await.unwrap();
            let stack = &stacks.stacks()[0];
            match stack.stack_status().unwrap().as_str() {
                "CREATE_COMPLETE" => {
                    let pairs = stack.outputs().iter().map(|o| (o.output_key().unwrap().to_owned(), o.output_value().unwrap().to_owned()));
                    break pairs.collect::<HashMap<_, _>>();
                }
                "CREATE_IN_PROGRESS" => tokio::time::sleep(Duration::from_millis(100)).await,
                status => panic!("the foundation is {status}: {:?}", stack.stack_status_reason()),
            }
        };
        // What bootstrap uploads.
        let artifacts = outputs["ArtifactBucket"].clone();
        account.s3.put_object().bucket(&artifacts).key("stage/1.zip").body(stage_zip("one").into()).send().await.unwrap();
        account.s3.put_object().bucket(&artifacts).key("stage/2.zip").body(stage_zip("two").into()).send().await.unwrap();
        let content = aws_sdk_lambda::types::LayerVersionContentInput::builder().zip_file(aws_smithy_types::Blob::new(stage_zip("toolkit"))).build();
        let layer = account.lambda.publish_layer_version().layer_name("toolkit").content(content).send().await.unwrap();
        outputs.insert("ToolkitLayerArn".into(), layer.layer_version_arn.unwrap());
        outputs.insert("StageCodeKey".into(), "stage/1.zip".into());
        outputs.insert("StewardFunction".into(), "slipform-steward".into());
        let foundation = Foundation::read("slipform", &outputs).unwrap();
        calls.take();
        (account, foundation)
    }
}

/// A zip with one stored file `bootstrap`, written by hand: 30 + 46 + 22 bytes around it.
fn stage_zip(word: &str) -> Vec<u8> {
    let content = format!("#!/bin/sh\n# {word}\nexit 1\n").into_bytes();
    let (name, size) = (b"bootstrap", u32::try_from(content.len()).unwrap());
    let crc =
        content.iter().fold(!0u32, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }));
    let shared = [&20u16.to_le_bytes()[..], &[0; 8], &(!crc).to_le_bytes(), &size.to_le_bytes(), &size.to_le_bytes(), &9u16.to_le_bytes(), &[0; 2]].concat();
    let local = [b"PK\x03\x04", &shared[..], name, &content].concat();
    let central = [b"PK\x01\x02", &0x0314u16.to_le_bytes()[..], &shared, &[0; 6], &(0o755u32 << 16).to_le_bytes(), &[0; 4], name].concat();
    let (at, length) = (u32::try_from(local.len()).unwrap(), u32::try_from(central.len()).unwrap());
    let end = [b"PK\x05\x06", &[0; 4][..], &[1, 0, 1, 0], &length.to_le_bytes(), &at.to_le_bytes(), &[0; 2]].concat();
    [local, central, end].concat()
}

/// The environment that the tests make.
pub fn scope(environment: &str, production: bool) -> Scope {
    Scope {
        installation: "slipform".into(),
        organization: "0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f11".into(),
        app: "0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f12".into(),
        app_slug: "car-rental".into(),
        environment: environment.into(),
        environment_slug: if production { "production".into() } else { environment.into() },
        production,
    }
}

/// The server of a release.
pub fn server(release: &str) -> Server {
    Server {
        image: "example.test/node@sha256:0".into(),
        release: release.into(),
        program: format!("production/releases/{release}/server.mjs"),
        program_hash: format!("hash of {release}"),
        size: ServerSize { cpu: 256, memory: 512 },
        variables: [("PORT".to_owned(), "8080".to_owned())].into(),
        secrets: [("DATABASE_URL".to_owned(), "databaseUrl".to_owned())].into(),
    }
}

/// Every call, as `Lambda.CreateFunction`.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<Vec<String>>>);

impl Calls {
    /// Those since the last time.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// How many there were since then.
    pub fn seen(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "Calls"
    }

    fn read_before_transmit(&self, _: &BeforeTransmitInterceptorContextRef<'_>, _: &RuntimeComponents, config: &mut ConfigBag) -> Result<(), BoxError> {
        if let Some(call) = config.load::<Metadata>() {
            self.0.lock().unwrap().push(format!("{}.{}", call.service(), call.name()));
        }
        Ok(())
    }
}

/// What is done to the n-th answer from now on.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Requests so far.
    count: usize,
    plan: Option<(usize, Fault)>,
    latency: Duration,
}

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call has its effect, and its answer does not arrive.
    Lost,
    /// The call has no effect: too many requests.
    Throttled,
}

impl Faults {
    /// From now on counted from 0.
    pub fn plan(&self, at: usize, fault: Fault) {
        *self.0.lock().unwrap() = State { plan: Some((at, fault)), ..State::default() };
    }

    /// No more faults. Answers how many requests there were since the plan was made.
    pub fn clear(&self) -> usize {
        std::mem::take(&mut *self.0.lock().unwrap()).count
    }

    /// Every answer takes at least so long.
    pub fn slow_down(&self, latency: Duration) {
        self.0.lock().unwrap().latency = latency;
    }

    fn next(&self) -> (Option<Fault>, Duration) {
        let mut state = self.0.lock().unwrap();
        let at = state.count;
        state.count += 1;
        (state.plan.filter(|(planned, _)| *planned == at).map(|(_, fault)| fault), state.latency)
    }
}

#[derive(Debug, Clone)]
struct Faulty {
    inner: SharedHttpClient,
    faults: Faults,
}

#[derive(Debug)]
struct FaultyConnector {
    inner: SharedHttpConnector,
    faults: Faults,
}

impl HttpClient for Faulty {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(FaultyConnector { inner: self.inner.http_connector(settings, components), faults: self.faults.clone() })
    }
}

impl HttpConnector for FaultyConnector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        // As if a proxy had taken TLS away: the policies of buckets refuse what was not encrypted.
        request.headers_mut().insert("x-forwarded-proto", "https");
        let (fault, latency) = self.faults.next();
        if fault == Some(Fault::Throttled) {
            // 503 is what every service's client takes for a reason to try again.
            let body = aws_smithy_types::body::SdkBody::from("slow down");
            let answer = aws_smithy_runtime_api::http::Response::new(503.try_into().unwrap(), body);
            return HttpConnectorFuture::ready(Ok(answer));
        }
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(latency).await;
            let answer = answer.await?;
            if fault == Some(Fault::Lost) { Err(ConnectorError::io("the answer was lost".into())) } else { Ok(answer) }
        })
    }
}
