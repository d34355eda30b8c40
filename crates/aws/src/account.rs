//! One account and region: clients of the services, and what the foundation made there.

use crate::error::{Error, Kind, Result, failed};
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use std::collections::HashMap;
use std::time::Duration;

/// The region of certificates for CloudFront.
const CERTIFICATES: &str = "us-east-1";

/// How an account is reached.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Such as `eu-central-1`.
    pub region: String,
    /// Another endpoint than AWS's own: an emulator.
    pub endpoint: Option<String>,
    /// Another endpoint still for application autoscaling, which emulators have elsewhere or not at all.
    pub scaling_endpoint: Option<String>,
    /// Whose credentials; those of the environment without it.
    pub credentials: Option<SharedCredentialsProvider>,
    /// Roles to assume, one by means of the other, with the external ids that their accounts demand.
    pub assume: Vec<AssumedRole>,
    /// Sends the requests; shared by all services.
    pub http: SharedHttpClient,
    /// Sees every call; records them in tests.
    pub interceptors: Vec<SharedInterceptor>,
    /// How often a call is tried that was throttled or had no answer.
    pub attempts: u32,
    /// How often the state of something that takes minutes is asked for.
    pub poll: Duration,
}

/// A role in another account, or a narrower one in this.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct AssumedRole {
    pub arn: String,
    pub external_id: Option<String>,
}

impl Connection {
    /// To AWS itself, or to an emulator.
    pub fn new(region: impl Into<String>, endpoint: Option<String>) -> Self {
        Self {
            region: region.into(),
            endpoint,
            scaling_endpoint: None,
            credentials: None,
            assume: Vec::new(),
            http: http_client(),
            interceptors: Vec::new(),
            attempts: 6,
            poll: Duration::from_secs(3),
        }
    }
}

/// Credentials that are known beforehand.
pub fn fixed_credentials(id: &str, secret: &str) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Credentials::new(id, secret, None, None, "fixed"))
}

/// HTTPS by rustls and ring, like the rest of Slipform.
pub fn http_client() -> SharedHttpClient {
    Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https()
}

/// What the foundation's stack made, as its outputs name it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Foundation {
    /// The stack's name.
    pub installation: String,
    pub private_subnets: Vec<String>,
    pub public_subnets: Vec<String>,
    pub function_security_group: String,
    pub task_security_group: String,
    pub vpc: String,
    pub file_system: String,
    pub file_system_arn: String,
    pub artifact_bucket: String,
    pub cluster: String,
    pub listener_arn: String,
    /// How CloudFront reaches the load balancer.
    pub origin_domain: String,
    /// `https-only`; an emulator speaks `http-only`.
    pub origin_protocol: String,
    pub hosted_zone: String,
    pub apps_domain: String,
    pub certificate_arn: String,
    pub origin_access_control: String,
    pub response_headers_policy: String,
    pub single_page_function_arn: String,
    pub boundary_arn: String,
    pub toolkit_layer_arn: String,
    pub stage_code_key: String,
    /// Makes databases and their roles.
    pub steward_function: String,
    pub database_host: String,
    pub database_port: u16,
    /// The image that runs the servers of apps, by digest.
    pub server_image: String,
    pub log_retention_days: i32,
}

impl Foundation {
    /// Reads the outputs of a stack. The error names what is missing.
    pub fn read(installation: &str, outputs: &HashMap<String, String>) -> Result<Self, String> {
        let text = |name: &str| outputs.get(name).filter(|value| !value.is_empty()).cloned().ok_or_else(|| format!("the foundation has no output {name}"));
        let list = |name: &str| text(name).map(|value| value.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>());
        Ok(Self {
            installation: installation.to_owned(),
            private_subnets: list("PrivateSubnets")?,
            public_subnets: list("PublicSubnets")?,
            function_security_group: text("FunctionSecurityGroup")?,
            task_security_group: text("TaskSecurityGroup")?,
            vpc: text("VpcId")?,
            file_system: text("FileSystemId")?,
            file_system_arn: text("FileSystemArn")?,
            artifact_bucket: text("ArtifactBucket")?,
            cluster: text("Cluster")?,
            listener_arn: text("ListenerArn")?,
            origin_domain: text("OriginDomain")?,
            origin_protocol: text("OriginProtocol")?,
            hosted_zone: text("HostedZoneId")?,
            apps_domain: text("AppsDomain")?,
            certificate_arn: text("CloudFrontCertificateArn")?,
            origin_access_control: text("OriginAccessControl")?,
            response_headers_policy: text("ResponseHeadersPolicy")?,
            single_page_function_arn: text("SinglePageFunctionArn")?,
            boundary_arn: text("BoundaryArn")?,
            toolkit_layer_arn: text("ToolkitLayerArn")?,
            stage_code_key: text("StageCodeKey")?,
            steward_function: text("StewardFunction")?,
            database_host: text("DatabaseHost")?,
            database_port: text("DatabasePort")?.parse().map_err(|_| "the output DatabasePort is no port".to_owned())?,
            server_image: text("ServerImage")?,
            log_retention_days: text("LogRetentionDays")?.parse().map_err(|_| "the output LogRetentionDays is no number".to_owned())?,
        })
    }
}

