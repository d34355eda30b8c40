//! What AWS would refuse, refused before any call: emulators accept much of it, and a half-made environment helps nobody.

use crate::error::{Error, Kind, Result};

/// The size of the app's server on Fargate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerSize {
    /// In thousandths of a vCPU.
    pub cpu: u32,
    /// In MiB.
    pub memory: u32,
}

/// What one function may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionSize {
    /// In MiB; Lambda gives CPU in proportion.
    pub memory: i32,
    /// In seconds.
    pub timeout: i32,
}

/// The pairs that exist on Fargate for Linux (Amazon ECS developer guide, "Task CPU and memory").
pub fn server_size(size: ServerSize) -> Result<()> {
    let whole = |from: u32, to: u32, step: u32| (from..=to).contains(&size.memory) && size.memory.is_multiple_of(step);
    let (fits, accepted) = match size.cpu {
        256 => (matches!(size.memory, 512 | 1024 | 2048), "512, 1024 or 2048 MiB"),
        512 => (whole(1024, 4096, 1024), "1 to 4 GiB in whole GiB"),
        1024 => (whole(2048, 8192, 1024), "2 to 8 GiB in whole GiB"),
        2048 => (whole(4096, 16_384, 1024), "4 to 16 GiB in whole GiB"),
        4096 => (whole(8192, 30_720, 1024), "8 to 30 GiB in whole GiB"),
        _ => (false, "a CPU of 256, 512, 1024, 2048 or 4096"),
    };
    if fits {
        Ok(())
    } else {
        Err(refused("ecs:RegisterTaskDefinition", format!("Fargate has no server of CPU {} with {} MiB; for it, choose {accepted}.", size.cpu, size.memory)))
    }
}

/// Lambda's limits (AWS Lambda developer guide, "Lambda quotas"). `most_memory` is smaller in new accounts.
pub fn function_size(size: FunctionSize, most_memory: i32) -> Result<()> {
    if !(128..=most_memory).contains(&size.memory) {
        return Err(refused("lambda:CreateFunction", format!("A function can have 128 to {most_memory} MiB in this account, and {} are wanted.", size.memory)));
    }
    if !(1..=900).contains(&size.timeout) {
        return Err(refused("lambda:CreateFunction", format!("A function can run for 1 to 900 seconds, and {} are wanted.", size.timeout)));
    }
    Ok(())
}

/// Variables that Lambda keeps for itself, and what all of them may hold together (4 KB).
pub fn variables<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<()> {
    let mut size = 0;
    for (name, value) in variables {
        size += name.len() + value.len();
        if name.starts_with("AWS_") || name.starts_with("LAMBDA_") || matches!(name, "_HANDLER" | "_X_AMZN_TRACE_ID" | "TZ") {
            return Err(refused("lambda:CreateFunction", format!("The variable {name} is reserved by Lambda.")));
        }
    }
    if size > 4096 {
        Err(refused("lambda:CreateFunction", format!("The variables of a function may hold 4,096 bytes, and these hold {size}.")))
    } else {
        Ok(())
    }
}

/// Where a file system may be mounted in a function.
pub fn mount_path(path: &str) -> Result<()> {
    let name = path.strip_prefix("/mnt/").unwrap_or_default();
    let fine = !name.is_empty() && path.len() <= 160 && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if fine { Ok(()) } else { Err(refused("lambda:CreateFunction", format!("A file system is mounted at /mnt/<name>, and {path} is wanted."))) }
}

/// How much concurrency one function can reserve: 100 must stay for everything else. `None` where the account has none to give.
pub fn reserved_concurrency(wanted: i32, unreserved: i32) -> Option<i32> {
    (unreserved - wanted >= 100).then_some(wanted)
}

fn refused(call: &'static str, message: String) -> Error {
    Error::new(Kind::Refused, call, "preflight", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_servers_that_fargate_has_pass() {
        for (cpu, memory) in [(256, 512), (256, 2048), (512, 3072), (1024, 8192), (4096, 30_720)] {
            assert!(server_size(ServerSize { cpu, memory }).is_ok(), "{cpu} {memory}");
        }
        for (cpu, memory) in [(256, 4096), (512, 512), (512, 1500), (300, 512), (4096, 31_744)] {
            assert!(server_size(ServerSize { cpu, memory }).unwrap_err().message.contains("Fargate"), "{cpu} {memory}");
        }
    }

    #[test]
    fn what_lambda_would_refuse_is_refused_before_it_is_asked() {
        assert!(function_size(FunctionSize { memory: 1769, timeout: 300 }, 10_240).is_ok());
        assert!(function_size(FunctionSize { memory: 3009, timeout: 300 }, 3008).is_err());
        assert!(function_size(FunctionSize { memory: 128, timeout: 901 }, 10_240).is_err());
        assert!(variables([("SLIPFORM_STAGE", "bundle")]).is_ok());
        assert!(variables([("AWS_REGION", "x")]).is_err() && variables([("TZ", "UTC")]).is_err());
        assert!(variables([("BIG", "x".repeat(5000).as_str())]).is_err());
        assert!(mount_path("/mnt/app").is_ok() && mount_path("/app").is_err() && mount_path("/mnt/a/b").is_err());
        assert_eq!((reserved_concurrency(2, 900), reserved_concurrency(2, 101), reserved_concurrency(2, 10)), (Some(2), None, None));
    }
}
