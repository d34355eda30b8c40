//! The emulators as processes, for the tests of this crate and for those of whole installations.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub const REGION: &str = "eu-central-1";
/// The account whose credentials name none.
pub const ACCOUNT: &str = "111122223333";

/// End when they are dropped.
pub struct Processes {
    pub endpoint: String,
    /// Of moto, which has the application autoscaling that MiniStack lacks.
    pub scaling_endpoint: String,
    children: [Child; 2],
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Processes {
    /// Starts both, whose packages `scripts/setup --tests` has put into the checkout. What they write is in `folder`. With `strict`,
    /// policies are asked as far as the emulator knows them.
    pub async fn start(checkout: &Path, folder: &Path, strict: bool) -> Self {
        let (port, scaling) = (free_port(), free_port());
        let endpoint = format!("http://127.0.0.1:{port}");
        let mut ministack = python(checkout, "ministack", folder);
        ministack.args(["-m", "ministack"]).envs([
            ("BIND_HOST", "127.0.0.1"),
            ("GATEWAY_PORT", &port.to_string()),
            ("MINISTACK_HOST", "127.0.0.1"),
            ("LAMBDA_EXECUTOR", "local"),
            ("AUTH", if strict { "true" } else { "false" }),
            ("IOT_MTLS_ENABLED", "0"),
            ("SFTP_ENABLED", "0"),
            ("MINISTACK_ACCOUNT_ID", ACCOUNT),
            ("MINISTACK_REGION", REGION),
            ("LAMBDA_ACCOUNT_CONCURRENCY", "1000"),
            ("AWS_ENDPOINT_URL", &endpoint),
        ]);
        let mut moto = python(checkout, "moto", folder);
        // How long a certificate waits, in seconds.
        moto.env("MOTO_ACM_VALIDATION_WAIT", "2");
        moto.args(["-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", &scaling.to_string()]);
        let children = [spawn(ministack, "ministack", folder), spawn(moto, "moto", folder)];
        for port in [port, scaling] {
            listens(port).await;
        }
        Self { endpoint, scaling_endpoint: format!("http://127.0.0.1:{scaling}"), children }
    }
}

/// Python with the packages of an emulator. Functions inherit its environment: it gets a clean one.
fn python(checkout: &Path, packages: &str, folder: &Path) -> Command {
    let packages: PathBuf = checkout.join(".tools").join(packages);
    assert!(packages.exists(), "{} is missing: run `scripts/setup --tests`", packages.display());
    let mut command = Command::new("python3");
    command.env_clear().env("PYTHONPATH", packages).env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", folder).env("TMPDIR", folder);
    command
}

fn spawn(mut command: Command, name: &str, folder: &Path) -> Child {
    let log = std::fs::File::create(folder.join(format!("{name}.log"))).unwrap();
    command.current_dir(folder).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until somebody does.
pub async fn listens(port: u16) {
    for _ in 0..800 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("nothing listens on {port}");
}
