//! `ci nightly`: every target and configuration is built and tested, then the
//! full experiment runs. The tests come first: figures of a wrong program are
//! worth nothing.

use crate::place::Place;
use crate::verbs::{report, test};

pub fn run(place: &Place) -> Result<(), String> {
    test::run(place)?;
    report::experiment(place, "suites/full.yaml")
        .limit_minutes(600)
        .run()
}
