//! `index.html`: the source names `./src/main.tsx`, the artifact the compiled files.

use super::super::{StageError, tree};
use super::meta::{Entry, Meta};
use std::path::Path;

/// The tag by which the source page loads the interface.
const SOURCE: &str = r#"<script type="module" src="./src/main.tsx"></script>"#;

/// Writes the page and copies `web/public/`, whose files keep their names, into the web artifact.
pub fn write(code: &Path, web: &Path, meta: &Meta) -> Result<(), StageError> {
    let source = code.join("web/index.html");
    let text = String::from_utf8_lossy(&tree::read(&source)?).into_owned();
    let entry = meta
        .entry(code, web, "web/src/main.tsx")
        .ok_or_else(|| StageError::fail("compiler-failed", "The compiler broke down", "esbuild wrote no entry for web/src/main.tsx."))?;
    let page = rewrite(&text, &entry)
        .ok_or_else(|| StageError::fail("compile-error", "The page does not load the interface", format!("web/index.html must contain {SOURCE} once.")))?;
    for (path, file) in tree::list(&code.join("web/public"))? {
        let place = web.join(&path);
        if let Some(folder) = place.parent() {
            std::fs::create_dir_all(folder).map_err(|e| tree::io_error("create the folder", folder, &e))?;
        }
        std::fs::copy(&file, &place).map_err(|e| tree::io_error("write", &place, &e))?;
    }
    let place = web.join("index.html");
    std::fs::write(&place, page).map_err(|e| tree::io_error("write", &place, &e))
}

/// Names come from esbuild: letters, digits, `-`, `/` and `.`, which mean nothing in HTML.
fn rewrite(text: &str, entry: &Entry) -> Option<String> {
    let (before, after) = text.split_once(SOURCE)?;
    if after.contains(SOURCE) {
        return None;
    }
    // The style stands before the script, so that nothing is painted without it.
    let style = entry.style.iter().map(|path| format!(r#"<link rel="stylesheet" href="/{path}">"#));
    let preload = entry.preload.iter().map(|path| format!(r#"<link rel="modulepreload" href="/{path}">"#));
    let script = format!(r#"<script type="module" src="/{}"></script>"#, entry.script);
    let tags: Vec<String> = style.chain(preload).chain([script]).collect();
    Some(format!("{before}{}{after}", tags.join("\n    ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_the_compiled_files() {
        let entry = Entry { script: "assets/main-A.js".into(), style: Some("assets/main-B.css".into()), preload: vec!["assets/chunk-C.js".into()] };
        let page = rewrite(&format!("<head>{SOURCE}</head>"), &entry).unwrap();
        assert_eq!(
            page,
            "<head><link rel=\"stylesheet\" href=\"/assets/main-B.css\">\n    <link rel=\"modulepreload\" href=\"/assets/chunk-C.js\">\n    <script type=\"module\" src=\"/assets/main-A.js\"></script></head>"
        );
        assert_eq!(rewrite("<head></head>", &entry), None);
        assert_eq!(rewrite(&format!("{SOURCE}{SOURCE}"), &entry), None);
    }
}
