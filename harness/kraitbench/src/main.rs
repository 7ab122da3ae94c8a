//! The kraitbench executable.
fn main() {}