/// Clients of one account and region.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Account {
    /// The account's number.
    pub id: String,
    pub region: String,
    /// `aws`, `aws-cn` …
    pub partition: String,
    /// Where CloudFront looks for certificates: in us-east-1, whatever the account's region is.
    pub acm: aws_sdk_acm::Client,
    pub cloudformation: aws_sdk_cloudformation::Client,
    pub cloudfront: aws_sdk_cloudfront::Client,
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    pub ecs: aws_sdk_ecs::Client,
    pub efs: aws_sdk_efs::Client,
    pub elb: aws_sdk_elasticloadbalancingv2::Client,
    pub iam: aws_sdk_iam::Client,
    pub lambda: aws_sdk_lambda::Client,
    pub logs: aws_sdk_cloudwatchlogs::Client,
    pub route53: aws_sdk_route53::Client,
    pub s3: aws_sdk_s3::Client,
    pub scaling: aws_sdk_applicationautoscaling::Client,
    pub secrets: aws_sdk_secretsmanager::Client,
    /// See [`Connection::poll`].
    pub poll: Duration,
}

/// A client with the interceptors of a connection, which only a service's own settings can carry.
macro_rules! client {
    ($service:ident, $shared:expr, $interceptors:expr) => {{
        let mut config = $service::config::Builder::from($shared);
        for interceptor in $interceptors {
            config.push_interceptor(interceptor.clone());
        }
        $service::Client::from_conf(config.build())
    }};
}

pub(crate) use client;

impl Account {
    /// Connects, and learns which account it is.
    pub async fn connect(connection: &Connection) -> Result<Self> {
        let shared = shared(connection).await;
        let sts: aws_sdk_sts::Client = client!(aws_sdk_sts, &shared, &connection.interceptors);
        let identity = sts.get_caller_identity().send().await.map_err(failed("sts:GetCallerIdentity"))?;
        let partition = identity.arn().and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws").to_owned();
        // The SDK takes an XML document that breaks off, or another one, for an answer in which nothing is said.
        let id = identity.account().filter(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit())).ok_or_else(|| {
            let message = "the answer names no account; is there a proxy on the way that answers in AWS's stead?";
            Error::new(Kind::Unreachable, "sts:GetCallerIdentity", "NoAccount", message)
        })?;
        Ok(Self::of(connection, &shared, id.to_owned(), partition))
    }

    /// For a function, which needs not know which account it is in: inside the network, nobody could tell it.
    pub async fn of_function(connection: &Connection) -> Self {
        Self::of(connection, &shared(connection).await, String::new(), String::new())
    }

    fn of(connection: &Connection, shared: &SdkConfig, id: String, partition: String) -> Self {
        let seen = &connection.interceptors;
        let mut s3 = aws_sdk_s3::config::Builder::from(shared);
        // Emulators do not resolve a bucket's own host name.
        s3.set_force_path_style(connection.endpoint.as_ref().map(|_| true));
        for interceptor in seen {
            s3.push_interceptor(interceptor.clone());
        }
        let mut scaling = aws_sdk_applicationautoscaling::config::Builder::from(shared);
        if let Some(endpoint) = &connection.scaling_endpoint {
            scaling = scaling.endpoint_url(endpoint);
        }
        for interceptor in seen {
            scaling.push_interceptor(interceptor.clone());
        }
        let mut acm = aws_sdk_acm::config::Builder::from(shared).region(Region::new(CERTIFICATES));
        for interceptor in seen {
            acm.push_interceptor(interceptor.clone());
        }
        Self {
            id,
            region: connection.region.clone(),
            partition,
            acm: aws_sdk_acm::Client::from_conf(acm.build()),
            cloudformation: client!(aws_sdk_cloudformation, shared, seen),
            cloudfront: client!(aws_sdk_cloudfront, shared, seen),
            cloudwatch: client!(aws_sdk_cloudwatch, shared, seen),
            ecs: client!(aws_sdk_ecs, shared, seen),
            efs: client!(aws_sdk_efs, shared, seen),
            elb: client!(aws_sdk_elasticloadbalancingv2, shared, seen),
            iam: client!(aws_sdk_iam, shared, seen),
            lambda: client!(aws_sdk_lambda, shared, seen),
            logs: client!(aws_sdk_cloudwatchlogs, shared, seen),
            route53: client!(aws_sdk_route53, shared, seen),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            scaling: aws_sdk_applicationautoscaling::Client::from_conf(scaling.build()),
            secrets: client!(aws_sdk_secretsmanager, shared, seen),
            poll: connection.poll,
        }
    }
}

/// Throttled calls and lost answers are tried again by the SDK, with backoff, jitter and a budget of its own.
pub(crate) async fn shared(connection: &Connection) -> SdkConfig {
    let retries = RetryConfig::standard()
        .with_max_attempts(connection.attempts)
        .with_initial_backoff(Duration::from_millis(300))
        .with_max_backoff(Duration::from_secs(8));
    let limits = TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).operation_attempt_timeout(Duration::from_secs(30)).build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(connection.region.clone()))
        .http_client(connection.http.clone())
        .retry_config(retries)
        .timeout_config(limits);
    if let Some(endpoint) = &connection.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some(credentials) = &connection.credentials {
        loader = loader.credentials_provider(credentials.clone());
    }
    let mut shared = loader.load().await;
    for role in &connection.assume {
        let mut assume = aws_config::sts::AssumeRoleProvider::builder(&role.arn).session_name("slipform").configure(&shared);
        if let Some(external_id) = &role.external_id {
            assume = assume.external_id(external_id);
        }
        let assumed = SharedCredentialsProvider::new(assume.build().await);
        shared = shared.into_builder().credentials_provider(assumed).build();
    }
    shared
}
