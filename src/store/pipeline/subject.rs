use crate::domain::{AccountId, AppId, BuildId, EnvironmentId, EnvironmentKind, OrganizationId, TargetKind};
use serde_json::Value;
use sqlx::PgConnection;

/// An environment with what its target needs to know.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct EnvironmentRow {
    pub organization: OrganizationId,
    pub app: AppId,
    pub environment: EnvironmentId,
    pub app_slug: String,
    pub environment_slug: String,
    /// First label of the app's address.
    pub app_label: String,
    pub kind: EnvironmentKind,
    pub target: TargetKind,
    /// The domain of its address, where that is not the machine's.
    pub domain: Option<String>,
    /// The organization's account that it runs in, where that is not the installation's own.
    pub account: Option<AccountId>,
    /// Whether it or its app is being deleted.
    pub deleting: bool,
}

/// What a build is about.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Subject {
    pub at: EnvironmentRow,
    pub design_document: String,
    pub design_hash: String,
    /// A copy of what exists in the environment's database.
    pub schema_state: Value,
    /// The smallest schema position among the releases that can still be rolled back to.
    pub oldest_release: Option<i32>,
    /// Whether the release that a rollback goes back to still has its files.
    pub release_ready: bool,
}

/// Reads what a build is about; none when it was deleted.
pub async fn subject(conn: &mut PgConnection, build: BuildId) -> sqlx::Result<Option<Subject>> {
    let row = sqlx::query!(
        "select b.organization_id as \"organization: OrganizationId\", b.app_id as \"app: AppId\", b.environment_id as \"environment: EnvironmentId\",
             a.slug as app_slug, a.host_label as app_label, a.target as \"target: TargetKind\", a.domain, a.account_id as \"account: AccountId\",
             e.slug as environment_slug, e.kind as \"kind: EnvironmentKind\", e.schema_state,
             (a.state = 'deleting' or e.state = 'deleting') as \"deleting!\", d.document, d.hash,
             (select min(r.schema_position) from releases r where r.environment_id = e.id and r.state = 'ready') as oldest_release,
             exists (select from releases r where r.id = b.release_id and r.environment_id = e.id and r.state = 'ready') as \"release_ready!\"
         from builds b
         join apps a on a.id = b.app_id
         join environments e on e.id = b.environment_id
         join design_versions d on d.id = b.design_version_id
         where b.id = $1",
        build.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Subject {
        at: EnvironmentRow {
            organization: row.organization,
            app: row.app,
            environment: row.environment,
            app_slug: row.app_slug,
            environment_slug: row.environment_slug,
            app_label: row.app_label,
            kind: row.kind,
            target: row.target,
            domain: row.domain,
            account: row.account,
            deleting: row.deleting,
        },
        design_document: row.document,
        design_hash: row.hash,
        schema_state: row.schema_state,
        oldest_release: row.oldest_release,
        release_ready: row.release_ready,
    }))
}
