//! `slipform confine`: becomes an app's process, and can do nothing that the app has no need of.
//!
//! A launcher of its own, and not code between `fork` and `exec`, because that would need `unsafe`. It runs with the
//! app's environment, which is made from scratch; nothing secret stands in its arguments.

use clap::Args;
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, PathBeneath, PathFd, Ruleset, RulesetAttr as _, RulesetCreated,
    RulesetCreatedAttr as _, Scope,
};
use nix::sys::prctl::{set_no_new_privs, set_pdeathsig};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, umask};
use nix::unistd::{Gid, Pid, Uid, getppid, setgroups, setresgid, setresuid};
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The newest kernel interface that is made use of; an older kernel gives what it has.
const KERNEL: ABI = ABI::V6;
/// Open files of an app: connections, mostly.
const FILES: u64 = 16_384;
/// Processes and threads of an app that has a user of its own.
const TASKS: u64 = 256;

/// What a process of Node reads of the machine: libraries, time zones, certificates, names of hosts, its own numbers.
const READABLE: [&str; 19] = [
    "/usr/lib",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/share",
    "/usr/local/lib",
    "/lib",
    "/lib64",
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/services",
    "/etc/localtime",
    "/etc/ld.so.cache",
    "/proc/self",
];
const READABLE_NUMBERS: [&str; 5] = ["/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version", "/dev/urandom"];
/// What the kernel itself runs to start a program with shared libraries.
const LOADERS: [&str; 6] = [
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
    "/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
];

/// What to become, and with what rights.
#[derive(Debug, Args)]
pub struct Confine {
    /// The process that asked: with it, the app ends.
    #[arg(long)]
    parent: i32,
    /// The user and group to become; none keeps the present ones.
    #[arg(long)]
    user: Option<u32>,
    /// A folder or file that may be read. Repeatable.
    #[arg(long)]
    read: Vec<PathBuf>,
    /// A folder that may be read and written. Repeatable.
    #[arg(long)]
    write: Vec<PathBuf>,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

impl Confine {
    /// The arguments of the launcher.
    pub fn arguments(user: Option<u32>, read: &[&Path], write: &[&Path], command: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["confine".into(), "--parent".into(), std::process::id().to_string().into()];
        if let Some(user) = user {
            arguments.extend(["--user".into(), user.to_string().into()]);
        }
        for (option, paths) in [("--read", read), ("--write", write)] {
            arguments.extend(paths.iter().flat_map(|path| [OsString::from(option), path.as_os_str().to_owned()]));
        }
        arguments.push("--".into());
        arguments.extend(command);
        arguments
    }

    /// Does not return unless it fails.
    pub fn exec(self) -> anyhow::Error {
        let Some((program, arguments)) = self.command.split_first() else {
            return anyhow::anyhow!("no program was named");
        };
        if let Err(error) = self.give_up_rights(Path::new(program)) {
            return error.context("the app cannot be confined, so it is not started");
        }
        let error = Command::new(program).args(arguments).exec();
        anyhow::anyhow!("cannot run {}: {error}", program.display())
    }

    fn give_up_rights(&self, program: &Path) -> anyhow::Result<()> {
        // If memory runs out, an app goes before Slipform and Postgres. Some containers forbid even this.
        let _ = std::fs::write("/proc/self/oom_score_adj", "500");
        setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
        let files = nix::sys::resource::getrlimit(Resource::RLIMIT_NOFILE)?.1.min(FILES);
        setrlimit(Resource::RLIMIT_NOFILE, files, files)?;
        umask(Mode::from_bits_truncate(0o007));
        if let Some(user) = self.user {
            // Counted per user, so only for an app that has its own.
            setrlimit(Resource::RLIMIT_NPROC, TASKS, TASKS)?;
            setgroups(&[])?;
            let (uid, gid) = (Uid::from_raw(user), Gid::from_raw(user));
            setresgid(gid, gid, gid)?;
            setresuid(uid, uid, uid)?;
        }
        set_no_new_privs()?;
        // After the change of user, which would clear it.
        set_pdeathsig(Signal::SIGKILL)?;
        anyhow::ensure!(getppid() == Pid::from_raw(self.parent), "the process that asked has ended");
        self.close_the_rest(program)
    }

    /// Landlock: of the file system only what is named, no listening on ports, signals and abstract sockets only within.
    fn close_the_rest(&self, program: &Path) -> anyhow::Result<()> {
        let read = AccessFs::ReadFile | AccessFs::ReadDir;
        let write =
            AccessFs::from_all(KERNEL) & !BitFlags::from(AccessFs::Execute) & !BitFlags::from(AccessFs::IoctlDev) & !(AccessFs::MakeChar | AccessFs::MakeBlock);
        let mut rules = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(KERNEL))?
            .handle_access(AccessNet::BindTcp)?
            .scope(Scope::AbstractUnixSocket | Scope::Signal)?
            .create()?;
        for path in READABLE.iter().chain(&READABLE_NUMBERS) {
            rules = allow(rules, Path::new(path), read)?;
        }
        for path in LOADERS {
            rules = allow(rules, Path::new(path), AccessFs::Execute | AccessFs::ReadFile)?;
        }
        rules = allow(rules, program, AccessFs::Execute | AccessFs::ReadFile)?;
        rules = allow(rules, Path::new("/dev/null"), AccessFs::ReadFile | AccessFs::WriteFile)?;
        for path in &self.read {
            rules = allow(rules, path, read)?;
        }
        for path in &self.write {
            rules = allow(rules, path, write)?;
        }
        rules.restrict_self()?;
        Ok(())
    }
}

/// Says once what this kernel cannot do for apps; to the operator, since an app's log belongs to its makers.
pub fn report(own_users: bool) {
    let all = |level| Ruleset::default().set_compatibility(level).handle_access(AccessFs::from_all(KERNEL))?.scope(Scope::AbstractUnixSocket | Scope::Signal);
    let any = Ruleset::default().set_compatibility(CompatLevel::HardRequirement).handle_access(AccessFs::from_all(ABI::V1)).and_then(Ruleset::create);
    if any.is_err() {
        if own_users {
            tracing::warn!("this kernel has no Landlock; apps are kept apart by their users alone");
        } else {
            tracing::error!("this kernel has no Landlock and Slipform does not run as root: APPS ARE NOT CONFINED and can read everything that Slipform can");
        }
    } else if all(CompatLevel::HardRequirement).is_err() {
        tracing::warn!("this kernel confines apps only in part; a newer one knows all of Landlock");
    }
}

/// What is absent on this machine needs no rule. A file takes no rights of folders.
fn allow(rules: RulesetCreated, path: &Path, access: BitFlags<AccessFs>) -> anyhow::Result<RulesetCreated> {
    let Ok(opened) = PathFd::new(path) else {
        return Ok(rules);
    };
    let access = if path.is_dir() { access } else { access & AccessFs::from_file(KERNEL) };
    Ok(rules.add_rule(PathBeneath::new(opened, access))?)
}
