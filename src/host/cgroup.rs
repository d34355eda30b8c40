//! Memory limits by the kernel, where a part of the cgroup tree (version 2) is ours alone, such as in a systemd unit
//! with `Delegate=memory`. Elsewhere the census watches.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A part of the tree that is ours.
#[derive(Debug, Clone)]
pub struct Delegated(PathBuf);

/// The group of one process; removed when it is dropped after the process has ended.
#[derive(Debug)]
pub struct Group(PathBuf);

impl Delegated {
    /// Finds it and prepares it: our own processes go into a leaf, because a group that limits others holds none itself.
    pub fn find() -> Option<Self> {
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        let path = own.lines().find_map(|line| line.strip_prefix("0::/"))?;
        let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
        let mount = mounts.lines().find_map(|line| {
            let (left, right) = line.split_once(" - ")?;
            let mut fields = left.split(' ').skip(3);
            (right.starts_with("cgroup2 ") && fields.next()? == "/").then(|| fields.next())?
        })?;
        let folder = Path::new(mount).join(path);
        // A host before us may have moved the processes already.
        let folder = if folder.ends_with("slipform") { folder.parent()?.to_owned() } else { folder };
        match prepare(&folder) {
            Ok(()) => {
                tracing::info!(folder = %folder.display(), "the kernel limits the memory of apps");
                Some(Self(folder))
            }
            Err(error) => {
                tracing::debug!(%error, folder = %folder.display(), "no cgroup is ours alone; the memory of apps is watched instead");
                None
            }
        }
    }

    /// Puts a process into a group of its own.
    pub fn place(&self, pid: i32, bytes: u64) -> io::Result<Group> {
        let group = Group(self.0.join(format!("app-{pid}")));
        fs::create_dir_all(&group.0)?;
        fs::write(group.0.join("memory.max"), bytes.to_string())?;
        // Both are absent on some kernels, and nothing depends on them.
        let _ = fs::write(group.0.join("memory.swap.max"), "0");
        let _ = fs::write(group.0.join("memory.oom.group"), "1");
        fs::write(group.0.join("cgroup.procs"), pid.to_string())?;
        Ok(group)
    }
}

impl Group {
    /// Whether the kernel ended a process here because of the limit.
    pub fn was_full(&self) -> bool {
        let events = fs::read_to_string(self.0.join("memory.events")).unwrap_or_default();
        events.lines().any(|line| line.strip_prefix("oom_kill ").is_some_and(|count| count.trim() != "0"))
    }

    /// Ends whatever is left in it.
    pub fn end(&self) {
        let _ = fs::write(self.0.join("cgroup.kill"), "1");
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Refused while a process is in it; the next host that is given this tree finds it empty.
        let _ = fs::remove_dir(&self.0);
    }
}

fn prepare(folder: &Path) -> io::Result<()> {
    let controllers = fs::read_to_string(folder.join("cgroup.controllers"))?;
    if !controllers.split_whitespace().any(|name| name == "memory") {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "the memory controller is not delegated"));
    }
    let members = pids(&folder.join("cgroup.procs"))?;
    if let Some(other) = members.iter().find(|pid| !is_ours(**pid)) {
        return Err(io::Error::new(io::ErrorKind::ResourceBusy, format!("process {other} of somebody else is in it")));
    }
    let leaf = folder.join("slipform");
    fs::create_dir_all(&leaf)?;
    let moved = members.iter().try_for_each(|pid| fs::write(leaf.join("cgroup.procs"), pid.to_string()));
    let ready = moved.and_then(|()| fs::write(folder.join("cgroup.subtree_control"), "+memory"));
    if ready.is_err() {
        for pid in members {
            let _ = fs::write(folder.join("cgroup.procs"), pid.to_string());
        }
        let _ = fs::remove_dir(&leaf);
    }
    ready
}

fn pids(file: &Path) -> io::Result<Vec<u32>> {
    Ok(fs::read_to_string(file)?.lines().filter_map(|line| line.parse().ok()).collect())
}

/// Whether it is this process, or descends from it, as a private Postgres does.
fn is_ours(pid: u32) -> bool {
    let parent = |pid: u32| -> Option<u32> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
    };
    std::iter::successors(Some(pid), |pid| parent(*pid)).take(64).any(|pid| pid == std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files of a group as the kernel shows them, in a folder.
    fn tree(controllers: &str, members: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in [("cgroup.controllers", controllers), ("cgroup.procs", members), ("cgroup.subtree_control", "")] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    #[test]
    fn only_a_group_that_is_ours_alone_is_used() {
        let own = std::process::id();
        assert!(prepare(tree("cpu pids", "").path()).is_err());
        assert!(prepare(tree("cpu memory", &format!("1\n{own}")).path()).is_err());
        let ours = tree("cpu memory", &own.to_string());
        prepare(ours.path()).unwrap();
        assert_eq!(fs::read_to_string(ours.path().join("slipform/cgroup.procs")).unwrap(), own.to_string());
        assert_eq!(fs::read_to_string(ours.path().join("cgroup.subtree_control")).unwrap(), "+memory");

        let group = Delegated(ours.path().to_owned()).place(42, 1 << 20).unwrap();
        assert_eq!(fs::read_to_string(group.0.join("memory.max")).unwrap(), "1048576");
        assert_eq!(fs::read_to_string(group.0.join("cgroup.procs")).unwrap(), "42");
        assert!(!group.was_full());
        fs::write(group.0.join("memory.events"), "low 0\noom 1\noom_kill 1\n").unwrap();
        assert!(group.was_full());
    }
}
