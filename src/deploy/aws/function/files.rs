//! Files of the app that leave its file system: web assets and code archives; and the lock that keeps two invocations apart.

use super::super::{step_failed, web};
use crate::domain::media::content_type;
use crate::domain::{ReleaseId, StepName};
use crate::stages::housekeeping::Discarded;
use crate::stages::remote::Task;
use crate::stages::{Log, Run, StageError, tree};
use nix::fcntl::{Flock, FlockArg};
use slipform_aws::Account;
use slipform_aws::ensure::distribution::WEB;
use slipform_aws::objects::{self, Headers};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Files whose names are hashes never change.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// The others are asked for every time; edges keep them until they are told to forget.
const ASK_AGAIN: &str = "public, max-age=0, s-maxage=31536000, must-revalidate";
/// How long assets of removed releases stay: a page that was opened before loads its parts later.
const LINGER: Duration = Duration::from_hours(24);
/// How many files travel at once.
const AT_ONCE: usize = 16;

/// Waits until no other invocation does the same for the same build.
pub async fn lock(workspace: &Path, run: Option<Run>, task: Task) -> Result<Option<Flock<File>>, StageError> {
    let (Some(run), Task::Stage(step)) = (run, task) else { return Ok(None) };
    let folder = workspace.join(".locks");
    let path = folder.join(lock_name(run, step));
    tree::blocking(move || {
        std::fs::create_dir_all(&folder).map_err(|e| tree::io_error("create the folder", &folder, &e))?;
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(|e| tree::io_error("open", &path, &e))?;
        Flock::lock(file, FlockArg::LockExclusive).map(Some).map_err(|(_, e)| tree::io_error("lock", &path, &e.into()))
    })
    .await
}

/// One for each of the five: there are only as many as builds of an app may run at once, and they are empty.
fn lock_name(run: Run, step: StepName) -> String {
    // A few names, so that they need no tidying.
    let slot = run.build.0.as_bytes().iter().fold(0_u8, |sum, byte| sum ^ byte) % 64;
    format!("{step}-{slot}")
}

/// Where files go.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub account: &'a Account,
    /// The artifact bucket.
    pub artifacts: &'a str,
    /// The bucket of the environment's web assets.
    pub web: Option<&'a str>,
    /// Below which key the app's code archives stand.
    pub archive: Option<&'a str>,
}

impl Place<'_> {
    /// Copies a release's interface and code archive to where they are read from. Nobody sees the interface before its page is
    /// switched. Safe to repeat.
    pub async fn publish(&self, workspace: &Path, release: ReleaseId, log: &Log) -> Result<(), StageError> {
        let (Some(bucket), Some(archive)) = (self.web, self.archive) else { return Err(super::misunderstood("no place to publish to")) };
        let folder = workspace.join("releases").join(release.to_string());
        let web_folder = folder.join("web");
        let files = tree::blocking(move || tree::list(&web_folder)).await?;
        let there: BTreeSet<String> =
            objects::list(self.account, bucket, &web::assets()).await.map_err(|e| step_failed(&e))?.into_iter().map(|object| object.key).collect();
        let own = web::place(release);
        let mut uploads = Vec::new();
        let mut used = Vec::new();
        for (path, file) in files {
            if path.starts_with("assets/") {
                let key = format!("{WEB}/{path}");
                used.push(key.clone());
                if !there.contains(&key) {
                    uploads.push((bucket, key, file, FOREVER));
                }
            } else {
                uploads.push((bucket, format!("{own}{path}"), file, ASK_AGAIN));
            }
        }
        let count = uploads.len();
        uploads.push((self.artifacts, format!("{archive}{release}.zip"), folder.join("code.zip"), "private"));
        let sent = futures::stream::iter(uploads.into_iter().map(|(bucket, key, file, cache)| self.upload(bucket, key, file, cache)));
        futures::TryStreamExt::try_collect::<()>(futures::StreamExt::buffer_unordered(sent, AT_ONCE)).await?;
        // What the release uses, for the day on which others are removed. Below no path that visitors reach.
        let list = serde_json::to_vec(&used).unwrap_or_default();
        objects::put(self.account, bucket, &list_of(release), list, Headers::default()).await.map_err(|e| step_failed(&e))?;
        log.info(format!("Copied {count} files of the interface to the bucket."));
        Ok(())
    }

    /// Removes the code archives of an environment, while its files still tell which there are. The bucket of its interface goes whole.
    pub async fn clear(&self, workspace: &Path) -> Result<(), StageError> {
        let Some(archive) = self.archive else { return Ok(()) };
        let releases = workspace.join("releases");
        let there = tree::blocking(move || tree::list(&releases)).await?;
        let names: BTreeSet<&str> = there.keys().filter_map(|path| path.split_once('/')).map(|(release, _)| release).collect();
        let archives: Vec<String> = names.into_iter().map(|release| format!("{archive}{release}.zip")).collect();
        objects::remove(self.account, self.artifacts, &archives).await.map_err(|e| step_failed(&e))
    }

    async fn upload(&self, bucket: &str, key: String, file: std::path::PathBuf, cache: &str) -> Result<(), StageError> {
        let content = tree::blocking(move || tree::read(&file)).await?;
        let headers = Headers { content_type: Some(content_type(&key).0), cache_control: Some(cache) };
        objects::put(self.account, bucket, &key, content, headers).await.map_err(|e| step_failed(&e))
    }

    /// Removes what only removed releases used.
    pub async fn discard(&self, what: &Discarded) -> Result<(), StageError> {
        let (Some(bucket), Some(archive)) = (self.web, self.archive) else { return Ok(()) };
        if what.releases.is_empty() {
            return Ok(());
        }
        let failed = |e: slipform_aws::Error| step_failed(&e);
        let mut gone: Vec<String> = Vec::new();
        for release in &what.releases {
            gone.extend(objects::list(self.account, bucket, &web::place(*release)).await.map_err(failed)?.into_iter().map(|object| object.key));
            gone.push(list_of(*release));
        }
        let mut used = BTreeSet::new();
        for list in objects::list(self.account, bucket, LISTS).await.map_err(failed)?.into_iter().filter(|list| !gone.contains(&list.key)) {
            let bytes = objects::get(self.account, bucket, &list.key).await.map_err(failed)?.unwrap_or_default();
            let keys: Vec<String> = serde_json::from_slice(&bytes).map_err(|e| super::misunderstood(&e.to_string()))?;
            used.extend(keys);
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let old = i64::try_from(now.saturating_sub(LINGER).as_secs()).unwrap_or(i64::MAX);
        let assets = objects::list(self.account, bucket, &web::assets()).await.map_err(failed)?;
        gone.extend(assets.into_iter().filter(|asset| asset.modified < old && !used.contains(&asset.key)).map(|asset| asset.key));
        objects::remove(self.account, bucket, &gone).await.map_err(failed)?;
        let archives: Vec<String> = what.releases.iter().map(|release| format!("{archive}{release}.zip")).collect();
        objects::remove(self.account, self.artifacts, &archives).await.map_err(failed)
    }
}

/// What releases use, one list a release.
const LISTS: &str = "lists/";

fn list_of(release: ReleaseId) -> String {
    format!("{LISTS}{release}.json")
}
