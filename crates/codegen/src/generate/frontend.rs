//! `web/`.
use super::Input;
use crate::files::Files;
/// Writes the interface's part of the code base.
pub fn generate(_input: Input<'_>) -> Files { todo!() }
