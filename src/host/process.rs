//! One process: started confined, watched, ended.

use super::census::Census;
use super::cgroup::Delegated;
use super::log::{AppLog, Tail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::Child;
use tokio::sync::{mpsc, oneshot, watch};

/// After being asked, a process has this long to end; the generated server lets requests finish for as long.
const PATIENCE: Duration = Duration::from_secs(11);

/// What all processes share.
#[derive(Debug)]
pub struct Keeping {
    /// Starts them.
    pub spawner: Spawner,
    /// Watches them.
    pub census: Census,
    /// Limits them, where the kernel may.
    pub cgroups: Option<Delegated>,
    /// Where running processes are recorded, so that the next host finds what a killed one has left.
    pub records: PathBuf,
}

/// Starts processes from one thread that lives as long as the program: the kernel ends a child (`PR_SET_PDEATHSIG`)
/// with the *thread* that started it.
#[derive(Debug, Clone)]
pub struct Spawner(std::sync::mpsc::Sender<(Command, oneshot::Sender<io::Result<Child>>)>);

impl Spawner {
    /// Starts the thread; it uses the present runtime.
    pub fn start() -> io::Result<Self> {
        let (sender, receiver) = std::sync::mpsc::channel::<(Command, oneshot::Sender<io::Result<Child>>)>();
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new().name("spawner".into()).spawn(move || {
            let _runtime = runtime.enter();
            for (command, answer) in receiver {
                let _ = answer.send(tokio::process::Command::from(command).kill_on_drop(true).spawn());
            }
        })?;
        Ok(Self(sender))
    }

    async fn spawn(&self, command: Command) -> io::Result<Child> {
        let (answer, answered) = oneshot::channel();
        self.0.send((command, answer)).map_err(|_| io::ErrorKind::BrokenPipe)?;
        answered.await.map_err(|_| io::ErrorKind::BrokenPipe)?
    }
}

/// What to start.
#[derive(Debug)]
pub struct Spec {
    /// The program and its arguments.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its whole environment.
    pub environment: Vec<(&'static str, OsString)>,
    /// Its working directory.
    pub folder: PathBuf,
    /// It is ended when it uses more memory, in bytes.
    pub memory: u64,
    /// The user that it becomes, when that is its own.
    pub user: Option<u32>,
}

/// How a process ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// In words for people.
    pub why: String,
}

/// What a process is told by those who keep it.
#[derive(Debug)]
enum Order {
    Signal(Signal),
    /// It is ended at once, for this reason.
    Condemn(String),
}

/// A running process. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    /// Its id.
    pub pid: i32,
    /// Its last lines.
    pub tail: Tail,
    orders: mpsc::UnboundedSender<Order>,
    ended: watch::Receiver<Option<Ended>>,
}

