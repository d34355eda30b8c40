//! Words in the cases that code wants.
