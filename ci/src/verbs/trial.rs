//! `ci trial`: how often is the gate wrong on this machine? Krait, and the same executable slowed
//! by an option of its feature `slowdown`, are measured in one interleaved run; on its samples the
//! gate must stop what is the same in at most 1 % of 200 comparisons, and what is 5 % slower in at
//! least 95 %. It takes some twenty minutes after the builds, and wants a machine that does nothing
//! else.

use crate::place::Place;
use crate::shell::Shell;
use crate::verbs::build;
use crate::verbs::setup::{self, Group};

const EXPERIMENT: &str = "suites/trial.yaml";
/// Not the store of nights: what is measured here is no history of anything.
const STORE: &str = "store-trial";

pub fn run(place: &Place) -> Result<(), String> {
    setup::install(place, &[Group::Build])?;
    build::tool(place, "kraitbench")?;
    let kraitbench = || Shell::new(&place.root, place.executable("kraitbench"));
    kraitbench()
        .args(["run", EXPERIMENT, "--build", "--fresh", "--store", STORE])
        .env("CARGO_TARGET_DIR", &place.target_host)
        .run()?;
    // By a history of nights, as many as noise is learned from, and by rounds of one run.
    let nights = ["--nights", "8", "--invocations", "30"];
    let rounds = ["--again", "krait-again", "--invocations", "30"];
    for shape in [nights, rounds] {
        kraitbench()
            .args(["trial", EXPERIMENT, "--store", STORE])
            .args(["--executor", "krait", "--slower", "krait-slower"])
            .args(["--at-most", "1", "--at-least", "95"])
            .args(shape)
            .run()?;
    }
    Ok(())
}
