//! `ci report`: the main job, from a fresh clone to a report one can open.

use crate::place::Place;
use crate::shell::Shell;
use crate::verbs::build;
use crate::verbs::setup::{self, Group};

pub fn run(place: &Place) -> Result<(), String> {
    setup::install(place, &[Group::Build, Group::References])?;
    build::run(place)?;
    experiment(place, "suites/quick.yaml").run()
}

/// `ci pyperformance`: the programs that PyPy publishes figures of, in place of ours.
pub fn pyperformance(place: &Place) -> Result<(), String> {
    setup::install(place, &[Group::Build])?;
    setup::pyperformance(place)?;
    build::run(place)?;
    experiment(place, "suites/pyperformance.yaml").run()
}

/// Plan, build, run, store, analyse and render one experiment.
pub fn experiment(place: &Place, experiment: &str) -> Shell {
    Shell::new(&place.root, place.executable("kraitbench")).args(["all", experiment])
}
