//! States, most of them stored, with the words of the database and the API.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $vdoc:literal])+ $variant:ident = $word:literal),* $(,)? })*) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
        #[sqlx(type_name = "text")]
        pub enum $name {
            $($(#[doc = $vdoc])+ #[serde(rename = $word)] #[sqlx(rename = $word)] $variant),*
        }

        // Written out, because the derive does not see words that come through a macro.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let words = utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::Type::String);
                words.enum_values(Some([$($word),*])).description(Some(concat!($($doc),+).trim())).into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }
        }

        impl $name {
            /// All values.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in the database and the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What it means, for people.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($vdoc),+).trim()),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(word: &str) -> Result<Self, String> {
                match word { $($word => Ok(Self::$variant),)* _ => Err(format!("{word:?} is no {}", stringify!($name))) }
            }
        }
    )*};
}

words! {
    /// What a member of an organization may do; each includes the ones after it.
    MemberRole {
        /// Everything, deleting the organization included.
        Owner = "owner",
        /// Everything but owners.
        Admin = "admin",
        /// Designs, builds and releases.
        Editor = "editor",
        /// Reads.
        Viewer = "viewer",
    }

    /// A part of the API that an API token can be made for.
    Scope {
        /// See the organization.
        OrganizationRead = "organization:read",
        /// See members and invitations.
        MembersRead = "members:read",
        /// Invite people, change and remove members.
        MembersWrite = "members:write",
        /// See API tokens.
        TokensRead = "tokens:read",
        /// Make and revoke API tokens.
        TokensWrite = "tokens:write",
        /// See AWS accounts.
        AccountsRead = "accounts:read",
        /// Add, choose and forget AWS accounts.
        AccountsWrite = "accounts:write",
        /// See apps.
        AppsRead = "apps:read",
        /// Make, rename and delete apps.
        AppsWrite = "apps:write",
        /// See designs, compare and check them.
        DesignsRead = "designs:read",
        /// Add design versions.
        DesignsWrite = "designs:write",
        /// See environments.
        EnvironmentsRead = "environments:read",
        /// Make and delete previews.
        EnvironmentsWrite = "environments:write",
        /// See the password of a live app's first administrator.
        EnvironmentsSecrets = "environments:secrets",
        /// See custom domains.
        DomainsRead = "domains:read",
        /// Add, renew and detach custom domains.
        DomainsWrite = "domains:write",
        /// See builds, their events and their logs.
        BuildsRead = "builds:read",
        /// Build, and cancel builds.
        BuildsWrite = "builds:write",
        /// See releases and download their code.
        ReleasesRead = "releases:read",
        /// Go back to an earlier release.
        ReleasesWrite = "releases:write",
        /// Read what live apps write.
        LogsRead = "logs:read",
        /// Read the audit log.
        AuditRead = "audit:read",
        /// See webhooks and their deliveries.
        WebhooksRead = "webhooks:read",
        /// Add, change, test and remove webhooks, and send deliveries again.
        WebhooksWrite = "webhooks:write",
    }

    /// What became of a build.
    BuildState {
        /// Waits for a worker.
        Queued = "queued",
        /// Runs.
        Running = "running",
        /// Its release is live.
        Succeeded = "succeeded",
        /// A step failed; what was live still is.
        Failed = "failed",
        /// Somebody cancelled it.
        Cancelled = "cancelled",
        /// A newer build of the environment took its place.
        Superseded = "superseded",
    }

    /// What a build is for.
    BuildKind {
        /// Makes a release of a design version and brings it live.
        Build = "build",
        /// Brings an earlier release live again.
        Rollback = "rollback",
        /// Brings the live release back with everything that it needs.
        Repair = "repair",
    }

    /// Whether an app or an environment is there to stay.
    Lifecycle {
        /// It is.
        Active = "active",
        /// It is being deleted, and takes no builds any more.
        Deleting = "deleting",
    }

    /// What became of a step.
    StepState {
        /// Has not begun.
        Pending = "pending",
        /// Runs.
        Running = "running",
        /// Did its work.
        Succeeded = "succeeded",
        /// Failed.
        Failed = "failed",
        /// Was ended by a cancel.
        Cancelled = "cancelled",
        /// Had nothing to do.
        Skipped = "skipped",
    }

    /// The steps of a build, in order of display. The five in the middle are the stages.
    StepName {
        /// Makes sure that every resource exists.
        Provision = "provision",
        /// Design → React code base.
        Frontend = "frontend",
        /// Design → server code base and migrations.
        Backend = "backend",
        /// Compiles both.
        Bundle = "bundle",
        /// Changes the schema.
        Database = "database",
        /// Copies artifacts into place.
        Publish = "publish",
        /// Starts, checks, switches.
        Rollout = "rollout",
    }

    /// Whether an environment is the app's production.
    EnvironmentKind {
        /// The app's address.
        Production = "production",
        /// A preview with its own data.
        Preview = "preview",
    }

    /// What is known of a part of an environment: the first three from the ledger, the others from the host that runs its process.
    PartState {
        /// It will be made.
        Intended = "intended",
        /// It is there.
        Present = "present",
        /// It is being removed.
        Deleting = "deleting",
        /// It does not run.
        Absent = "absent",
        /// It is started, or started again.
        Starting = "starting",
        /// It runs and answers.
        Running = "running",
        /// It does not start.
        Failed = "failed",
    }

    /// Where a part of an environment stands on the way from a visitor to the data.
    Layer {
        /// Who opens the app.
        Visitor = "visitor",
        /// The name that leads to it.
        Address = "address",
        /// What answers at that name: the router or the CDN, and the load balancer behind it.
        Edge = "edge",
        /// The interface and the server.
        Application = "application",
        /// The database and the files.
        Data = "data",
        /// The functions that build it.
        Pipeline = "pipeline",
        /// Logs and alarms.
        Observability = "observability",
        /// What this version of Slipform has no place for.
        Other = "other",
    }

    /// Whether a custom domain leads to its app.
    DomainState {
        /// Not yet: something must be set or made first.
        Pending = "pending",
        /// It does.
        Active = "active",
        /// It does not, and nobody tries any more.
        Failed = "failed",
        /// It is being detached.
        Deleting = "deleting",
    }

    /// What a DNS record of a custom domain is for.
    RecordPurpose {
        /// Leads visitors to the app.
        Address = "address",
        /// Proves to whoever issues the certificate that the domain is its owner's.
        Validation = "validation",
    }

    /// What an organization may have only so much of.
    Quota {
        /// Apps, those that are being deleted included.
        Apps = "apps",
        /// Previews of all apps, those that are being deleted included.
        Previews = "previews",
        /// Builds that run at once.
        RunningBuilds = "running-builds",
        /// Builds that wait.
        WaitingBuilds = "waiting-builds",
        /// Bytes of kept releases and of design versions.
        Storage = "storage",
        /// Requests in a minute.
        Requests = "requests",
    }

    /// What a webhook tells of. The triggers of the database make these.
    EventKind {
        /// A build waits for a worker: a new one, or one whose worker stopped.
        BuildQueued = "build.queued",
        /// A worker has begun a build, or goes on with it.
        BuildRunning = "build.running",
        /// A build has ended, and its release is live.
        BuildSucceeded = "build.succeeded",
        /// A build has failed; what was live still is.
        BuildFailed = "build.failed",
        /// A build was cancelled.
        BuildCancelled = "build.cancelled",
        /// A newer build has taken the place of one that waited.
        BuildSuperseded = "build.superseded",
        /// Traffic reaches a release that a build has brought live.
        ReleaseLive = "release.live",
        /// Traffic reaches an earlier release again, because somebody rolled back.
        ReleaseRolledBack = "release.rolled_back",
        /// An environment was made.
        EnvironmentCreated = "environment.created",
        /// An environment is gone with everything of it.
        EnvironmentDeleted = "environment.deleted",
        /// The server of a live app does not answer any more. It is started again.
        EnvironmentUnhealthy = "environment.unhealthy",
        /// The server of a live app that did not answer does so again.
        EnvironmentRecovered = "environment.recovered",
        /// An environment on AWS differs from what was made there.
        EnvironmentDrifted = "environment.drifted",
        /// An app was made.
        AppCreated = "app.created",
        /// An app is gone with everything of it.
        AppDeleted = "app.deleted",
        /// A design version was added.
        DesignPushed = "design.pushed",
        /// A custom domain leads to its environment.
        DomainActive = "domain.active",
        /// A custom domain does not lead to its environment, and nobody tries any more.
        DomainFailed = "domain.failed",
        /// Another webhook was disabled because its receiver does not take events.
        EndpointDisabled = "endpoint.disabled",
        /// Somebody tries a webhook. Sent to that one alone, whatever its `types` are.
        Test = "test",
    }

    /// Whether events are sent to a webhook.
    EndpointState {
        /// They are.
        Enabled = "enabled",
        /// They are not.
        Disabled = "disabled",
    }

    /// What became of the delivery of an event.
    DeliveryState {
        /// It waits for its next attempt.
        Queued = "queued",
        /// It is being sent.
        Running = "running",
        /// The receiver has it.
        Succeeded = "succeeded",
        /// Every attempt has failed.
        Failed = "failed",
    }

    /// Where an app runs.
    TargetKind {
        /// This machine.
        Local = "local",
        /// The operator's AWS account.
        Aws = "aws",
    }
}

impl BuildState {
    /// Whether nothing will change any more.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}
