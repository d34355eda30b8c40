//! Files of the stages: trees that appear whole or not at all, and what a full disk says. All of it blocks.

use super::{Context, StageError};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

/// Content by path relative to the root of the code base, `/`-separated.
pub type Contents = BTreeMap<String, Vec<u8>>;

/// Says what could not be done to which file; a full disk has a code of its own. Where the file lies on the machine is for the
/// operator's log alone.
pub fn io_error(doing: &str, path: &Path, error: &io::Error) -> StageError {
    tracing::warn!(path = %path.display(), %error, "a stage could not {doing}");
    let name = path.file_name().unwrap_or_default().display();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            StageError::fail("disk-full", "The disk is full", format!("Slipform could not {doing} {name}: no space is left on the disk."))
                .hint("What is live goes on as it was. Ask the operator to free space below the folder of SLIPFORM_HOME, then build again.")
        }
        io::ErrorKind::Interrupted | io::ErrorKind::TimedOut | io::ErrorKind::ResourceBusy => {
            StageError::retry("file-system", "A file could not be used", format!("Slipform could not {doing} {name}: {error}."))
        }
        _ => StageError::fail("file-system", "A file could not be used", format!("Slipform could not {doing} {name}: {error}."))
            .hint("Ask the operator to look at the folder of SLIPFORM_HOME: it must exist and be writable for Slipform."),
    }
}

/// How much less of a busy machine builds get than the API and live apps (see `nice(1)`).
pub const NICENESS: i32 = 10;

/// Runs blocking work of a stage on a thread of its own, below normal priority. A panic in it is passed on.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, StageError> + Send + 'static) -> Result<T, StageError> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("stage".into()).spawn(move || {
        // On Linux a priority is a thread's own, and one that was lowered cannot be raised again: no thread of a pool.
        let _ = rustix::process::nice(NICENESS);
        let _ = answer.send(std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)));
    });
    thread.map_err(|error| {
        tracing::error!(%error, "no thread can be started");
        StageError::retry("machine-busy", "The machine has no room for another build", "The operating system refused to start a thread.")
    })?;
    match answered.await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(_) => Err(StageError::retry("interrupted", "Interrupted", "The worker is stopping.")),
    }
}

/// A folder under construction beside the place where its content will appear. Removed unless all of it was moved there.
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
}

impl Staging {
    /// Begins an empty one beside `place`, and removes those that a killed worker left for it.
    pub fn beside(place: &Path, purpose: &str) -> Result<Self, StageError> {
        let parent = place.parent().unwrap_or(place);
        let prefix = format!(".{}.{purpose}-", place.file_name().unwrap_or_default().to_string_lossy());
        std::fs::create_dir_all(parent).map_err(|e| io_error("create the folder", parent, &e))?;
        for entry in std::fs::read_dir(parent).map_err(|e| io_error("read the folder", parent, &e))?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                remove(&entry.path())?;
            }
        }
        let folder = parent.join(format!("{prefix}{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).map_err(|e| io_error("create the folder", &folder, &e))?;
        Ok(Self { folder })
    }

    /// Where to build.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Moves what stands at `name` in it to `place`, in place of what is there.
    pub fn install(&self, name: &str, place: &Path) -> Result<(), StageError> {
        let new = self.folder.join(name);
        if std::fs::symlink_metadata(place).is_ok() {
            let old = self.folder.join(format!(".old-{name}"));
            std::fs::rename(place, &old).map_err(|e| io_error("replace", place, &e))?;
        }
        std::fs::rename(&new, place).map_err(|e| io_error("write", place, &e))
    }

    /// Moves the whole folder to `place`, which must not exist.
    pub fn become_folder(self, place: &Path) -> Result<(), StageError> {
        std::fs::rename(&self.folder, place).map_err(|e| io_error("write", place, &e))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Nothing to do about a failure here: the next run of the stage removes it.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Removes a file or a folder with all that is in it; what does not exist is removed already.
pub fn remove(path: &Path) -> Result<(), StageError> {
    let result = match std::fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => remove_folder(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) => Err(error),
    };
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("remove", path, &error)),
        _ => Ok(()),
    }
}

