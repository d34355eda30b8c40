//! Version 1: a folder a resource, a file a verb.

pub mod accounts;
pub mod apps;
pub mod audit;
pub mod auth;
pub mod builds;
pub mod designs;
pub mod domains;
pub mod environments;
pub mod identities;
pub mod invitations;
pub mod me;
pub mod members;
pub mod organizations;
pub mod releases;
pub mod streams;
pub mod tokens;
pub mod webhooks;

use crate::app::page::PageRequest;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which part of a list is wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20, nullable = false)]
    pub limit: Option<u32>,
    /// Where to go on: `nextCursor` of the page before.
    #[param(max_length = 200, nullable = false)]
    pub cursor: Option<String>,
}

impl From<Paging> for PageRequest {
    fn from(paging: Paging) -> Self {
        Self { limit: paging.limit, cursor: paging.cursor }
    }
}
