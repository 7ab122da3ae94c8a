//! `ci bench`: criterion's micro-benchmarks of our own Rust code.

use crate::place::Place;
use crate::verbs::build::cargo;

pub fn run(place: &Place) -> Result<(), String> {
    cargo(place)
        .args(["bench", "--locked", "--workspace", "--benches"])
        .run()
}