impl Process {
    /// Starts it.
    pub async fn start(keeping: &Keeping, spec: Spec, log: &AppLog) -> io::Result<Self> {
        let mut command = Command::new(&spec.program);
        command.args(&spec.arguments).env_clear().envs(spec.environment).current_dir(&spec.folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own: Ctrl-C on the terminal reaches Slipform alone, which then ends its apps in order.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = keeping.spawner.spawn(command).await?;
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).ok_or(io::ErrorKind::NotFound)?;
        let mut full = keeping.census.watch(pid, spec.memory, spec.user);
        let group = keeping.cgroups.as_ref().and_then(|cgroups| {
            let placed = cgroups.place(pid, spec.memory);
            placed.inspect_err(|error| tracing::warn!(%error, "a process could not be put into a cgroup; it is watched")).ok()
        });
        let record = keeping.records.join(pid.to_string());
        if let Some(identity) = identity(pid)
            && let Err(error) = fs::write(&record, identity)
        {
            keeping.census.forget(pid);
            let _ = child.kill().await;
            return Err(error);
        }

        let tail = Tail::default();
        let out = child.stdout.take().map(|out| tokio::spawn(log.clone().follow(out, tail.clone())));
        let err = child.stderr.take().map(|err| tokio::spawn(log.clone().follow(err, tail.clone())));
        let (orders, mut ordered) = mpsc::unbounded_channel::<Order>();
        let (report, ended) = watch::channel(None);
        let (log, census) = (log.clone(), keeping.census.clone());
        tokio::spawn(async move {
            let (mut over_limit, mut condemned) = (None, None);
            let status = loop {
                // The child is not reaped before `wait` returns, so its id cannot belong to another process here.
                tokio::select! {
                    status = child.wait() => break status,
                    order = ordered.recv() => match order {
                        Some(Order::Signal(signal)) => {
                            let _ = kill(Pid::from_raw(pid), signal);
                        }
                        Some(Order::Condemn(why)) => {
                            condemned.get_or_insert(why);
                            let _ = killpg(Pid::from_raw(pid), Signal::SIGKILL);
                        }
                        None => {
                            let _ = killpg(Pid::from_raw(pid), Signal::SIGKILL);
                            break child.wait().await;
                        }
                    },
                    Ok(used) = &mut full, if over_limit.is_none() => {
                        over_limit = Some(used);
                        let _ = killpg(Pid::from_raw(pid), Signal::SIGKILL);
                    }
                }
            };
            // With it goes what it has started; what left its group, the census finds.
            let _ = killpg(Pid::from_raw(pid), Signal::SIGKILL);
            let killed_by_kernel = group.as_ref().is_some_and(super::cgroup::Group::was_full);
            if let Some(group) = &group {
                group.end();
            }
            census.forget(pid);
            let _ = fs::remove_file(&record);
            // What it wrote last explains its end; a grandchild that keeps the pipe open is not waited for.
            for copy in [out, err].into_iter().flatten() {
                let _ = tokio::time::timeout(Duration::from_millis(300), copy).await;
            }
            let limit = spec.memory >> 20;
            let why = match (over_limit, condemned) {
                (Some(used), _) => format!("It used {} MB of memory; the limit is {limit} MB (SLIPFORM_APP_MEMORY_MB).", used >> 20),
                (None, Some(why)) => why,
                (None, None) if killed_by_kernel => format!("It used more memory than the limit of {limit} MB (SLIPFORM_APP_MEMORY_MB)."),
                (None, None) => status.map_or_else(|error| error.to_string(), describe),
            };
            log.event("info", &format!("process {pid} ended: {why}"));
            let _ = report.send(Some(Ended { why }));
        });
        Ok(Self { pid, tail, orders, ended })
    }

    /// Waits for its end.
    pub async fn ended(&self) -> Ended {
        let mut ended = self.ended.clone();
        let result = ended.wait_for(Option::is_some).await.map(|end| end.clone());
        result.ok().flatten().unwrap_or_else(|| Ended { why: "Slipform lost sight of it.".into() })
    }

    /// Asks it to end, then makes it.
    pub async fn stop(&self) -> Ended {
        let _ = self.orders.send(Order::Signal(Signal::SIGTERM));
        if let Ok(ended) = tokio::time::timeout(PATIENCE, self.ended()).await {
            return ended;
        }
        self.stop_now().await
    }

    /// Makes it end.
    pub async fn stop_now(&self) -> Ended {
        let _ = self.orders.send(Order::Signal(Signal::SIGKILL));
        self.ended().await
    }

    /// Makes it end for a reason that its keeper is told. Does not keep it alive.
    pub fn condemner(&self) -> impl FnOnce(String) + Send + 'static {
        let orders = self.orders.downgrade();
        move |why| {
            if let Some(orders) = orders.upgrade() {
                let _ = orders.send(Order::Condemn(why));
            }
        }
    }
}

fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(0), _) => "It ended by itself (exit status 0).".into(),
        (Some(code), _) => format!("It ended with exit status {code}."),
        // V8 aborts when its heap is full.
        (_, Some(6)) => "It aborted (SIGABRT), as Node does when its heap is full.".into(),
        (_, Some(signal)) => format!("It was ended by signal {signal}{}.", Signal::try_from(signal).map(|s| format!(" ({s})")).unwrap_or_default()),
        _ => format!("It ended: {status}."),
    }
}

/// What tells a process from every other that ever has the same id: when it was started, in which run of the machine.
/// `None` for one that has ended, also while nobody has taken note of it.
fn identity(pid: i32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may contain anything; the start is the 20th field after it.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    let started = fields.nth(18)?;
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(format!("{started} {}", boot.trim()))
}

/// Ends the processes that an earlier host recorded and left, and forgets them.
pub fn end_leftovers(records: &Path) -> io::Result<()> {
    for entry in fs::read_dir(records)? {
        let entry = entry?;
        let pid = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()).filter(|pid| *pid > 1);
        if let Some(pid) = pid {
            let recorded = fs::read_to_string(entry.path())?;
            let is_it = || identity(pid).is_some_and(|identity| identity == recorded);
            if is_it() {
                tracing::warn!(pid, "ending a process that an earlier host has left");
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
                for _ in 0..100 {
                    if !is_it() {
                        break;
                    }
                    std::thread::sleep(Duration::from_millis(20));
                }
            }
        }
        fs::remove_file(entry.path())?;
    }
    Ok(())
}
