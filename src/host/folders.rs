//! The folders that apps run from, with rights for one app each.

use crate::domain::local::Places;
use crate::domain::{AppId, EnvironmentId, ReleaseId};
use nix::unistd::{Gid, Uid, chown};
use sha2::{Digest as _, Sha256};
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// `sun_path` has room for 107 bytes and an end.
const SOCKET_PATH: usize = 107;
/// `/<12 digits>/<number>.sock`
const SOCKET_NAME: usize = 24;

/// Where sockets are: `<home>/run`, or a folder with a short name when that would be too long for the address of a socket.
pub fn socket_root(home: &Path) -> io::Result<PathBuf> {
    let usual = home.join("run");
    if usual.as_os_str().len() + SOCKET_NAME <= SOCKET_PATH {
        return Ok(usual);
    }
    let name = hex::encode(&Sha256::digest(home.as_os_str().as_bytes())[..6]);
    let short = PathBuf::from(format!("/tmp/slipform-{name}"));
    // Everybody may make folders in /tmp: this one must be ours.
    match fs::create_dir(&short) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    let found = fs::symlink_metadata(&short)?;
    if !found.is_dir() || found.uid() != Uid::effective().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("{} belongs to somebody else", short.display())));
    }
    Ok(short)
}

/// Makes a folder that an app's user passes through but does not read.
pub fn make_passage(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    let mode = if Uid::effective().is_root() { 0o711 } else { 0o700 };
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Makes a folder that is ours alone.
pub fn make_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o700))
}

/// The folder of an environment's sockets.
pub fn sockets(root: &Path, environment: EnvironmentId) -> PathBuf {
    let id = environment.0.simple().to_string();
    // The last digits of a UUIDv7 are random.
    root.join(&id[20..])
}

/// Makes everything that a process of the release needs; the copy of the release appears whole or not at all.
pub fn prepare(
    places: &Places,
    sockets: &Path,
    app: AppId,
    (environment, environment_slug): (EnvironmentId, &str),
    release: ReleaseId,
    user: Option<u32>,
) -> io::Result<()> {
    make_passage(&places.environment(environment))?;
    for folder in [&places.data(environment), sockets] {
        make_private(folder)?;
        if let Some(user) = user {
            chown(folder, Some(Uid::from_raw(user)), Some(Gid::from_raw(user)))?;
        }
    }
    let run = places.run(environment, release);
    if run.exists() {
        return Ok(());
    }
    let source = places.release(app, environment_slug, release);
    let temporary = run.with_extension("new");
    remove(&temporary)?;
    let result = copy(&source.join("server.mjs"), &temporary.join("server.mjs"), user)
        .and_then(|()| copy_all(&source.join("web"), &temporary.join("web"), user))
        .and_then(|()| fs::rename(&temporary, &run));
    if result.is_err() {
        let _ = remove(&temporary);
    }
    result
}

fn copy_all(from: &Path, to: &Path, user: Option<u32>) -> io::Result<()> {
    folder(to, user)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_all(&from, &to, user)?;
        } else if kind.is_file() {
            copy(&from, &to, user)?;
        }
    }
    Ok(())
}

/// The app's group may read it; nobody but us may write.
fn copy(from: &Path, to: &Path, user: Option<u32>) -> io::Result<()> {
    if let Some(parent) = to.parent() {
        folder(parent, user)?;
    }
    fs::copy(from, to)?;
    give(to, 0o440, user)
}

fn folder(path: &Path, user: Option<u32>) -> io::Result<()> {
    fs::create_dir_all(path)?;
    give(path, 0o750, user)
}

fn give(path: &Path, mode: u32, user: Option<u32>) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))?;
    match user {
        Some(user) => Ok(chown(path, None, Some(Gid::from_raw(user)))?),
        None => Ok(()),
    }
}

/// Removes the copies of all releases but these, and what a killed copy has left.
pub fn sweep(places: &Places, environment: EnvironmentId, keep: &[ReleaseId]) -> io::Result<()> {
    for entry in fs::read_dir(places.environment(environment))? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let (name, unfinished) = name.strip_suffix(".new").map_or((name, false), |name| (name, true));
        if name.parse().is_ok_and(|release: ReleaseId| unfinished || !keep.contains(&release)) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes a folder with all that is in it; one that is absent is fine.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
