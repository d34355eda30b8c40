use crate::domain::MemberRole;

macro_rules! table {
    ($($(#[$doc:meta])* $operation:ident => $least:ident),* $(,)?) => {
        /// What an actor may do in an organization. This is the one table of permissions: each operation stands
        /// beside the least role that has it, and a role has everything of the roles below it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operation { $($(#[$doc])* $operation),* }

        impl Operation {
            /// All operations.
            pub const ALL: &'static [Self] = &[$(Self::$operation),*];

            /// The least role that has it.
            pub const fn least(self) -> MemberRole {
                match self { $(Self::$operation => MemberRole::$least),* }
            }
        }
    };
}

table! {
    /// See the organization.
    ShowOrganization => Viewer,
    /// See API tokens (never their secrets).
    ListTokens => Admin,
    /// Make an API token.
    CreateToken => Admin,
    /// Revoke an API token.
    RevokeToken => Admin,
    /// See the AWS accounts in which apps can run.
    ShowAccounts => Viewer,
    /// Add an AWS account.
    CreateAccount => Admin,
    /// Choose the AWS account of new apps.
    UpdateAccount => Admin,
    /// Forget an AWS account.
    DeleteAccount => Admin,
    /// See apps.
    ShowApps => Viewer,
    /// Make an app.
    CreateApp => Editor,
    /// Rename an app.
    UpdateApp => Editor,
    /// Delete an app with its data.
    DeleteApp => Admin,
    /// See designs and compare them.
    ShowDesigns => Viewer,
    /// Check a design without keeping it.
    ValidateDesign => Viewer,
    /// Add a design version.
    PushDesign => Editor,
    /// See environments.
    ShowEnvironments => Viewer,
    /// See the password of a live app's first administrator.
    ShowAdministrator => Editor,
    /// Make a preview.
    CreateEnvironment => Editor,
    /// Delete a preview with its data.
    DeleteEnvironment => Editor,
    /// See custom domains and what has to be set for them.
    ShowDomains => Viewer,
    /// Add a custom domain.
    AddDomain => Admin,
    /// Give a custom domain another certificate.
    RenewDomain => Admin,
    /// Detach a custom domain.
    RemoveDomain => Admin,
    /// See builds, their events and their logs.
    ShowBuilds => Viewer,
    /// Build, or build again.
    CreateBuild => Editor,
    /// Cancel a build.
    CancelBuild => Editor,
    /// See releases.
    ShowReleases => Viewer,
    /// Download the generated code.
    DownloadCode => Viewer,
    /// Go back to an earlier release.
    Rollback => Editor,
    /// Read what a live app writes.
    ShowAppLogs => Editor,
}

impl Operation {
    /// Whether a role has it.
    pub const fn allows(self, role: MemberRole) -> bool {
        rank(role) >= rank(self.least())
    }
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
}