/// A compiler outlives a worker that was killed for a moment, and may still write into what its successor removes.
fn remove_folder(path: &Path) -> io::Result<()> {
    for _ in 0..40 {
        match std::fs::remove_dir_all(path) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => std::thread::sleep(std::time::Duration::from_millis(50)),
            done => return done,
        }
    }
    std::fs::remove_dir_all(path)
}

/// Writes files below `root`, which exists.
pub fn write<'a>(context: &Context, root: &Path, files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<(), StageError> {
    let mut folders = HashSet::new();
    for (path, content) in files {
        if context.cancel.is_cancelled() {
            return Err(StageError::cancelled());
        }
        let file = root.join(path);
        if let Some(folder) = file.parent()
            && folders.insert(folder.to_owned())
        {
            std::fs::create_dir_all(folder).map_err(|e| io_error("create the folder", folder, &e))?;
        }
        std::fs::write(&file, content).map_err(|e| io_error("write", &file, &e))?;
    }
    Ok(())
}

/// The regular files below `root` by relative path, in order; symbolic links are not followed. Empty when it does not exist.
pub fn list(root: &Path) -> Result<BTreeMap<String, PathBuf>, StageError> {
    let mut files = BTreeMap::new();
    let mut folders = vec![(String::new(), root.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && folder == root => return Ok(files),
            entries => entries.map_err(|e| io_error("read the folder", &folder, &e))?,
        };
        for entry in entries {
            let entry = entry.map_err(|e| io_error("read the folder", &folder, &e))?;
            let kind = entry.file_type().map_err(|e| io_error("read", &entry.path(), &e))?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if kind.is_dir() {
                folders.push((format!("{path}/"), entry.path()));
            } else if kind.is_file() {
                files.insert(path, entry.path());
            }
        }
    }
    Ok(files)
}

/// Reads a file.
pub fn read(path: &Path) -> Result<Vec<u8>, StageError> {
    std::fs::read(path).map_err(|e| io_error("read", path, &e))
}

/// What [`overlay`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlaid {
    /// Generated files that are the owner's from now on.
    pub added: Vec<String>,
    /// Whether a file of the owner differs from what is generated, or stands beside it.
    pub changed: bool,
}

/// Lays the owner's own files over generated ones. A file of the owner wins; a generated one that the owner does not
/// have yet becomes the owner's. One that the owner has never touched follows the design, so that a design whose owner writes
/// no code never meets an outdated file. Only paths with a folder `custom` are the owner's; `mine` selects the part of the tree
/// that the `stage` writes.
pub fn overlay(context: &Context, files: &mut Contents, stage: &str, mine: impl Fn(&str) -> bool) -> Result<Overlaid, StageError> {
    let custom = &context.paths.custom;
    let mut untouched = Untouched::read(custom, stage)?;
    let mut overlaid = Overlaid::default();
    let staging = Staging::beside(custom, stage)?;
    for (path, file) in list(custom)?.into_iter().filter(|(path, _)| mine(path)) {
        if !is_custom(&path) {
            context.log.line(super::Level::Warn, format!("{path} stands among the owner's files but outside a folder `custom`, so it is not used"));
            continue;
        }
        let own = read(&file)?;
        if untouched.is(&path, &own) {
            if files.get(&path) != Some(&own) {
                remove(&file)?;
            }
        } else {
            overlaid.changed |= files.get(&path) != Some(&own);
            files.insert(path, own);
        }
    }
    for (path, content) in files.iter().filter(|(path, _)| is_custom(path)) {
        let place = custom.join(path);
        let folder = place.parent().unwrap_or(custom);
        std::fs::create_dir_all(folder).map_err(|e| io_error("create the folder", folder, &e))?;
        write(context, staging.folder(), [(path.as_str(), content.as_slice())])?;
        // A hard link, other than a rename, never takes the place of a file that the owner has just put there.
        match std::fs::hard_link(staging.folder().join(path), &place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io_error("write", &place, &error)),
            Ok(()) => {
                untouched.0.insert(path.clone(), digest(content));
                overlaid.added.push(path.clone());
            }
        }
    }
    untouched.write(context, &staging, custom, stage)?;
    Ok(overlaid)
}

/// SHA-256 of the files below `custom` as they were generated, by path; kept beside that folder, one record a stage.
#[derive(Debug, Default)]
struct Untouched(BTreeMap<String, String>);

