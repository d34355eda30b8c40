//! `server/`, `shared/` and the files at the root of the code base.

mod app;
mod constraints;
mod entity;
mod literal;
mod permissions;
mod proof;
mod sample;
mod shared;

use super::Input;
use super::render::{self, EntityPlan};
use crate::files::Files;
use crate::schema;

/// Writes the server's part of the code base.
pub fn generate(input: Input<'_>) -> Files {
    let mut files = Files::default();
    let app = render::plan(&app::AppPlan::new(input));
    let entities: Vec<_> = (0..input.model.entities.len())
        .map(|index| EntityPlan {
            path: input.model.entities[index].names.kebab.clone(),
            value: render::plan(&entity::EntityPlan::new(input, index)),
        })
        .collect();
    render::render(&mut files, |path| !path.starts_with("web/"), &app, &entities);
    files.add("server/migrations/0000_bookkeeping.sql", schema::BOOKKEEPING);
    for migration in input.migrations {
        files.add(format!("server/migrations/{:04}_{}.sql", migration.position, migration.title), migration.sql.as_bytes());
    }
    files
}
