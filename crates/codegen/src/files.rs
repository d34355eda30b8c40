//! The generated tree.

use std::collections::BTreeMap;

/// Generated files by path relative to the root of the code base, `/`-separated, in canonical order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Adds a file. Two files with one path are a fault of the generator.
    pub fn add(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        let path = path.into();
        let old = self.0.insert(path.clone(), content.into());
        assert!(old.is_none(), "the generator wrote {path} twice");
    }

    /// The content of a file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    /// All files, ordered by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(path, content)| (path.as_str(), content.as_slice()))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts the files of `other` beside these.
    pub fn merge(&mut self, other: Self) {
        for (path, content) in other.0 {
            self.add(path, content);
        }
    }
}
