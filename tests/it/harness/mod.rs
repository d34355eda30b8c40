//! What every story needs: a database of its own, a running installation, clients for it and for its live apps.

pub mod client;
pub mod installation;
pub mod parts;
pub mod postgres;
pub mod story;
pub mod toolkit;

pub use client::Client;
pub use installation::Installation;
pub use parts::Parts;
pub use postgres::TestDatabase;

use std::path::PathBuf;

/// The program under test.
pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_slipform"))
}

/// The checkout.
pub fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A design from `examples/`.
pub fn example(name: &str) -> serde_json::Value {
    let file = checkout().join("examples").join(format!("{name}.json"));
    serde_json::from_slice(&std::fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))).expect("an example is JSON")
}

/// A folder of the test's own below the system's temporary folder, reachable for the users that apps run as.
pub fn temporary_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::Builder::new().prefix("slipform-it-").tempdir().expect("a temporary folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).expect("permissions");
    folder
}

/// Waits until `condition` gives a value; fails the test with `what` after `seconds`.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, seconds: u64, mut condition: impl FnMut() -> F) -> T {
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(seconds);
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(tokio::time::Instant::now() < end, "{what}: not within {seconds} s");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
