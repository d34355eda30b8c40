//! A disk that is full: what is live goes on, a build says why it failed, and once there is room again everything goes on.

use crate::harness::Client;
use crate::harness::story::{ORGANIZATION, build, finished, notes, push, with_notes};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A small file system of its own over a folder, as long as this exists.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None, after it was said why, where nobody expects that it can be mounted. CI always runs as a root that can.
    fn mount(folder: &Path, size: &str) -> Option<Self> {
        if !nix::unistd::Uid::effective().is_root() {
            eprintln!("skipped: only root can mount a small file system");
            return None;
        }
        let options = format!("size={size},mode=711");
        if let Err(error) = mount(Some("tmpfs"), folder, Some("tmpfs"), MsFlags::empty(), Some(options.as_str())) {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!ci, "in CI a full disk must be tried, and this root may not mount one: {error}");
            eprintln!("skipped: this root may not mount a small file system: {error}");
            return None;
        }
        Some(Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Also where a failed test has left something running on it.
        umount2(&self.0, MntFlags::MNT_DETACH).expect("it was mounted");
    }
}

/// The design with another word in it, so that there is something to build.
fn changed(label: &str) -> Value {
    let mut design = notes();
    design["entities"][0]["fields"][0]["label"] = json!(label);
    design
}

async fn retry(api: &Client, failed: &Value) -> Value {
    let retry = api.post(&format!("{ORGANIZATION}/apps/notes/builds/{}/retry", failed["number"]), &json!({})).await.expect(202);
    finished(api, "notes", &retry).await
}

#[tokio::test]
async fn a_full_disk_fails_the_build_clearly_and_leaves_what_is_live() {
    let (installation, app) = with_notes().await;
    let api = installation.client();
    let id = api.get(&format!("{ORGANIZATION}/apps/notes")).await.expect(200)["id"].as_str().unwrap().to_owned();
    let Some(disk) = SmallDisk::mount(&installation.home().join("apps").join(id), "64k") else { return installation.stop().await };
    push(&api, "notes", &changed("Headline")).await;
    let failed = build(&api, "notes", "production").await;
    drop(disk);
    assert_eq!((failed["state"].as_str(), failed["error"]["code"].as_str()), (Some("failed"), Some("disk-full")), "{failed:#}");
    app.get("/api/notes").await.expect(200);
    assert_eq!(retry(&api, &failed).await["state"], "succeeded");
    installation.stop().await;
}
