//! Apps.

use super::Slice;
use crate::domain::{AccountId, AppId, Lifecycle, OrganizationId, TargetKind, UserId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// An app, with what is live in its production.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct App {
    pub id: AppId,
    pub slug: String,
    pub name: String,
    pub host_label: String,
    pub target: TargetKind,
    /// The domain of its address, where that is not the machine's.
    pub domain: Option<String>,
    /// The name of the organization's account that it runs in, where that is not the installation's own.
    pub account: Option<String>,
    pub state: Lifecycle,
    pub created_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Number of the release that is live in production.
    pub live_release: Option<i32>,
}

/// An app that shall be added.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewApp<'a> {
    pub id: AppId,
    pub slug: &'a str,
    pub name: &'a str,
    pub host_label: &'a str,
    pub target: TargetKind,
    pub account: Option<AccountId>,
    pub domain: Option<&'a str>,
    pub created_by: Option<UserId>,
}

/// How a transaction holds the row of an app until its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It cannot begin to be deleted meanwhile.
    Shared,
    /// Nobody else holds it meanwhile.
    Alone,
}

/// Those that are there, the newest first.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, slice: Slice) -> sqlx::Result<Vec<App>> {
    sqlx::query_as!(
        App,
        "select a.id as \"id: AppId\", a.slug, a.name, a.host_label, a.target as \"target: TargetKind\", a.domain, c.name as \"account?\", a.state as \"state: Lifecycle\",
             a.created_by as \"created_by: UserId\", a.created_at, a.updated_at, r.number as \"live_release?\"
         from apps a
         left join environments e on e.app_id = a.id and e.kind = 'production'
         left join releases r on r.id = e.live_release_id
         left join accounts c on c.id = a.account_id
         where a.organization_id = $1 and ($2::timestamptz is null or (a.created_at, a.id) < ($2, $3))
         order by a.created_at desc, a.id desc limit $4",
        organization.0,
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}

/// The app with this id, or with this slug.
pub async fn find(conn: &mut PgConnection, organization: OrganizationId, id: Option<AppId>, slug: &str) -> sqlx::Result<Option<App>> {
    sqlx::query_as!(
        App,
        "select a.id as \"id: AppId\", a.slug, a.name, a.host_label, a.target as \"target: TargetKind\", a.domain, c.name as \"account?\", a.state as \"state: Lifecycle\",
             a.created_by as \"created_by: UserId\", a.created_at, a.updated_at, r.number as \"live_release?\"
         from apps a
         left join environments e on e.app_id = a.id and e.kind = 'production'
         left join releases r on r.id = e.live_release_id
         left join accounts c on c.id = a.account_id
         where a.organization_id = $1 and (a.id = $2 or $2 is null and a.slug = $3)",
        organization.0,
        id.map(|id| id.0),
        slug,
    )
    .fetch_optional(conn)
    .await
}

/// Holds an app's row, and says what it is now.
pub async fn hold(conn: &mut PgConnection, organization: OrganizationId, id: AppId, hold: Hold) -> sqlx::Result<Option<Lifecycle>> {
    match hold {
        Hold::Shared => {
            sqlx::query_scalar!("select state as \"state: Lifecycle\" from apps where organization_id = $1 and id = $2 for share", organization.0, id.0)
                .fetch_optional(conn)
                .await
        }
        Hold::Alone => sqlx::query_scalar!(
            "select state as \"state: Lifecycle\" from apps where organization_id = $1 and id = $2 for no key update",
            organization.0,
            id.0,
        )
        .fetch_optional(conn)
        .await,
    }
}

/// Whether the organization has an app with this slug.
pub async fn has_slug(conn: &mut PgConnection, organization: OrganizationId, slug: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar!("select exists (select from apps where organization_id = $1 and slug = $2) as \"taken!\"", organization.0, slug).fetch_one(conn).await
}

/// Adds an app; false: its slug is taken here, or its host label anywhere in the installation.
pub async fn insert(conn: &mut PgConnection, organization: OrganizationId, new: &NewApp<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into apps (id, organization_id, slug, name, host_label, target, created_by, account_id, domain) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict do nothing",
        new.id.0,
        organization.0,
        new.slug,
        new.name,
        new.host_label,
        new.target.as_str(),
        new.created_by.map(|u| u.0),
        new.account.map(|a| a.0),
        new.domain,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives an app another name; false: there is none.
pub async fn rename(conn: &mut PgConnection, organization: OrganizationId, id: AppId, name: &str) -> sqlx::Result<bool> {
    let done =
        sqlx::query!("update apps set name = $3, updated_at = now() where organization_id = $1 and id = $2", organization.0, id.0, name).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// Begins the end of an app; false: that has begun already.
pub async fn begin_delete(conn: &mut PgConnection, organization: OrganizationId, id: AppId) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update apps set state = 'deleting', updated_at = now() where organization_id = $1 and id = $2 and state = 'active'",
        organization.0,
        id.0,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
