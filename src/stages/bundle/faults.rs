//! What compilers find wrong, as places and sentences.

use super::super::{Context, Level, StageError, tree};
use std::fmt;

/// One thing that is wrong in the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Path relative to the code base.
    pub file: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    /// The compiler's sentence.
    pub text: String,
}

impl Fault {
    fn is_custom(&self) -> bool {
        self.file.as_deref().is_some_and(tree::is_custom)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{file}:{line}: {}", self.text),
            (Some(file), None) => write!(f, "{file}: {}", self.text),
            _ => f.write_str(&self.text),
        }
    }
}

/// How many faults an error names; the log has all.
const SHOWN: usize = 5;

/// Turns faults into the error that the maker reads; the owner's own files come first. No fault is no error.
pub fn refuse(context: &Context, mut found: Vec<Fault>) -> Result<(), StageError> {
    found.sort_by_key(|fault| !fault.is_custom());
    let mut seen = std::collections::HashSet::new();
    // Both compilers may name one place; its first fault says enough.
    found.retain(|fault| seen.insert((fault.file.clone(), fault.line, fault.file.is_none().then(|| fault.text.clone()))));
    let Some(first) = found.first() else { return Ok(()) };
    let mut detail = found.iter().take(SHOWN).map(ToString::to_string).collect::<Vec<_>>().join("\n");
    if found.len() > SHOWN {
        detail.extend(["\n… and ", &(found.len() - SHOWN).to_string(), " more; the log has them all."]);
    }
    Err(if first.is_custom() {
        StageError::fail("compile-error", "Your own code does not compile", detail)
            .hint("Correct the files under custom/ and build again. What is live goes on as it was.")
    } else {
        context
            .log
            .line(Level::Error, "None of these files is under custom/: the fault is in what Slipform generates, or in what a custom file no longer exports");
        StageError::fail("compile-error", "The code does not compile", detail)
            .hint("If the custom/ files still export what the generated ones import, this is a fault of Slipform: please report it with this build's log.")
    })
}

/// Reads esbuild's messages: `✘ [ERROR] <text>`, an empty line, `    <file>:<line>:<column>:`.
pub fn of_esbuild(output: &str) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut lines = output.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((_, text)) = line.split_once("[ERROR] ") else { continue };
        while lines.next_if(|next| next.trim().is_empty()).is_some() {}
        let place = lines.peek().and_then(|next| esbuild_place(next));
        found.push(match place {
            Some((file, line)) => Fault { file: Some(file), line: Some(line), text: sentence(text) },
            None => Fault { file: None, line: None, text: sentence(text) },
        });
    }
    found
}

fn esbuild_place(line: &str) -> Option<(String, u32)> {
    let mut parts = line.strip_prefix("    ")?.strip_suffix(':')?.rsplitn(3, ':');
    let _column: u32 = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some((parts.next()?.to_owned(), line))
}

/// Reads the TypeScript compiler's messages: `<file>(<line>,<column>): error TS2322: <text>`; indented lines go on.
pub fn of_tsc(output: &str) -> Vec<Fault> {
    output
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| {
            let (place, rest) = line.split_once("error TS")?;
            let (_number, text) = rest.split_once(": ")?;
            let place = place.trim_end().trim_end_matches(':');
            let (file, position) = place.strip_suffix(')').and_then(|p| p.rsplit_once('(')).unwrap_or((place, ""));
            Some(Fault {
                file: (!file.is_empty()).then(|| file.to_owned()),
                line: position.split(',').next().and_then(|n| n.parse().ok()),
                text: sentence(text),
            })
        })
        .collect()
}

fn sentence(text: &str) -> String {
    text.trim().trim_end_matches(" [plugin]").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn esbuild_names_the_place_of_each_error_and_warnings_are_none() {
        let output = "▲ [WARNING] Import \"x\" is undefined\n\n    web/src/custom/a.tsx:1:2:\n      1 │ x\n\n\
            ✘ [ERROR] Could not resolve \"left-pad\"\n\n    server/custom/hooks.ts:3:17:\n      3 │ import pad from \"left-pad\"\n        ╵                 ~~~~\n\n\
            ✘ [ERROR] Cannot use both flags\n\n2 errors\n";
        assert_eq!(
            of_esbuild(output),
            [
                Fault { file: Some("server/custom/hooks.ts".into()), line: Some(3), text: "Could not resolve \"left-pad\"".into() },
                Fault { file: None, line: None, text: "Cannot use both flags".into() },
            ]
        );
    }

    #[test]
    fn the_type_checker_names_the_place_of_each_error() {
        let output = "server/custom/hooks.ts(12,5): error TS2322: Type 'string' is not assignable to type 'number'.\n  The expected type comes from property 'seats'.\nerror TS18003: No inputs were found.\n";
        assert_eq!(
            of_tsc(output).iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["server/custom/hooks.ts:12: Type 'string' is not assignable to type 'number'.", "No inputs were found."]
        );
    }

    #[test]
    fn the_owners_files_come_first_and_one_place_is_told_once() {
        let context = Context::for_testing(std::path::Path::new("w"));
        let fault = |file: &str, line, text: &str| Fault { file: Some(file.into()), line: Some(line), text: text.into() };
        let found =
            vec![fault("server/src/gen/app.ts", 2, "No matching export"), fault("server/custom/hooks.ts", 9, "a"), fault("server/custom/hooks.ts", 9, "b")];
        let error = refuse(&context, found).unwrap_err();
        assert_eq!(error.title, "Your own code does not compile");
        assert_eq!(error.detail, "server/custom/hooks.ts:9: a\nserver/src/gen/app.ts:2: No matching export");
        assert!(refuse(&context, Vec::new()).is_ok());
    }
}
