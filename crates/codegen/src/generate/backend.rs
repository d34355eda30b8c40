//! `server/`, `shared/` and the files at the root of the code base.
use super::Input;
use crate::files::Files;
/// Writes the server's part of the code base.
pub fn generate(_input: Input<'_>) -> Files { todo!() }
