//! Design versions: immutable, numbered per app, found again by the hash of their content.

use super::Slice;
use crate::domain::{AppId, DesignVersionId, OrganizationId, UserId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A design version without its document.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct DesignVersion {
    pub id: DesignVersionId,
    pub number: i32,
    pub hash: String,
    pub message: Option<String>,
    pub size: i32,
    pub created_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
}

/// A design version that shall be added.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewDesign<'a> {
    pub hash: &'a str,
    pub document: &'a str,
    pub message: Option<&'a str>,
    pub created_by: Option<UserId>,
}

/// Versions of an app, the newest first.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, app: AppId, slice: Slice) -> sqlx::Result<Vec<DesignVersion>> {
    sqlx::query_as!(
        DesignVersion,
        "select id as \"id: DesignVersionId\", number, hash, message, octet_length(document) as \"size!\", created_by as \"created_by: UserId\", created_at
         from design_versions
         where organization_id = $1 and app_id = $2 and ($3::timestamptz is null or (created_at, id) < ($3, $4))
         order by created_at desc, id desc limit $5",
        organization.0,
        app.0,
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}

/// The version with this number; without a number the newest.
pub async fn find(conn: &mut PgConnection, organization: OrganizationId, app: AppId, number: Option<i32>) -> sqlx::Result<Option<DesignVersion>> {
    sqlx::query_as!(
        DesignVersion,
        "select id as \"id: DesignVersionId\", number, hash, message, octet_length(document) as \"size!\", created_by as \"created_by: UserId\", created_at
         from design_versions
         where organization_id = $1 and app_id = $2 and ($3::int is null or number = $3) order by number desc limit 1",
        organization.0,
        app.0,
        number,
    )
    .fetch_optional(conn)
    .await
}

/// Id and hash of a version, without a look at its document.
pub async fn find_hash(conn: &mut PgConnection, organization: OrganizationId, app: AppId, number: i32) -> sqlx::Result<Option<(DesignVersionId, String)>> {
    let found = sqlx::query!(
        "select id as \"id: DesignVersionId\", hash from design_versions where organization_id = $1 and app_id = $2 and number = $3",
        organization.0,
        app.0,
        number,
    );
    Ok(found.fetch_optional(conn).await?.map(|row| (row.id, row.hash)))
}

/// The version with this content.
pub async fn find_by_hash(conn: &mut PgConnection, organization: OrganizationId, app: AppId, hash: &str) -> sqlx::Result<Option<DesignVersion>> {
    sqlx::query_as!(
        DesignVersion,
        "select id as \"id: DesignVersionId\", number, hash, message, octet_length(document) as \"size!\", created_by as \"created_by: UserId\", created_at
         from design_versions where organization_id = $1 and app_id = $2 and hash = $3",
        organization.0,
        app.0,
        hash,
    )
    .fetch_optional(conn)
    .await
}

/// The canonical JSON of a version.
pub async fn document(conn: &mut PgConnection, organization: OrganizationId, id: DesignVersionId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select document from design_versions where organization_id = $1 and id = $2", organization.0, id.0).fetch_optional(conn).await
}

/// Adds a version with the next number. The caller holds the app's row alone, so that no other one takes the number.
pub async fn insert(conn: &mut PgConnection, organization: OrganizationId, app: AppId, new: &NewDesign<'_>) -> sqlx::Result<DesignVersion> {
    sqlx::query_as!(
        DesignVersion,
        "insert into design_versions (id, organization_id, app_id, number, hash, document, message, created_by)
         select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7 from design_versions where organization_id = $2 and app_id = $3
         returning id as \"id: DesignVersionId\", number, hash, message, octet_length(document) as \"size!\", created_by as \"created_by: UserId\", created_at",
        DesignVersionId::new().0,
        organization.0,
        app.0,
        new.hash,
        new.document,
        new.message,
        new.created_by.map(|u| u.0),
    )
    .fetch_one(conn)
    .await
}
