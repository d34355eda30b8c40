use crate::domain::{MemberRole, Scope};

macro_rules! table {
    ($($(#[$doc:meta])* $operation:ident => $least:ident, $scope:ident, [$($id:literal),* $(,)?];)*) => {
        /// What an actor may do in an organization. This is the one table of permissions: each operation stands beside the least role
        /// that has it (a role has everything of the roles below it), the scope that an API token needs for it, and the operations of the
        /// OpenAPI document that it guards.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operation { $($(#[$doc])* $operation),* }

        impl Operation {
            /// All operations.
            pub const ALL: &'static [Self] = &[$(Self::$operation),*];

            /// The least role that has it.
            pub const fn least(self) -> MemberRole {
                match self { $(Self::$operation => MemberRole::$least),* }
            }

            /// The scope that an API token needs for it.
            pub const fn scope(self) -> Scope {
                match self { $(Self::$operation => Scope::$scope),* }
            }

            /// Its name, for people who read what was done.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$operation => stringify!($operation)),* }
            }

            /// The one that guards an operation of the OpenAPI document, by its `operationId`.
            pub fn of(id: &str) -> Option<Self> {
                match id { $($($id => Some(Self::$operation),)*)* _ => None }
            }
        }
    };
}

table! {
    /// See the organization.
    ShowOrganization => Viewer, OrganizationRead, ["showOrganization"];
    /// See what the organization uses of what it may have.
    ShowUsage => Viewer, OrganizationRead, ["showUsage"];
    /// See members.
    ShowMembers => Viewer, MembersRead, ["listMembers", "showMember"];
    /// Give members another role, or remove them.
    ChangeMember => Admin, MembersWrite, ["updateMember", "removeMember"];
    /// Invite people.
    Invite => Admin, MembersWrite, ["createInvitation"];
    /// See invitations (never their secrets).
    ShowInvitations => Admin, MembersRead, ["listInvitations"];
    /// Take an invitation back.
    RevokeInvitation => Admin, MembersWrite, ["revokeInvitation"];
    /// See API tokens (never their secrets).
    ListTokens => Admin, TokensRead, ["listTokens"];
    /// Make an API token.
    CreateToken => Admin, TokensWrite, ["createToken"];
    /// Revoke an API token.
    RevokeToken => Admin, TokensWrite, ["revokeToken"];
    /// See the AWS accounts in which apps can run.
    ShowAccounts => Viewer, AccountsRead, ["listAccounts", "showAccount"];
    /// Add an AWS account.
    CreateAccount => Admin, AccountsWrite, ["createAccount"];
    /// Choose the AWS account of new apps.
    UpdateAccount => Admin, AccountsWrite, ["updateAccount"];
    /// Forget an AWS account.
    DeleteAccount => Admin, AccountsWrite, ["deleteAccount"];
    /// See apps.
    ShowApps => Viewer, AppsRead, ["listApps", "showApp"];
    /// Make an app.
    CreateApp => Editor, AppsWrite, ["createApp"];
    /// Rename an app.
    UpdateApp => Editor, AppsWrite, ["updateApp"];
    /// Delete an app with its data.
    DeleteApp => Admin, AppsWrite, ["deleteApp"];
    /// See designs and compare them.
    ShowDesigns => Viewer, DesignsRead, ["listDesigns", "showDesign", "showDesignDocument", "diffDesigns"];
    /// Check a design without keeping it.
    ValidateDesign => Viewer, DesignsRead, ["validateDesign"];
    /// Add a design version.
    PushDesign => Editor, DesignsWrite, ["pushDesign"];
    /// See environments.
    ShowEnvironments => Viewer, EnvironmentsRead, ["listEnvironments", "showEnvironment", "showArchitecture", "drawArchitecture"];
    /// See the password of a live app's first administrator.
    ShowAdministrator => Editor, EnvironmentsSecrets, ["showAdministrator"];
    /// Make a preview.
    CreateEnvironment => Editor, EnvironmentsWrite, ["createEnvironment"];
    /// Delete a preview with its data.
    DeleteEnvironment => Editor, EnvironmentsWrite, ["deleteEnvironment"];
    /// See custom domains and what has to be set for them.
    ShowDomains => Viewer, DomainsRead, ["listDomains", "showDomain"];
    /// Add a custom domain.
    AddDomain => Admin, DomainsWrite, ["addDomain"];
    /// Give a custom domain another certificate.
    RenewDomain => Admin, DomainsWrite, ["renewDomain"];
    /// Detach a custom domain.
    RemoveDomain => Admin, DomainsWrite, ["removeDomain"];
    /// See builds, their events and their logs.
    ShowBuilds => Viewer, BuildsRead, ["listBuilds", "showBuild", "followBuild", "readBuildLog"];
    /// Build, or build again.
    CreateBuild => Editor, BuildsWrite, ["createBuild", "retryBuild", "repairEnvironment"];
    /// Cancel a build.
    CancelBuild => Editor, BuildsWrite, ["cancelBuild"];
    /// See releases.
    ShowReleases => Viewer, ReleasesRead, ["listReleases", "showRelease"];
    /// Download the generated code.
    DownloadCode => Viewer, ReleasesRead, ["downloadCode"];
    /// Go back to an earlier release.
    Rollback => Editor, ReleasesWrite, ["rollBack"];
    /// See webhooks (never their secrets) and what was delivered to them.
    ShowWebhooks => Admin, WebhooksRead, ["listWebhooks", "showWebhook", "listDeliveries", "showDelivery"];
    /// Add a webhook.
    CreateWebhook => Admin, WebhooksWrite, ["createWebhook"];
    /// Change, enable or disable a webhook.
    UpdateWebhook => Admin, WebhooksWrite, ["updateWebhook"];
    /// Remove a webhook.
    DeleteWebhook => Admin, WebhooksWrite, ["deleteWebhook"];
    /// Give a webhook another secret.
    RotateWebhookSecret => Admin, WebhooksWrite, ["rotateWebhookSecret"];
    /// Send a test event, or an event once more.
    SendToWebhook => Admin, WebhooksWrite, ["sendTestEvent", "redeliver"];
    /// Read the audit log.
    ShowAudit => Admin, AuditRead, ["listAudit", "exportAudit"];
    /// Read what a live app writes.
    ShowAppLogs => Editor, LogsRead, ["readAppLog"];
}

impl Operation {
    /// Whether a role has it.
    pub const fn allows(self, role: MemberRole) -> bool {
        rank(role) >= rank(self.least())
    }
}

/// Whether a scope is of any use to a role.
pub fn useful(scope: Scope, role: MemberRole) -> bool {
    Operation::ALL.iter().any(|operation| operation.scope() == scope && operation.allows(role))
}

/// Whether a role has everything of another.
pub const fn includes(role: MemberRole, other: MemberRole) -> bool {
    rank(role) >= rank(other)
}

const fn rank(role: MemberRole) -> u8 {
    match role {
        MemberRole::Owner => 3,
        MemberRole::Admin => 2,
        MemberRole::Editor => 1,
        MemberRole::Viewer => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_everything_of_the_roles_below_it() {
        let count = |role| Operation::ALL.iter().filter(|o| o.allows(role)).count();
        assert_eq!(count(MemberRole::Owner), Operation::ALL.len());
        assert!(count(MemberRole::Admin) > count(MemberRole::Editor) && count(MemberRole::Editor) > count(MemberRole::Viewer));
        assert!(!Operation::CreateBuild.allows(MemberRole::Viewer) && Operation::CreateBuild.allows(MemberRole::Editor));
        assert!(!Operation::DeleteApp.allows(MemberRole::Editor) && Operation::DeleteApp.allows(MemberRole::Admin));
    }

    #[test]
    fn each_scope_is_needed_by_something() {
        for scope in Scope::ALL {
            assert!(useful(*scope, MemberRole::Owner), "{scope}");
        }
        assert!(!useful(Scope::BuildsWrite, MemberRole::Viewer) && useful(Scope::BuildsRead, MemberRole::Viewer));
    }
}
