//! The stage on a code base of a few lines, with the real toolkit.

use super::*;

struct Workshop {
    folder: tempfile::TempDir,
    context: Context,
    input: Input,
}

impl Workshop {
    fn new(hooks: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let context = Context::for_testing(folder.path());
        for (path, content) in [
            (
                "tsconfig.json",
                r#"{ "compilerOptions": { "strict": true, "module": "esnext", "moduleResolution": "bundler", "target": "es2022", "jsx": "react-jsx", "noEmit": true, "allowImportingTsExtensions": true, "types": ["node"], "lib": ["es2022", "dom"] }, "include": ["server", "web/src"] }"#,
            ),
            (
                "server/src/main.ts",
                "import { Hono } from \"hono\";\nimport { greet } from \"../custom/hooks.ts\";\nexport const app = new Hono().get(\"/\", (c) => c.text(greet(1)));\n",
            ),
            ("server/custom/hooks.ts", hooks),
            ("web/index.html", "<!doctype html><title>t</title>\n    <script type=\"module\" src=\"./src/main.tsx\"></script>\n<div id=\"root\"></div>"),
            ("web/public/robots.txt", "User-agent: *\n"),
            ("web/src/css.d.ts", "declare module \"*.css\";\n"),
            ("web/src/main.css", "body { margin: 0; }"),
            ("web/src/page.tsx", "export default function Page() { return <p>later</p>; }\n"),
            (
                "web/src/main.tsx",
                "import \"./main.css\";\nimport { createRoot } from \"react-dom/client\";\ncreateRoot(document.getElementById(\"root\")!).render(<p>now</p>);\nvoid import(\"./page.tsx\");\n",
            ),
        ] {
            let file = context.paths.code.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, content).unwrap();
        }
        Self { folder, context, input: Input { custom_changed: true } }
    }

    async fn run(&self) -> Result<Output, StageError> {
        run(&self.context, &self.input).await
    }
}

const GREET: &str = "export const greet = (times: number): string => \"hello\".repeat(times);\n";

#[tokio::test]
async fn one_server_file_and_hashed_assets_that_are_the_same_each_time() {
    let workshop = Workshop::new(GREET);
    let output = workshop.run().await.unwrap();
    assert!(output.type_checked && output.server_bytes > 1000, "{output:?}");
    let artifacts = workshop.context.paths.artifacts.clone();
    let names = |tree: &std::collections::BTreeMap<String, PathBuf>| tree.keys().cloned().collect::<Vec<_>>();
    let first = tree::list(&artifacts).unwrap();
    let page = std::fs::read_to_string(artifacts.join("web/index.html")).unwrap();
    for path in first.keys().filter(|p| p.starts_with("web/assets/main-")) {
        assert!(page.contains(path.strip_prefix("web").unwrap()), "{path} is not in {page}");
    }
    assert!(first.contains_key("server.mjs") && first.contains_key("server.mjs.map") && first.contains_key("web/robots.txt"));
    assert!(!page.contains("./src/main.tsx") && !first.keys().any(|p| p.contains("meta")));
    workshop.run().await.unwrap();
    assert_eq!(names(&tree::list(&artifacts).unwrap()), names(&first));
    assert!(!workshop.context.paths.code.join("node_modules").exists(), "the link to the packages stayed behind");
}

#[tokio::test]
async fn a_fault_of_the_owner_is_named_with_file_and_line_and_leaves_nothing() {
    let wrong_type = Workshop::new("export const greet = (times: string): string => times;\n// nothing else\n").run().await.unwrap_err();
    assert!(wrong_type.detail.starts_with("server/src/main.ts:3: Argument of type 'number'"), "{wrong_type:?}");

    let workshop = Workshop::new(&format!("import pad from \"left-pad\";\n{GREET}export {{ pad }};\n"));
    let missing = workshop.run().await.unwrap_err();
    assert_eq!((missing.code.as_str(), missing.title.as_str()), ("compile-error", "Your own code does not compile"));
    assert!(missing.detail.starts_with("server/custom/hooks.ts:1: "), "{missing:?}");
    assert!(!workshop.context.paths.artifacts.exists());
}

#[tokio::test]
async fn an_import_from_outside_of_the_app_is_refused() {
    let workshop = Workshop::new(&format!("import secret from \"../../../../secret.json\";\n{GREET}export {{ secret }};\n"));
    std::fs::write(workshop.folder.path().join("secret.json"), "{\"of\": \"another app\"}").unwrap();
    let input = Input { custom_changed: false };
    let error = run(&workshop.context, &input).await.unwrap_err();
    assert_eq!(error.code, "import-outside", "{error:?}");
    assert!(!workshop.context.paths.artifacts.exists());
}

#[tokio::test]
async fn a_cancel_and_a_missing_toolkit_are_told_apart() {
    let workshop = Workshop::new(GREET);
    workshop.context.cancel.cancel();
    assert_eq!(workshop.run().await.unwrap_err().code, "cancelled");
    let nowhere = Context { toolkit: workshop.folder.path().join("nowhere"), ..Context::for_testing(workshop.folder.path()) };
    assert_eq!(run(&nowhere, &workshop.input).await.unwrap_err().code, "toolkit-missing");
}
