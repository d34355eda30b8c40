//! What differs between an account and what was made in it: the same *ensure* as always, with hands tied.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, SharedInterceptor};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde::{Deserialize, Serialize};

/// Something that is not as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Kind of thing, as in the ledger.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What is wrong with it: the change that would mend it.
    pub detail: String,
}

impl Difference {
    /// By the call that would mend it.
    pub fn by_call(kind: &str, name: &str, call: &str) -> Self {
        let action = call.split_once(':').map_or(call, |(_, action)| action);
        let detail = if action.starts_with("Create") || action.starts_with("Register") {
            format!("It is missing, or a part of it: {call} would make it.")
        } else {
            format!("It was changed: {call} would mend it.")
        };
        Self { kind: kind.to_owned(), name: name.to_owned(), detail }
    }
}

/// Refuses every call that could change something.
#[derive(Debug)]
struct LookOnly;

/// What the refusal says; the SDK hands it on as text.
pub(crate) const REFUSED: &str = "only looking";

/// For [`crate::Connection::interceptors`].
pub fn look_only() -> SharedInterceptor {
    SharedInterceptor::new(LookOnly)
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for LookOnly {
    fn name(&self) -> &'static str {
        "LookOnly"
    }

    fn read_before_transmit(&self, _: &BeforeTransmitInterceptorContextRef<'_>, _: &RuntimeComponents, config: &mut ConfigBag) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map(|metadata| metadata.name().to_owned()).unwrap_or_default();
        if ["Get", "List", "Describe", "Head"].iter().any(|verb| operation.starts_with(verb)) { Ok(()) } else { Err(REFUSED.into()) }
    }
}
