//! `ci bench`: criterion's micro-benchmarks of our own Rust code, what compiling costs.

use crate::place::Place;
use crate::verbs::build::cargo;

pub fn run(place: &Place) -> Result<(), String> {
    cargo(place)
        // Of the whole workspace, the harness and all that it needs would be compiled for nothing.
        .args(["bench", "--locked", "-p", "jit", "--bench", "cost"])
        .run()
}
