//! `ci nightly`: every target and configuration is built and tested, then the
//! nightly experiment runs, the matrix of configurations and targets. The tests
//! come first: figures of a wrong program are worth nothing.

use crate::place::Place;
use crate::verbs::cross::Extent;
use crate::verbs::{report, setup, test};

pub fn run(place: &Place) -> Result<(), String> {
    test::within(place, Extent::All)?;
    setup::profiling(place)?;
    report::experiment(place, "suites/nightly.yaml")
        .arg("--build")
        .env("CARGO_TARGET_DIR", &place.target_host)
        .limit_minutes(600)
        .run()
}
