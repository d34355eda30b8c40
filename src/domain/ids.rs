//! Every id has its kind, so that an app's id is never taken for a build's.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id; ids of one kind sort by the time they were made (UUIDv7, RFC 9562).
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// An organization, the tenant.
    OrganizationId,
    /// A person.
    UserId,
    /// An API token.
    TokenId,
    /// An invitation into an organization.
    InvitationId,
    /// What an external issuer calls a person.
    IdentityId,
    /// One sign-in of a person.
    SessionId,
    /// An AWS account of an organization.
    AccountId,
    /// An app.
    AppId,
    /// A design version of an app.
    DesignVersionId,
    /// An environment of an app.
    EnvironmentId,
    /// A build.
    BuildId,
    /// A release of an environment.
    ReleaseId,
    /// A custom domain of an environment.
    DomainId,
    /// A webhook: an endpoint to which events are sent.
    WebhookId,
    /// An event that webhooks tell of.
    EventId,
    /// The delivery of an event to a webhook.
    DeliveryId,
    /// An entry of the ledger of resources.
    ResourceId,
    /// A job that is not a build.
    JobId,
}

impl EventId {
    /// What receivers know the event by: the header `webhook-id`.
    pub fn message_id(self) -> String {
        format!("msg_{self}")
    }
}
