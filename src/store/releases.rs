//! Releases, for reading; the worker that made one records it.

use super::Slice;
use crate::domain::{DesignVersionId, EnvironmentId, OrganizationId, ReleaseId};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

/// A release.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Release {
    pub id: ReleaseId,
    pub number: i32,
    pub build: i32,
    pub design_version_id: DesignVersionId,
    pub design_version: i32,
    pub design_hash: String,
    pub schema_position: i32,
    pub size_bytes: i64,
    /// Its files were swept: it can neither be downloaded nor gone back to.
    pub removed: bool,
    pub live: bool,
    pub created_at: DateTime<Utc>,
    pub activated_at: Option<DateTime<Utc>>,
}

/// Releases of an environment, the newest first.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, environment: EnvironmentId, slice: Slice) -> sqlx::Result<Vec<Release>> {
    sqlx::query_as!(
        Release,
        "select r.id as \"id: ReleaseId\", r.number, b.number as build, r.design_version_id as \"design_version_id: DesignVersionId\",
             d.number as design_version, r.design_hash, r.schema_position, r.size_bytes, r.state = 'removed' as \"removed!\",
             e.live_release_id is not distinct from r.id as \"live!\", r.created_at, r.activated_at
         from releases r
         join builds b on b.id = r.build_id
         join design_versions d on d.id = r.design_version_id
         join environments e on e.id = r.environment_id
         where r.organization_id = $1 and r.environment_id = $2 and ($3::timestamptz is null or (r.created_at, r.id) < ($3, $4))
         order by r.created_at desc, r.id desc limit $5",
        organization.0,
        environment.0,
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}

/// The release of an environment with this number.
pub async fn find(conn: &mut PgConnection, organization: OrganizationId, environment: EnvironmentId, number: i32) -> sqlx::Result<Option<Release>> {
    sqlx::query_as!(
        Release,
        "select r.id as \"id: ReleaseId\", r.number, b.number as build, r.design_version_id as \"design_version_id: DesignVersionId\",
             d.number as design_version, r.design_hash, r.schema_position, r.size_bytes, r.state = 'removed' as \"removed!\",
             e.live_release_id is not distinct from r.id as \"live!\", r.created_at, r.activated_at
         from releases r
         join builds b on b.id = r.build_id
         join design_versions d on d.id = r.design_version_id
         join environments e on e.id = r.environment_id
         where r.organization_id = $1 and r.environment_id = $2 and r.number = $3",
        organization.0,
        environment.0,
        number,
    )
    .fetch_optional(conn)
    .await
}

/// The number of the release to go back to by default: the last one before the live one that was live and still has its files.
pub async fn before_live(conn: &mut PgConnection, organization: OrganizationId, environment: EnvironmentId) -> sqlx::Result<Option<i32>> {
    sqlx::query_scalar!(
        "select r.number from environments e
         join releases live on live.id = e.live_release_id
         join releases r on r.environment_id = e.id and r.number < live.number and r.activated_at is not null and r.state = 'ready'
         where e.organization_id = $1 and e.id = $2 order by r.number desc limit 1",
        organization.0,
        environment.0,
    )
    .fetch_optional(conn)
    .await
}

/// The files of a release, with sizes and hashes.
pub async fn manifest(conn: &mut PgConnection, organization: OrganizationId, id: ReleaseId) -> sqlx::Result<Option<Value>> {
    sqlx::query_scalar!("select manifest from releases where organization_id = $1 and id = $2", organization.0, id.0).fetch_optional(conn).await
}

/// The release that traffic reaches.
pub async fn live(conn: &mut PgConnection, organization: OrganizationId, environment: EnvironmentId) -> sqlx::Result<Option<ReleaseId>> {
    let live = sqlx::query_scalar!(
        "select live_release_id as \"id: ReleaseId\" from environments where organization_id = $1 and id = $2",
        organization.0,
        environment.0,
    );
    Ok(live.fetch_optional(conn).await?.flatten())
}
