//! Looks at all processes of the machine once a second: how much memory each app's processes use together, and
//! whether any has outlived the one that started it.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);

/// Shared by all processes of the host.
#[derive(Debug, Clone, Default)]
pub struct Census(Arc<Mutex<Book>>);

#[derive(Debug, Default)]
struct Book {
    /// The first process of each app's server: what it may use, in bytes, and who hears when it uses more.
    servers: HashMap<i32, (u64, Option<oneshot::Sender<u64>>)>,
    /// Users that belong to apps alone: a process of one of them that belongs to no server is a stray.
    users: HashSet<u32>,
    /// Strays of the look before. One that is only just being started is no stray at the next look.
    suspects: HashSet<i32>,
}

/// What the kernel says of a process.
struct Seen {
    parent: i32,
    user: u32,
    resident: u64,
}

impl Census {
    /// Begins to look, for as long as the runtime lives.
    pub fn start() -> Self {
        let census = Self::default();
        let looking = census.clone();
        tokio::spawn(async move {
            let mut look = tokio::time::interval(LOOK);
            look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                look.tick().await;
                let census = looking.clone();
                if tokio::task::spawn_blocking(move || census.look()).await.is_err() {
                    return;
                }
            }
        });
        census
    }

    /// Watches a server from now on. Gives the memory it used, in bytes, when that was more than `limit`.
    pub fn watch(&self, pid: i32, limit: u64, user: Option<u32>) -> oneshot::Receiver<u64> {
        let (sender, receiver) = oneshot::channel();
        let mut book = self.book();
        book.servers.insert(pid, (limit, Some(sender)));
        book.users.extend(user);
        receiver
    }

    /// The server has ended. What it has started and left is a stray from now on.
    pub fn forget(&self, pid: i32) {
        self.book().servers.remove(&pid);
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) {
        if self.book().servers.is_empty() && self.book().users.is_empty() {
            return;
        }
        let all = processes();
        let mut book = self.book();
        let mut used: HashMap<i32, u64> = HashMap::new();
        let mut strays = HashSet::new();
        for (pid, seen) in &all {
            match server_of(*pid, &all, &book.servers) {
                Some(server) => *used.entry(server).or_default() += seen.resident,
                None if book.users.contains(&seen.user) => {
                    strays.insert(*pid);
                }
                None => {}
            }
        }
        for (server, used) in used {
            if let Some((limit, sender)) = book.servers.get_mut(&server)
                && used > *limit
                && let Some(sender) = sender.take()
            {
                let _ = sender.send(used);
            }
        }
        for pid in strays.intersection(&book.suspects) {
            tracing::warn!(pid, "ending a process that an app has left");
            let _ = kill(Pid::from_raw(*pid), Signal::SIGKILL);
        }
        book.suspects = strays;
    }
}

/// The server that a process is, or descends from.
fn server_of(pid: i32, all: &HashMap<i32, Seen>, servers: &HashMap<i32, (u64, Option<oneshot::Sender<u64>>)>) -> Option<i32> {
    let mut next = pid;
    // Processes come and go while they are read, so a chain may even be a circle.
    for _ in 0..64 {
        if servers.contains_key(&next) {
            return Some(next);
        }
        next = all.get(&next)?.parent;
    }
    None
}

fn processes() -> HashMap<i32, Seen> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let status = fs::read_to_string(entry.path().join("status")).ok()?;
            let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next();
            // A zombie has no memory any more, and cannot be ended.
            let resident = field("VmRSS:")?.parse::<u64>().ok()? * 1024;
            Some((pid, Seen { parent: field("PPid:")?.parse().ok()?, user: field("Uid:")?.parse().ok()?, resident }))
        })
        .collect()
}
