use crate::domain::{EnvironmentId, OrganizationId};
use sqlx::PgConnection;

/// How many builds wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// In the organization.
    pub all: i64,
    /// Whether one of them is the environment's, so that the next one takes its place.
    pub replaces: bool,
}

/// Counts the organization's builds that wait. Until the transaction ends no other one is queued, so that whoever asks may still
/// decide not to.
pub async fn waiting(conn: &mut PgConnection, organization: OrganizationId, environment: EnvironmentId) -> sqlx::Result<Waiting> {
    sqlx::query!("insert into queue_organizations (organization_id) values ($1) on conflict do nothing", organization.0).execute(&mut *conn).await?;
    sqlx::query!("select organization_id from queue_organizations where organization_id = $1 for no key update", organization.0).fetch_one(&mut *conn).await?;
    sqlx::query_as!(
        Waiting,
        "select count(*) as \"all!\", coalesce(bool_or(environment_id = $2), false) as \"replaces!\" from queue_environments
         where organization_id = $1 and queued_build is not null",
        organization.0,
        environment.0,
    )
    .fetch_one(conn)
    .await
}
