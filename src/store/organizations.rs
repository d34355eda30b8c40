//! Organizations, the tenants.

use super::Slice;
use crate::domain::{MemberRole, OrganizationId, UserId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// An organization as a member sees it.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Organization {
    pub id: OrganizationId,
    pub slug: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// All that a person is a member of, with the role, by slug. Needs a [`super::PersonTx`] of that person.
pub async fn list_of_person(conn: &mut PgConnection, user: UserId) -> sqlx::Result<Vec<(Organization, MemberRole)>> {
    let mut all = page_of_person(conn, user, Slice::WHOLE).await?;
    all.sort_by(|(one, _), (other, _)| one.slug.cmp(&other.slug));
    Ok(all)
}

/// A page of them, the newest first. Needs a [`super::PersonTx`] of that person.
pub async fn page_of_person(conn: &mut PgConnection, user: UserId, slice: Slice) -> sqlx::Result<Vec<(Organization, MemberRole)>> {
    let rows = sqlx::query!(
        "select o.id as \"id: OrganizationId\", o.slug, o.name, o.created_at, o.updated_at, m.role as \"role: MemberRole\"
         from members m join organizations o on o.id = m.organization_id
         where m.user_id = $1 and ($2::timestamptz is null or (o.created_at, o.id) < ($2, $3))
         order by o.created_at desc, o.id desc limit $4",
        user.0,
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await?;
    let member = rows.into_iter().map(|r| {
        let organization = Organization { id: r.id, slug: r.slug, name: r.name, created_at: r.created_at, updated_at: r.updated_at };
        (organization, r.role)
    });
    Ok(member.collect())
}

/// The one that a person named by id or slug, if they are a member, and their role. Needs a [`super::PersonTx`] of that person.
pub async fn find_of_person(
    conn: &mut PgConnection,
    user: UserId,
    id: Option<OrganizationId>,
    slug: &str,
) -> sqlx::Result<Option<(OrganizationId, MemberRole)>> {
    let row = sqlx::query!(
        "select o.id as \"id: OrganizationId\", m.role as \"role: MemberRole\"
         from members m join organizations o on o.id = m.organization_id
         where m.user_id = $1 and (o.id = $2 or $2 is null and o.slug = $3)",
        user.0,
        id.map(|id| id.0),
        slug,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.id, row.role)))
}

/// The organization of the transaction.
pub async fn get(conn: &mut PgConnection, organization: OrganizationId) -> sqlx::Result<Option<Organization>> {
    sqlx::query_as!(Organization, "select id as \"id: OrganizationId\", slug, name, created_at, updated_at from organizations where id = $1", organization.0,)
        .fetch_optional(conn)
        .await
}

/// Adds one; `None`: the slug is taken.
pub async fn insert(conn: &mut PgConnection, organization: OrganizationId, slug: &str, name: &str) -> sqlx::Result<Option<Organization>> {
    sqlx::query_as!(
        Organization,
        "insert into organizations (id, slug, name) values ($1, $2, $3) on conflict (slug) do nothing
         returning id as \"id: OrganizationId\", slug, name, created_at, updated_at",
        organization.0,
        slug,
        name,
    )
    .fetch_optional(conn)
    .await
}
