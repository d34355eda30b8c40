//! esbuild's account of what it read and wrote.

use super::super::{StageError, tree};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The metafile. Its paths are relative to the code base.
#[derive(Debug, Deserialize)]
#[allow(clippy::zero_sized_map_values)] // serde's word for a value that does not matter
pub struct Meta {
    inputs: BTreeMap<String, serde::de::IgnoredAny>,
    outputs: BTreeMap<String, Written>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    entry_point: Option<String>,
    css_bundle: Option<String>,
    imports: Vec<Import>,
}

#[derive(Debug, Deserialize)]
struct Import {
    path: String,
    kind: String,
    #[serde(default)]
    external: bool,
}

/// What the page loads, as paths below the output folder.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    pub script: String,
    pub style: Option<String>,
    /// Scripts that the entry imports at once, and those that they import.
    pub preload: Vec<String>,
}

impl Meta {
    /// Reads the metafile and removes it: it is no artifact.
    pub fn take(file: &Path) -> Result<Self, StageError> {
        let text = tree::read(file)?;
        tree::remove(file)?;
        serde_json::from_slice(&text)
            .map_err(|e| StageError::fail("compiler-failed", "The compiler broke down", format!("esbuild's metafile cannot be read: {e}.")))
    }

    /// An app is made of its own code base and the toolkit's packages. An import that reaches out of both, into another
    /// app's folder for one, is refused.
    pub fn refuse_foreign_files(&self, code: &Path, packages: &Path) -> Result<(), StageError> {
        for name in self.inputs.keys() {
            let name = name.strip_prefix("(disabled):").unwrap_or(name);
            if name.starts_with('<') {
                continue; // made by esbuild itself
            }
            let path = lexical(&code.join(name));
            if !path.starts_with(code) && !path.starts_with(packages) {
                return Err(StageError::fail(
                    "import-outside",
                    "The code imports a file from outside of the app",
                    format!("{} was imported. An app may import its own files and the packages of the toolkit.", file_name(&path)),
                )
                .hint("Copy what is needed into custom/ and import it from there."));
            }
        }
        Ok(())
    }

    /// What the page loads for the entry point `source`, with paths below `out`.
    pub fn entry(&self, code: &Path, out: &Path, source: &str) -> Option<Entry> {
        let below = |path: &str| lexical(&code.join(path)).strip_prefix(out).ok().map(|p| p.to_string_lossy().into_owned());
        let (script, written) = self.outputs.iter().find(|(_, written)| written.entry_point.as_deref() == Some(source))?;
        let mut preload = Vec::new();
        let mut waiting = vec![script];
        while let Some(path) = waiting.pop() {
            let imports = self.outputs.get(path).map(|w| w.imports.as_slice()).unwrap_or_default();
            for import in imports.iter().filter(|i| i.kind == "import-statement" && !i.external) {
                let name = below(&import.path)?;
                if !preload.contains(&name) {
                    preload.push(name);
                    waiting.push(&import.path);
                }
            }
        }
        preload.sort();
        Some(Entry { script: below(script)?, style: written.css_bundle.as_deref().and_then(below), preload })
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Follows `..` without asking the file system: esbuild's paths are real ones.
fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            part => clean.push(part),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta() -> Meta {
        serde_json::from_value(serde_json::json!({
            "inputs": { "web/src/main.tsx": {}, "../../../toolkit/node_modules/react/index.js": {}, "(disabled):fs": {}, "<runtime>": {} },
            "outputs": {
                "../out/web/assets/main-AAAA.js": { "entryPoint": "web/src/main.tsx", "cssBundle": "../out/web/assets/main-BBBB.css",
                    "imports": [{ "path": "../out/web/assets/chunk-CC.js", "kind": "import-statement" }, { "path": "../out/web/assets/page-DD.js", "kind": "dynamic-import" }] },
                "../out/web/assets/chunk-CC.js": { "imports": [{ "path": "../out/web/assets/chunk-EE.js", "kind": "import-statement" }] },
                "../out/web/assets/chunk-EE.js": { "imports": [{ "path": "../out/web/assets/chunk-CC.js", "kind": "import-statement" }] },
                "../out/web/assets/page-DD.js": { "entryPoint": "web/src/page.tsx", "imports": [] },
                "../out/web/assets/main-BBBB.css": { "imports": [] }
            }
        }))
        .unwrap()
    }

    #[test]
    fn the_page_loads_the_entry_its_style_and_what_it_imports_at_once() {
        let entry = meta().entry(Path::new("/h/apps/a/code"), Path::new("/h/apps/a/out/web"), "web/src/main.tsx").unwrap();
        assert_eq!(
            entry,
            Entry {
                script: "assets/main-AAAA.js".into(),
                style: Some("assets/main-BBBB.css".into()),
                preload: vec!["assets/chunk-CC.js".into(), "assets/chunk-EE.js".into()],
            }
        );
    }

    #[test]
    fn an_import_of_another_apps_file_is_refused() {
        let code = Path::new("/h/apps/a/code");
        assert!(meta().refuse_foreign_files(code, Path::new("/h/toolkit/node_modules")).is_ok());
        assert!(meta().refuse_foreign_files(code, Path::new("/toolkit/node_modules")).is_err());
    }
}
