//! `slipform launch`: becomes another program as another user, bound to the life of the process that asked.
//!
//! A launcher of its own, and not code between `fork` and `exec`, because that would need `unsafe`.

use clap::Args;
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{Gid, Uid, getppid, setgid, setgroups, setuid};
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// What to become.
#[derive(Debug, Args)]
pub struct Launch {
    /// User to become; none keeps the present one.
    #[arg(long, requires = "gid")]
    uid: Option<u32>,
    /// Group to become.
    #[arg(long)]
    gid: Option<u32>,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

impl Launch {
    /// Does not return unless it fails.
    pub fn exec(self) -> anyhow::Error {
        let parent = getppid();
        let become_user = || -> nix::Result<()> {
            if let (Some(uid), Some(gid)) = (self.uid, self.gid) {
                setgroups(&[])?;
                setgid(Gid::from_raw(gid))?;
                setuid(Uid::from_raw(uid))?;
            }
            // After the change of user, which would clear it. SIGINT is Postgres' fast shutdown.
            set_pdeathsig(Signal::SIGINT)
        };
        if let Err(error) = become_user() {
            return anyhow::anyhow!("cannot become another user: {error}");
        }
        if getppid() != parent {
            return anyhow::anyhow!("the process that asked has ended");
        }
        let (program, arguments) = self.command.split_first().expect("clap requires one");
        let error = Command::new(program).args(arguments).exec();
        anyhow::anyhow!("cannot run {}: {error}", program.display())
    }
}