impl Untouched {
    fn place(custom: &Path, stage: &str) -> PathBuf {
        custom.with_file_name(format!("custom.{stage}.json"))
    }

    /// A record that cannot be read counts as none: then every file is the owner's, and nothing is replaced.
    fn read(custom: &Path, stage: &str) -> Result<Self, StageError> {
        let place = Self::place(custom, stage);
        match std::fs::read(&place) {
            Ok(bytes) => Ok(Self(serde_json::from_slice(&bytes).unwrap_or_default())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(io_error("read", &place, &error)),
        }
    }

    fn is(&self, path: &str, content: &[u8]) -> bool {
        self.0.get(path).is_some_and(|generated| *generated == digest(content))
    }

    fn write(&self, context: &Context, staging: &Staging, custom: &Path, stage: &str) -> Result<(), StageError> {
        let bytes = serde_json::to_vec(&self.0).expect("text becomes JSON");
        write(context, staging.folder(), [(".generated", bytes.as_slice())])?;
        staging.install(".generated", &Self::place(custom, stage))
    }
}

fn digest(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

/// Whether a path of the code base is the owner's.
pub fn is_custom(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|folder| folder == "custom")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One run of a stage that generates `files`; what the code base has then.
    fn run(root: &Path, files: &[(&str, &str)]) -> (Contents, Overlaid) {
        let context = Context::for_testing(root);
        let mut contents: Contents = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let overlaid = overlay(&context, &mut contents, "backend", |_| true).unwrap();
        (contents, overlaid)
    }

    #[tokio::test]
    async fn work_that_blocks_runs_below_normal_priority_and_its_panic_is_passed_on() {
        let mine = rustix::process::getpriority_process(None).unwrap();
        let there = blocking(|| Ok(rustix::process::getpriority_process(None).unwrap())).await.unwrap();
        assert_eq!((there, rustix::process::getpriority_process(None).unwrap()), ((mine + NICENESS).min(19), mine));
        let panic = tokio::spawn(blocking::<()>(|| panic!("words"))).await.unwrap_err().into_panic();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"words"));
    }

    #[test]
    fn an_untouched_file_follows_the_design_and_a_touched_one_is_the_owners_for_good() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let (_, first) = run(root, &[("server/custom/hooks.ts", "one"), ("server/custom/extra.ts", "extra")]);
        assert_eq!((first.added.len(), first.changed), (2, false));
        let (contents, second) = run(root, &[("server/custom/hooks.ts", "two")]);
        assert_eq!((contents["server/custom/hooks.ts"].as_slice(), contents.len(), second.changed), (b"two".as_slice(), 1, false));
        assert_eq!(std::fs::read(root.join("custom/server/custom/hooks.ts")).unwrap(), b"two");

        std::fs::write(root.join("custom/server/custom/hooks.ts"), "mine").unwrap();
        std::fs::write(root.join("custom/server/custom/new.ts"), "mine too").unwrap();
        let (contents, third) = run(root, &[("server/custom/hooks.ts", "three")]);
        assert_eq!((contents["server/custom/hooks.ts"].as_slice(), contents["server/custom/new.ts"].as_slice()), (b"mine".as_slice(), b"mine too".as_slice()));
        assert!(third.changed && third.added.is_empty());
    }

    #[test]
    fn a_folder_into_which_somebody_still_writes_is_removed_once_they_have_ended() {
        let folder = tempfile::tempdir().unwrap();
        let leftover = folder.path().join("leftover");
        std::fs::create_dir(&leftover).unwrap();
        let (full, is_full) = std::sync::mpsc::channel();
        let writer = std::thread::spawn({
            let leftover = leftover.clone();
            move || {
                let write = |name: String| {
                    let _ = std::fs::create_dir_all(&leftover);
                    let _ = std::fs::write(leftover.join(name), "x");
                };
                (0..500).for_each(|n| write(n.to_string()));
                full.send(()).unwrap();
                let begin = std::time::Instant::now();
                while begin.elapsed().as_millis() < 200 {
                    write(format!("late-{}", begin.elapsed().as_nanos()));
                }
            }
        });
        is_full.recv().unwrap();
        let removed = remove(&leftover);
        writer.join().unwrap();
        removed.unwrap();
    }
}
