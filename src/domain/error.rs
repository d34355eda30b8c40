//! The one error of all use cases. It knows nothing of HTTP; what the client sees and what the log says are separate.

use super::states::Quota;
use slipform_codegen::model::Problem;

/// Why a use case was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The thing does not exist, or belongs to somebody else.
    #[error("{what} was not found")]
    NotFound {
        /// `app`, `build` …
        what: &'static str,
    },
    /// The input is wrong; each problem names its place.
    #[error("{detail}")]
    Invalid {
        /// One sentence about all of it.
        detail: String,
        /// Every place, as a JSON Pointer into the body (or `/query/<name>`).
        problems: Vec<Problem>,
    },
    /// The request contradicts the present state.
    #[error("{detail}")]
    Conflict {
        /// Stable word for programs: `app-slug-taken`, `app-deleting` …
        code: &'static str,
        /// What happened and what to do next.
        detail: String,
    },
    /// The change was meant for an earlier state of the thing.
    #[error("{detail}")]
    Stale {
        /// What to do.
        detail: String,
    },
    /// The change does not say which state of the thing it is meant for.
    #[error("{detail}")]
    Unconditional {
        /// What to do.
        detail: String,
    },
    /// Nobody is signed in, or the credentials are wrong or over.
    #[error("{detail}")]
    Unauthenticated {
        /// What to do.
        detail: String,
    },
    /// The actor may not do this.
    #[error("{detail}")]
    Forbidden {
        /// Which right is missing.
        detail: String,
    },
    /// Too often.
    #[error("{detail}")]
    TooMany {
        /// What is limited.
        detail: String,
        /// When to try again, in seconds.
        retry_after: u64,
    },
    /// The organization has as much of something as it may have.
    #[error("{detail}")]
    QuotaExceeded {
        /// Of what.
        quota: Quota,
        /// How much it has.
        used: i64,
        /// How much it may have.
        limit: i64,
        /// What was refused, and what to do next.
        detail: String,
        /// When to try again, in seconds, where that becomes less by itself.
        retry_after: Option<u64>,
    },
    /// Something that Slipform needs does not answer now (Postgres, the disk).
    #[error("{detail}")]
    Unavailable {
        /// What, in words for a client.
        detail: String,
        /// For the log alone.
        #[source]
        cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A fault of Slipform. The client learns nothing but the request id.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Invalid input at one place.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::Invalid { detail: detail.clone(), problems: vec![Problem { pointer: pointer.into(), detail }] }
    }

    /// A fault of Slipform with a cause for the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }
}

/// A lost connection is told apart from a fault; constraint violations are mapped by name where they can happen.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => {
                Self::Unavailable { detail: "The database does not answer. Nothing was lost; try again in a few seconds.".into(), cause: Some(Box::new(error)) }
            }
            // 57P01–57P03: the server is shutting down or starting; 53: it lacks a resource.
            sqlx::Error::Database(db) if db.code().is_some_and(|c| c.starts_with("57P") || c.starts_with("53")) => Self::Unavailable {
                detail: "The database is restarting or out of resources. Nothing was lost; try again in a few seconds.".into(),
                cause: Some(Box::new(error)),
            },
            // 22021: the character that JSON can hold and a text of Postgres cannot.
            sqlx::Error::Database(db) if db.code().as_deref() == Some("22021") => Self::invalid("", "Text cannot contain the character U+0000."),
            _ => Self::Internal(Box::new(error)),
        }
    }
}
