//! Switches the interface: the few files whose names do not tell their content are copied from the release's own place to where
//! visitors find them. Everything else stands there under names that no other content has.

use super::{Site, step_failed};
use crate::domain::ReleaseId;
use crate::stages::StageError;
use slipform_aws::ensure::distribution::{self, WEB};
use slipform_aws::objects;
use std::collections::BTreeMap;

/// Where a release's own files stand.
pub fn place(release: ReleaseId) -> String {
    format!("releases/{release}/")
}

/// Where the files stand that every release may use: their names are hashes.
pub fn assets() -> String {
    format!("{WEB}/assets/")
}

/// Brings a release's interface to visitors. Answers with the paths that changed; only these are invalidated. Safe to repeat.
pub async fn switch(site: &Site, release: ReleaseId) -> Result<Vec<String>, StageError> {
    let (account, bucket) = (&site.account, &site.made.bucket);
    let (from, to) = (place(release), format!("{WEB}/"));
    let (wanted, there) = tokio::try_join!(listed(site, &from), listed(site, &to)).map_err(|e| step_failed(&e))?;
    if !wanted.contains_key("index.html") {
        return Err(StageError::fail("release-removed", "The release is gone", "The files of its interface are not in the bucket any more.")
            .hint("Choose a newer release, or build the design version again."));
    }
    let mut changed: Vec<String> = wanted.iter().filter(|(path, etag)| there.get(*path) != Some(etag)).map(|(path, _)| path.clone()).collect();
    // The page last: it names the others.
    changed.sort_by_key(|path| path == "index.html");
    for path in &changed {
        objects::copy(account, bucket, &format!("{from}{path}"), &format!("{to}{path}")).await.map_err(|e| step_failed(&e))?;
    }
    let stale: Vec<String> = there.into_keys().filter(|path| !path.starts_with("assets/") && !wanted.contains_key(path)).collect();
    let keys: Vec<String> = stale.iter().map(|path| format!("{to}{path}")).collect();
    objects::remove(account, bucket, &keys).await.map_err(|e| step_failed(&e))?;
    changed.extend(stale);
    if !changed.is_empty() {
        let paths: Vec<String> = changed.iter().map(|path| format!("/{path}")).collect();
        // Going back and forth between two releases is not the same invalidation twice.
        let reference = format!("{release}-{}", uuid::Uuid::new_v4().simple());
        distribution::invalidate(account, &site.made.distribution.id, &reference, &paths).await.map_err(|e| step_failed(&e))?;
    }
    Ok(changed)
}

/// Whether visitors find a release's own files.
pub async fn shows(site: &Site, release: ReleaseId) -> Result<bool, StageError> {
    let (from, to) = (place(release), format!("{WEB}/"));
    let (wanted, there) = tokio::try_join!(listed(site, &from), listed(site, &to)).map_err(|e| step_failed(&e))?;
    Ok(!wanted.is_empty() && wanted.iter().all(|(path, etag)| there.get(path) == Some(etag)))
}

async fn listed(site: &Site, prefix: &str) -> slipform_aws::Result<BTreeMap<String, String>> {
    let objects = objects::list(&site.account, &site.made.bucket, prefix).await?;
    Ok(objects.into_iter().filter_map(|object| Some((object.key.strip_prefix(prefix)?.to_owned(), object.etag))).collect())
}
