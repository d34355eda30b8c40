//! What AWS refuses, as the failure of a step.

use crate::stages::StageError;
use slipform_aws::{Error, Kind};

/// AWS's own code, the call, and what to do.
pub fn step_failed(error: &Error) -> StageError {
    tracing::warn!(%error, "AWS refused a call");
    let (code, title) = match error.kind {
        Kind::Denied => ("aws-denied", "AWS does not allow it"),
        Kind::Quota => ("aws-quota", "A quota of the AWS account is used up"),
        Kind::Throttled => ("aws-throttled", "AWS is asked too often"),
        Kind::Unreachable => ("aws-unreachable", "AWS does not answer"),
        Kind::Busy => ("aws-busy", "AWS is still busy with an earlier change"),
        Kind::NotFound => ("aws-missing", "Something is missing in the AWS account"),
        Kind::Exists => ("aws-exists", "Something of the same name is in the AWS account already"),
        Kind::Refused => ("aws-refused", "AWS refused a call"),
        Kind::Differs => ("aws-differs", "Something in the AWS account is not as it was made"),
        Kind::Ledger => ("database-unavailable", "The database did not answer"),
        Kind::Cancelled => return StageError::cancelled(),
    };
    let passes = matches!(error.kind, Kind::Throttled | Kind::Unreachable | Kind::Busy | Kind::Ledger);
    let failure = if passes { StageError::retry } else { StageError::fail };
    let failed = failure(code, title, format!("{} answered {}: {}", error.call, error.code, error.message));
    match error.hint() {
        Some(hint) => failed.hint(hint),
        None => failed.hint("The operator finds the call in the worker's log; `slipform aws doctor` looks for what an account lacks."),
    }
}
