//! What AWS refused, with the call and AWS's own code: an operator can look both up.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::error::operation::BuildError;

/// The result of a call, or of several.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a refusal means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is not there.
    NotFound,
    /// It is there already: to be read and adopted.
    Exists,
    /// It is being changed, or something that it needs is not ready: to be tried again.
    Busy,
    /// The credentials do not allow it.
    Denied,
    /// A quota of the account is used up.
    Quota,
    /// Too many requests, also after all retries.
    Throttled,
    /// No answer, also after all retries.
    Unreachable,
    /// It contradicts the account as it is, or what AWS accepts.
    Refused,
    /// The ledger could not be written.
    Ledger,
    /// It would change something, and we only look.
    Differs,
    /// It was given up.
    Cancelled,
}

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{call}: {code}: {message}")]
pub struct Error {
    /// The action as policies name it: `lambda:CreateFunction`.
    pub call: &'static str,
    /// AWS's code, or ours.
    pub code: String,
    /// AWS's sentence, or ours.
    pub message: String,
    /// What it means to us.
    pub kind: Kind,
}

impl Error {
    /// A refusal of our own, before or after a call.
    pub fn new(kind: Kind, call: &'static str, code: &str, message: impl Into<String>) -> Self {
        Self { call, code: code.to_owned(), message: message.into(), kind }
    }

    /// What the operator can do about it.
    pub fn hint(&self) -> Option<String> {
        match self.kind {
            Kind::Denied => Some(format!("Allow the action {} to the control plane's credentials.", self.call)),
            Kind::Quota => Some("Request an increase of this quota in the console under Service Quotas, or remove what is no longer needed.".into()),
            Kind::Throttled | Kind::Unreachable | Kind::Busy => Some("This passes by itself as a rule; build again in a few minutes.".into()),
            _ => None,
        }
    }
}

/// Turns the SDK's error into ours. `call` is the action as policies name it.
pub fn failed<E>(call: &'static str) -> impl Fn(SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    move |error| {
        let (code, message) = (error.code().unwrap_or_default().to_owned(), error.message().unwrap_or_default().to_owned());
        let status = error.raw_response().map(|response| response.status().as_u16());
        if !matches!(error, SdkError::ServiceError(_)) && chain(&error).contains(crate::drift::REFUSED) {
            return Error::new(Kind::Differs, call, "differs", "It is not as it was made.");
        }
        match &error {
            SdkError::ResponseError(_) => Error::new(Kind::Refused, call, "unreadable-answer", chain(&error)),
            SdkError::ServiceError(_) => {
                let kind = kind_of(&code, &message, status);
                let code = if code.is_empty() { status.map_or_else(|| "no-code".to_owned(), |status| status.to_string()) } else { code };
                Error { call, code, message, kind }
            }
            SdkError::ConstructionFailure(_) => Error::new(Kind::Refused, call, "bad-request", chain(&error)),
            _ => Error::new(Kind::Unreachable, call, "no-answer", chain(&error)),
        }
    }
}

/// A request that lacks what AWS demands: a fault of ours.
pub fn incomplete(call: &'static str) -> impl Fn(BuildError) -> Error {
    move |error| Error::new(Kind::Refused, call, "incomplete-request", error.to_string())
}

fn kind_of(code: &str, message: &str, status: Option<u16>) -> Kind {
    match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException" => Kind::Denied,
        "LimitExceeded"
        | "LimitExceededException"
        | "ServiceQuotaExceededException"
        | "CodeStorageExceededException"
        | "AccessPointLimitExceeded"
        | "TooManyBuckets"
        | "TooManyTargetGroups"
        | "TooManyUniqueTargetGroupsPerLoadBalancer"
        | "TooManyRules"
        | "TooManyDistributions"
        | "TooManyDistributionsAssociatedToOriginAccessControl"
        | "TooManyDistributionsAssociatedToResponseHeadersPolicy"
        | "TooManyDistributionsWithFunctionAssociations" => Kind::Quota,
        "Throttling" | "ThrottlingException" | "TooManyRequestsException" | "RequestLimitExceeded" | "SlowDown" | "PriorRequestNotComplete" => Kind::Throttled,
        "ResourceConflictException"
        | "ResourceInUseException"
        | "ResourceInUse"
        | "DeleteConflict"
        | "DeleteConflictException"
        | "DependencyViolation"
        | "OperationAborted"
        | "OperationAbortedException"
        | "PreconditionFailed"
        | "ConcurrentModification"
        | "ConcurrentModificationException"
        | "IncorrectAccessPointLifeCycleState" => {
            // Lambda says the same for a function that is there and for one that is being changed.
            if message.contains("already exist") { Kind::Exists } else { Kind::Busy }
        }
        _ if code.contains("AlreadyExists") || code.contains("AlreadyOwned") || code.starts_with("Duplicate") || code == "ResourceExistsException" => {
            Kind::Exists
        }
        _ if code.starts_with("NoSuch") || code.contains("NotFound") || code == "ResourceNotFoundException" => Kind::NotFound,
        // Lambda, while a new role or its policy has not reached it.
        "InvalidParameterValueException"
            if ["cannot be assumed", "does not have permissions", "throttled by EC2"].iter().any(|part| message.contains(part)) =>
        {
            Kind::Busy
        }
        // Secrets Manager, while a removal has not ended.
        "InvalidRequestException" if message.contains("scheduled for deletion") => Kind::Busy,
        _ if status == Some(404) => Kind::NotFound,
        _ if status == Some(403) => Kind::Denied,
        _ if status == Some(429) => Kind::Throttled,
        _ if status.is_some_and(|status| status >= 500) => Kind::Unreachable,
        _ => Kind::Refused,
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}

/// What is not there is `None`.
pub trait Absent<T> {
    /// Makes it so.
    fn absent(self) -> Result<Option<T>>;
}

impl<T> Absent<T> for Result<T> {
    fn absent(self) -> Result<Option<T>> {
        match self {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_all_services_are_told_apart() {
        for (code, message, status, kind) in [
            ("NoSuchEntity", "", 404, Kind::NotFound),
            ("ResourceNotFoundException", "", 404, Kind::NotFound),
            ("AccessPointNotFound", "", 404, Kind::NotFound),
            ("EntityAlreadyExists", "", 409, Kind::Exists),
            ("BucketAlreadyOwnedByYou", "", 409, Kind::Exists),
            ("DuplicateTargetGroupName", "", 400, Kind::Exists),
            ("ResourceConflictException", "Function already exist: f", 409, Kind::Exists),
            ("ResourceConflictException", "The operation cannot be performed at this time.", 409, Kind::Busy),
            ("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.", 400, Kind::Busy),
            ("InvalidParameterValueException", "The provided execution role does not have permissions to call CreateNetworkInterface on EC2", 400, Kind::Busy),
            ("InvalidParameterValueException", "Unsupported runtime", 400, Kind::Refused),
            ("ResourceInUse", "Target group is currently in use by a listener or a rule", 400, Kind::Busy),
            ("PreconditionFailed", "", 412, Kind::Busy),
            ("OperationAbortedException", "", 400, Kind::Busy),
            ("AccessDeniedException", "", 403, Kind::Denied),
            ("LimitExceededException", "", 400, Kind::Quota),
            ("Throttling", "", 400, Kind::Throttled),
            ("", "", 503, Kind::Unreachable),
            ("", "", 404, Kind::NotFound),
        ] {
            assert_eq!(kind_of(code, message, Some(status)), kind, "{code} {message}");
        }
    }
}
