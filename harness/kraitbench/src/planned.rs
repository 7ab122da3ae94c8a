//! `kraitbench plan`: what would run, in which order, and how long it will take.
//!
//! Durations are foreseen from the latest run of the experiment, or of a part of it, that is in the
//! store. Without one there is only what limits say at most, which is no forecast and is not called one.

use std::path::Path;

use serde_json::json;
use store::Store;

use crate::cli::{Narrowing, StoreFolder};
use crate::failure::{Failure, Verdict};
use crate::input::Input;
use crate::prepare::Prepared;
use crate::progress::{Foresight, brief};

pub fn print(
    path: &Path,
    asked: &Narrowing,
    store: &StoreFolder,
    as_json: bool,
) -> Result<Verdict, Failure> {
    let whole = Input::read(path)?;
    let name = whole.experiment.name.clone();
    let prepared = Prepared::from(whole.narrowed(asked)?)?;
    prepared.tell_missing();
    let foresight = foresight(store, name.as_str())?;
    // What cannot run takes no time.
    let runs = |step: &&plan::Step| {
        let found = prepared
            .executors
            .iter()
            .find(|one| one.name == step.executor);
        found.is_some_and(|one| one.provenance.is_ok())
    };
    let steps = &prepared.plan.steps;
    let expected = foresight.left(steps.iter().filter(runs));
    if as_json {
        let steps: Vec<_> = steps
            .iter()
            .map(|step| {
                json!({
                    "position": step.position, "id": step.id.0, "suite": step.suite,
                    "benchmark": step.benchmark.name, "executor": step.executor,
                    "target": step.target, "clock": step.clock, "invocation": step.index + 1,
                    "size": step.benchmark.size, "iterations": step.benchmark.iterations,
                    "runs": runs(&step),
                })
            })
            .collect();
        let told = json!({
            "experiment": prepared.input.experiment.name, "plan": prepared.plan.digest,
            "expected_s": expected.map(|time| time.as_secs_f64()), "steps": steps,
        });
        println!("{told:#}");
        return Ok(Verdict::Fine);
    }
    println!(
        "plan {} of {}",
        prepared.plan.digest, prepared.input.experiment.name
    );
    for step in steps {
        println!(
            "{:5}  {}  {:<24} {:<16} invocation {} of {}, size {}, {} iterations",
            step.position,
            step.id,
            step.benchmark.name,
            step.executor,
            step.index + 1,
            prepared.input.experiment.invocations,
            step.benchmark.size,
            step.benchmark.iterations,
        );
    }
    match expected {
        Some(time) => eprintln!("it will take about {}", brief(time)),
        None => eprintln!("how long it will take is not known: no run of `{name}` is in the store"),
    }
    Ok(Verdict::Fine)
}

/// What the latest run of that name, and the latest of a part of it, teach; nothing, if there is
/// none.
fn foresight(store: &StoreFolder, name: &str) -> Result<Foresight, Failure> {
    let mut foresight = Foresight::default();
    if !store.folder.is_dir() {
        return Ok(foresight);
    }
    let store = Store::open(&store.folder)?;
    let (runs, _) = store.runs()?;
    let part = format!("{name}.");
    let latest = |is_it: &dyn Fn(&str) -> bool| {
        let mut runs = runs.iter().rev();
        runs.find(|run| is_it(run.experiment.name.as_str()))
    };
    let whole = latest(&|known| known == name);
    for run in whole
        .into_iter()
        .chain(latest(&|known| known.starts_with(&part)))
    {
        let (stored, _) = store.load(&run.id)?;
        stored
            .invocations
            .iter()
            .for_each(|one| foresight.learn(one));
    }
    Ok(foresight)
}
