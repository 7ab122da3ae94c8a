//! The runs before one, as far as a report shows them: a point for each series.
//!
//! A point is the mean over processes of their steady medians, and the range of these medians. An
//! interval by resampling would cost seconds for every run of a long history, and the range shows
//! as well when a series became noisy.

use model::Run;
use reports::view::{self, PastRun};
use store::{Store, Stored};

use crate::failure::Failure;

/// The runs of the same experiment on the same host before `run`, oldest first.
pub fn runs_before<'a>(runs: &'a [Run], run: &Run) -> Vec<&'a Run> {
    let same = |one: &&Run| {
        one.id < run.id && one.experiment.name == run.experiment.name && one.host == run.host
    };
    runs.iter().filter(same).collect()
}

/// What a report shows of them. One that cannot be read any more is left out and told.
pub fn past(store: &Store, before: &[&Run]) -> Result<Vec<PastRun>, Failure> {
    let mut past = Vec::new();
    for run in before {
        let (stored, damage) = store.load(&run.id)?;
        for one in damage {
            eprintln!("warning: the history lacks {one}");
        }
        past.push(past_run(&stored));
    }
    Ok(past)
}

fn past_run(stored: &Stored) -> PastRun {
    let view = crate::view::view(stored, "");
    PastRun {
        run: stored.run.id.to_string(),
        at: stored.run.started_at.clone(),
        build: build(&stored.run),
        release: None,
        points: reports::points(&view),
    }
}

/// The commit that the run's own executables are of; empty if there are none or several.
pub fn build(run: &Run) -> String {
    let mut commits: Vec<&str> = run
        .executors
        .iter()
        .filter_map(|executor| executor.provenance.as_ref().ok()?.commit.as_deref())
        .collect();
    commits.sort_unstable();
    commits.dedup();
    match commits.as_slice() {
        [one] => one.get(..12).unwrap_or(one).to_owned(),
        _ => String::new(),
    }
}

/// A run to compare with, without its single iterations.
pub fn earlier(stored: &Stored) -> view::Earlier {
    let mut sections = reports::analyse(crate::view::view(stored, "")).sections;
    let cells = sections.iter_mut().flat_map(|s| &mut s.benchmarks);
    for run in cells
        .flat_map(|b| &mut b.cells)
        .flat_map(|c| &mut c.invocations)
    {
        run.iterations_s.clear();
        run.jit_curves.clear();
    }
    view::Earlier {
        run: stored.run.id.to_string(),
        at: stored.run.started_at.clone(),
        build: build(&stored.run),
        sections,
    }
}
