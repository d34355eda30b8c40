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
        .map(|index| EntityPlan { path: input.model.entities[index].names.kebab.clone(), value: render::plan(&entity::EntityPlan::new(input, index)) })
        .collect();
    render::render(&mut files, |path| !path.starts_with("web/"), &app, &entities);
    files.add("server/migrations/0000_bookkeeping.sql", schema::BOOKKEEPING);
    for migration in input.migrations {
        files.add(format!("server/migrations/{:04}_{}.sql", migration.position, migration.title), migration.sql.as_bytes());
    }
    files
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use std::fs;
    use std::path::Path;

    /// The versions of a package file, by name.
    fn versions(text: &str, section: &str) -> serde_json::Map<String, Value> {
        let package: Value = serde_json::from_str(text).expect("JSON");
        package[section].as_object().cloned().expect("a section of packages")
    }

    #[test]
    fn generated_apps_name_the_versions_of_the_toolkit() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let toolkit = versions(&fs::read_to_string(root.join("../../toolkit/package.json")).expect("the toolkit"), "dependencies");
        let template = fs::read_to_string(root.join("templates/app/package.json.j2")).expect("the template");
        let template = template.replace("[= app.package =]", "app").replace("[= app.description | json =]", "\"\"");
        for section in ["dependencies", "devDependencies"] {
            for (name, version) in versions(&template, section) {
                assert_eq!(toolkit.get(&name), Some(&version), "{name}");
            }
        }
    }
}
