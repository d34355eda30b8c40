//! A disk that is full: what is live goes on, a build says why it failed, and once there is room again everything goes on.

use crate::harness::story::{ORGANIZATION, build, build_live, create_app, finished, notes, push, sign_up, with_notes};
use crate::harness::{Client, Installation, eventually, temporary_folder};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use serde_json::{Value, json};
use std::io::Write as _;
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

    /// Takes every block that is left.
    fn fill(&self) {
        let mut file = std::fs::File::options().create(true).append(true).open(self.0.join("filler")).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
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

#[tokio::test]
async fn a_home_without_a_free_block_costs_builds_alone_and_not_even_a_line_of_the_log_is_torn() {
    let folder = temporary_folder();
    let Some(disk) = SmallDisk::mount(folder.path(), "64m") else { return };
    let installation = Installation::start_with(&[("SLIPFORM_HOME", folder.path().to_str().unwrap())]).await;
    let api = installation.client();
    create_app(&api, "notes", &notes()).await;
    let app = build_live(&api, "notes").await;
    let ada = sign_up(&app, "Ada").await;
    let environment = api.get(&format!("{ORGANIZATION}/apps/notes/environments/production")).await.expect(200)["id"].as_str().unwrap().to_owned();
    let log = folder.path().join("host").join(environment).join("logs/app.log");
    let logged = || std::fs::read_to_string(&log).unwrap();

    disk.fill();
    // Until the last block of the log is full too, and on: each of these writes lines, none of which finds room in the end.
    let mut written = 0;
    let mut size = logged().len();
    let mut refused = 0;
    while refused < 5 {
        assert!(written < 500, "the log has room for ever");
        ada.post("/api/notes", &json!({ "title": format!("Note {written}") })).await.expect(201);
        ada.get("/api/notes?limit=1").await.expect(200);
        app.get("/").await.expect_text(200);
        written += 1;
        let now = logged().len();
        refused = if now == size { refused + 1 } else { 0 };
        size = now;
    }
    push(&api, "notes", &changed("Headline")).await;
    let failed = build(&api, "notes", "production").await;
    assert_eq!((failed["state"].as_str(), failed["error"]["code"].as_str()), (Some("failed"), Some("disk-full")), "{failed:#}");
    ada.post("/api/notes", &json!({ "title": "On a full disk" })).await.expect(201);
    assert_eq!(app.get("/api/notes?limit=100&sort=-createdAt").await.expect(200)["items"][0]["title"], "On a full disk");

    disk.free();
    assert_eq!(retry(&api, &failed).await["state"], "succeeded");
    let marker = format!("/api/notes/{}", uuid::Uuid::new_v4());
    app.get(&marker).await.expect(404);
    eventually("the log goes on", 10, async || logged().contains(&marker).then_some(())).await;
    let torn: Vec<String> = logged().lines().filter(|line| serde_json::from_str::<Value>(line).is_err()).map(str::to_owned).collect();
    assert!(torn.is_empty(), "{torn:#?}");
    installation.stop().await;
    drop(disk);
}
