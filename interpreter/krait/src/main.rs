//! The krait executable.
fn main() {}
