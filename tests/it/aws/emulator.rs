//! AWS on this machine: MiniStack, moto for the scaling that it lacks, and an account that `slipform aws bootstrap` has prepared.

pub use super::processes::{ACCOUNT, REGION, free_port, listens};

use super::processes::Processes;
use crate::harness::postgres::server_url;
use crate::harness::{checkout, program, temporary_folder};
use slipform_aws::account::fixed_credentials;
use slipform_aws::{Account, Connection};
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

/// The foundation of the installation itself.
pub const STACK: &str = "slipform";
pub const DOMAIN: &str = "apps.example.test";
const CERTIFICATE: &str = "arn:aws:acm:us-east-1:111122223333:certificate/0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f11";

/// Ends with the test.
pub struct Emulator {
    pub endpoint: String,
    pub scaling_endpoint: String,
    pub account: Account,
    _processes: Processes,
    // After the processes that write there.
    folder: TempDir,
}

impl Emulator {
    /// An empty account.
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = temporary_folder();
        let processes = Processes::start(&checkout(), folder.path(), false).await;
        let (endpoint, scaling_endpoint) = (processes.endpoint.clone(), processes.scaling_endpoint.clone());
        let account = connect(&endpoint, ACCOUNT).await;
        std::fs::create_dir(folder.path().join("files")).unwrap();
        Self { endpoint, scaling_endpoint, account, _processes: processes, folder }
    }

    /// One that the operator has prepared; its database server is the Postgres of the tests.
    pub async fn bootstrapped() -> Self {
        let emulator = Self::start().await;
        let done = emulator.bootstrap(ACCOUNT, STACK, DOMAIN, &zone(&emulator.account, DOMAIN).await, &[]);
        assert!(done.status.success(), "{}\n{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        lend_postgres(&emulator.account, STACK).await;
        emulator
    }

    /// Another account, which its owner has prepared for the installation, too; or another stack in the same one.
    pub async fn another(&self, id: &str, stack: &str, domain: &str, external_id: &str) -> Account {
        let account = connect(&self.endpoint, id).await;
        let principal = format!("ControlPlanePrincipal=arn:aws:iam::{ACCOUNT}:root");
        let external_id = format!("ExternalId={external_id}");
        let done = self.bootstrap(id, stack, domain, &zone(&account, domain).await, &["--parameter", &principal, "--parameter", &external_id]);
        assert!(done.status.success(), "{}\n{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        lend_postgres(&account, stack).await;
        account
    }

    /// Runs `slipform aws bootstrap` as the owner of an account.
    pub fn bootstrap(&self, id: &str, stack: &str, domain: &str, zone: &str, more: &[&str]) -> Output {
        let url: reqwest::Url = server_url().parse().unwrap();
        let mut command = Command::new(program());
        command.args(["aws", "bootstrap", "--hosted-zone", zone, "--certificate", CERTIFICATE, "--parameter", "OriginProtocol=http-only"]);
        command.args(["--parameter", &format!("DatabasePort={}", url.port().unwrap()), "--stage-binary", &self.stage_binary().display().to_string()]);
        command.args(more).envs(self.settings()).env("AWS_ACCESS_KEY_ID", id).env("SLIPFORM_AWS_DOMAIN", domain).env("SLIPFORM_AWS_STACK", stack);
        command.env("SLIPFORM_HOME", self.folder.path().join("operator")).env("SLIPFORM_TOOLKIT", checkout().join("toolkit"));
        command.output().unwrap()
    }

    /// Runs `slipform aws doctor`.
    pub fn doctor(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(program());
        command.args(["aws", "doctor"]).args(arguments).envs(self.settings()).env("SLIPFORM_HOME", self.folder.path().join("operator"));
        command.output().unwrap()
    }

    /// The stage binary without what only a debugger needs: Lambda takes 250 MB, and a copy is uploaded.
    fn stage_binary(&self) -> PathBuf {
        let stripped = self.folder.path().join("slipform-stage");
        if !stripped.exists() {
            let strip = Command::new("strip").arg("-o").arg(&stripped).arg(env!("CARGO_BIN_EXE_slipform-stage")).status();
            assert!(strip.unwrap().success());
        }
        stripped
    }

    /// As if Slipform had been upgraded.
    pub fn change_stage_binary(&self) {
        use std::io::Write as _;
        let mut file = std::fs::File::options().append(true).open(self.stage_binary()).unwrap();
        file.write_all(b"newer").unwrap();
    }

    /// A newer Slipform is installed, and its operator has prepared the account again.
    pub async fn upgrade(&self) {
        self.change_stage_binary();
        let zones = self.account.route53.list_hosted_zones().send().await.unwrap();
        let done = self.bootstrap(ACCOUNT, STACK, DOMAIN, zones.hosted_zones[0].id.trim_start_matches("/hostedzone/"), &[]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// What the control plane is told of the account.
    pub fn settings(&self) -> Vec<(String, String)> {
        [
            ("SLIPFORM_AWS_REGION", REGION.to_owned()),
            ("SLIPFORM_AWS_DOMAIN", DOMAIN.to_owned()),
            ("SLIPFORM_AWS_ENDPOINT", self.endpoint.clone()),
            ("SLIPFORM_AWS_SCALING_ENDPOINT", self.scaling_endpoint.clone()),
            ("SLIPFORM_AWS_EMULATED_FILES", self.files().display().to_string()),
            ("AWS_ACCESS_KEY_ID", ACCOUNT.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// The root of the file system.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// What the emulator wrote.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("ministack.log")).unwrap_or_default()
    }
}

/// With credentials of an account's root: the emulator takes the account's number for them.
async fn connect(endpoint: &str, id: &str) -> Account {
    let connection = Connection { credentials: Some(fixed_credentials(id, "test")), ..Connection::new(REGION, Some(endpoint.to_owned())) };
    Account::connect(&connection).await.unwrap()
}

/// The hosted zone that an operator has before.
pub async fn zone(account: &Account, domain: &str) -> String {
    let zone = account.route53.create_hosted_zone().name(domain).caller_reference("test").send().await.unwrap().hosted_zone.unwrap();
    zone.id.trim_start_matches("/hostedzone/").to_owned()
}

/// The emulator's database server has nothing behind its address. The steward gets the password of the tests' Postgres, which
/// listens there.
async fn lend_postgres(account: &Account, stack: &str) {
    let outputs = slipform_aws::foundation::outputs(account, stack).await.unwrap();
    let url: reqwest::Url = server_url().parse().unwrap();
    assert_eq!(outputs["DatabasePort"].parse().ok(), url.port());
    let master = serde_json::json!({ "username": url.username(), "password": url.password().unwrap_or_default() });
    account.secrets.put_secret_value().secret_id(&outputs["MasterSecretArn"]).secret_string(master.to_string()).send().await.unwrap();
}
