//! `kraitbench plan`: what would run, on which host, in which order, and how long it will take.
//!
//! Durations are foreseen from the latest runs of the experiment, or of a part of it, that are in the
//! store. Without any there is only what limits say at most, which is no forecast and is not called
//! one. What another host has is not known here, so its processes have no ids and all of them count.

use std::path::Path;
use std::time::Duration;

use model::{ClockKind, Experiment, ExperimentName, HostName, RunExecutor, Share};
use plan::{Inputs, Plan, Step};
use serde_json::{Value, json};
use store::Store;

use crate::cli::{Hosts, Narrowing, StoreFolder};
use crate::failure::{Failure, Verdict};
use crate::hosts::Division;
use crate::input::Input;
use crate::joint;
use crate::prepare::Prepared;
use crate::progress::{Foresight, brief};

/// What one machine would run.
struct Part {
    share: Share,
    plan: Plan,
    executors: Vec<RunExecutor>,
    /// How long that takes, if anything is known.
    expected: Option<Duration>,
}

impl Part {
    /// Whether it is planned where it is to run, so that its ids are the run's.
    fn is_certain(&self) -> bool {
        self.executors.iter().all(|one| !is_elsewhere(one))
    }

    /// What cannot run takes no time.
    fn runs(&self, step: &Step) -> bool {
        let found = self.executors.iter().find(|one| one.name == step.executor);
        found.is_some_and(|one| one.provenance.is_ok() || is_elsewhere(one))
    }
}

/// An executor that was not looked for, since it is on another machine.
fn is_elsewhere(found: &RunExecutor) -> bool {
    found.command.is_empty() && found.provenance == Err(String::new())
}

pub fn print(
    path: &Path,
    asked: &Narrowing,
    hosts: &Hosts,
    store: &StoreFolder,
    as_json: bool,
) -> Result<Verdict, Failure> {
    let whole = Input::read(path)?;
    let name = whole.experiment.name.clone();
    let input = whole.narrowed(asked)?;
    let division = Division::of(&input.experiment, hosts)?;
    let mut parts = Vec::new();
    if let Some(share) = &division.own {
        let prepared = Prepared::from(input.clone(), share.clone())?;
        prepared.tell_missing();
        parts.push(Part {
            share: share.clone(),
            plan: prepared.plan,
            executors: prepared.executors,
            expected: None,
        });
    }
    let others = division.others.iter();
    parts.extend(others.filter_map(|host| elsewhere(&input.experiment, host)));
    let foresight = foresight(store, &name)?;
    for part in &mut parts {
        let steps = part.plan.steps.iter().filter(|step| part.runs(step));
        part.expected = foresight.left(steps);
    }
    match as_json {
        true => println!("{:#}", told(&input.experiment, &parts)),
        false => tell(&input.experiment, &parts, &name),
    }
    Ok(Verdict::Fine)
}

/// The part of a host, as far as it can be known from here: the order is the seed's.
fn elsewhere(experiment: &Experiment, name: &HostName) -> Option<Part> {
    let host = experiment.host(name)?;
    let share = Share::Of(name.clone());
    let on_it = experiment
        .executors
        .iter()
        .filter(|one| one.share() == share);
    let executors: Vec<RunExecutor> = on_it
        .map(|executor| RunExecutor {
            name: executor.name.clone(),
            target: host.target,
            clock: ClockKind::of(executor.clock, host.target, host.target),
            command: Vec::new(),
            provenance: Err(String::new()),
            not_built: false,
        })
        .collect();
    let plan = plan::plan(Inputs {
        experiment,
        executors: &executors,
        host: name.as_str(),
        programs: "",
    });
    Some(Part {
        share,
        plan,
        executors,
        expected: None,
    })
}

fn told(experiment: &Experiment, parts: &[Part]) -> Value {
    let of = |part: &Part| -> Value {
        let certain = part.is_certain();
        let steps = part.plan.steps.iter().map(|step| {
            json!({
                "position": step.position, "id": certain.then_some(&step.id.0), "suite": step.suite,
                "benchmark": step.benchmark.name, "executor": step.executor,
                "target": step.target, "clock": step.clock, "invocation": step.index + 1,
                "size": step.benchmark.size, "iterations": step.benchmark.iterations,
                "runs": part.runs(step),
            })
        });
        json!({
            "host": part.share,
            "plan": certain.then_some(&part.plan.digest),
            "expected_s": part.expected.map(|time| time.as_secs_f64()),
            "steps": steps.collect::<Vec<_>>(),
        })
    };
    // They run side by side.
    let expected = parts.iter().filter_map(|part| part.expected).max();
    json!({
        "experiment": experiment.name,
        "expected_s": expected.map(|time| time.as_secs_f64()),
        "hosts": parts.iter().map(of).collect::<Vec<_>>(),
    })
}

fn tell(experiment: &Experiment, parts: &[Part], name: &ExperimentName) {
    for part in parts {
        let certain = part.is_certain();
        let plan = match certain {
            true => part.plan.digest.as_str(),
            false => "plan",
        };
        println!("{plan} of {}, on {}", experiment.name, part.share);
        for step in &part.plan.steps {
            println!(
                "{:5}  {:16}  {:<24} {:<16} invocation {} of {}, size {}, {} iterations",
                step.position,
                if certain { step.id.0.as_str() } else { "-" },
                step.benchmark.name,
                step.executor,
                step.index + 1,
                experiment.invocations,
                step.benchmark.size,
                step.benchmark.iterations,
            );
        }
    }
    let each: Vec<String> = parts
        .iter()
        .filter_map(|part| Some(format!("{} on {}", brief(part.expected?), part.share)))
        .collect();
    match each.as_slice() {
        [] => {
            eprintln!("how long it will take is not known: no run of `{name}` is in the store");
        }
        each => eprintln!("it will take about {}", each.join(", and beside it ")),
    }
}

/// What the latest runs of that name, one of each share, and the latest of a part of it teach;
/// nothing, if there are none.
fn foresight(store: &StoreFolder, name: &ExperimentName) -> Result<Foresight, Failure> {
    let mut foresight = Foresight::default();
    if !store.folder.is_dir() {
        return Ok(foresight);
    }
    let store = Store::open(&store.folder)?;
    let ids = store.ids()?;
    let latest_part = joint::parts_of(&ids, name).next();
    let mut endings: Vec<&str> = Vec::new();
    let mut latest = Vec::new();
    for id in ids.iter().rev() {
        let ending = joint::ending_of(id);
        if joint::is_of(ending, name) && !endings.contains(&ending) {
            endings.push(ending);
            latest.push(id);
        }
    }
    for id in latest.into_iter().chain(latest_part) {
        let (stored, _) = store.load(id)?;
        stored
            .invocations
            .iter()
            .for_each(|one| foresight.learn(one));
    }
    Ok(foresight)
}
