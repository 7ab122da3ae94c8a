//! `kraitbench run`: begins a run or goes on with an interrupted one.
//!
//! A run is gone on with if its plan is the plan of now: same experiment, same executables, same
//! programs, same host. Otherwise its samples would stand beside others that they must not be
//! compared with, and a new run begins.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use build::{Freshness, NotBuilt};
use isolate::machine::Steady;
use jiff::{Timestamp, ToSpan};
use model::{Fact, Invocation, InvocationId, Run, RunId, Share};
use run::{Context, Keeper, Process, Summary};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use store::{Store, StoreError, Stored};

use crate::cli::{Narrowing, Running, StoreFolder};
use crate::derive;
use crate::failure::{Failure, Verdict};
use crate::host;
use crate::hosts::{Division, Others};
use crate::input::Input;
use crate::joint::{self, TIME_IN_NAME};
use crate::packages::{self, Folders};
use crate::prepare::Prepared;
use crate::progress::Progress;
use crate::steadied;

/// What `run` came to.
#[derive(Debug)]
pub struct Measured {
    /// Of this machine; `None` if it had no share.
    pub run: Option<RunId>,
    pub interrupted: bool,
    /// Failed invocations of the whole run, whenever they were made, but for those that are known to;
    /// and hosts that failed.
    pub failed: usize,
}

impl Measured {
    pub fn verdict(&self) -> Verdict {
        match (self.interrupted, self.failed) {
            (true, _) => Verdict::Interrupted,
            (false, 0) => Verdict::Fine,
            (false, _) => Verdict::BenchmarkFailed,
        }
    }
}

/// `kraitbench build`.
pub fn build_executors(path: &Path, asked: &Narrowing) -> Result<Verdict, Failure> {
    build_krait(&Input::read(path)?.narrowed(asked)?, &|_| true)
}

/// Builds what can be built and tells what came of each. Sources that do not compile are a
/// failure; a configuration that does not exist yet is a hole in the matrix.
fn build_krait(input: &Input, is_wanted: &dyn Fn(&Share) -> bool) -> Result<Verdict, Failure> {
    let host = host::target()?;
    let mut executors = input.experiment.executors.clone();
    executors.retain(|executor| is_wanted(&executor.share()));
    let folder = build::target_folder(&input.root);
    let built = build::build(&input.root, &folder, &executors, host)
        .map_err(|error| Failure::Machine(error.to_string()))?;
    let mut verdict = Verdict::Fine;
    for one in built {
        let path = one.path.display();
        match one.outcome {
            Ok(Freshness::Made) => println!("{path}"),
            Ok(Freshness::Cached) => println!("{path} (from the same sources as before)"),
            Err(not_built) => {
                println!("{path}: not built: {}", not_built.reason());
                if let NotBuilt::Failed(_) = not_built {
                    verdict = Verdict::BenchmarkFailed;
                }
            }
        }
    }
    Ok(verdict)
}

pub fn run(path: &Path, running: &Running, store: &StoreFolder) -> Result<Measured, Failure> {
    let stop = stop_on_signals()?;
    let input = Input::read(path)?.narrowed(&running.narrowing)?;
    let division = Division::of(&input.experiment, &running.hosts)?;
    // Executables of commits are nowhere but where this makes them.
    if running.build || !running.narrowing.rev.is_empty() {
        build_krait(&input, &|share| division.has(share))?;
    }
    let store = Store::open(&store.folder)?;
    let _lock = store.lock()?;
    let begun = match &division.own {
        Some(share) => Some(Begun::of(&store, input.clone(), share, running)?),
        None => None,
    };
    let id = begun.as_ref().map(|begun| begun.run.id.clone());
    let others = Others::begin(&input, running, &division.others, id.as_ref(), &stop);
    let mut measured = match begun {
        Some(begun) => begun.measured(&store, &stop)?,
        None => Measured {
            run: None,
            interrupted: false,
            failed: 0,
        },
    };
    // After an interruption each host only says that its run goes on.
    let ended = others.finish(&store);
    measured.failed += ended.failed + ended.away;
    measured.interrupted |= ended.interrupted;
    Ok(measured)
}

/// A run of this machine that has its header, and nothing or a part of the rest.
struct Begun {
    prepared: Prepared,
    packages: Folders,
    run: Run,
    before: Vec<Invocation>,
    steady: Option<Steady>,
}

impl Begun {
    fn of(store: &Store, input: Input, share: &Share, running: &Running) -> Result<Begun, Failure> {
        let steady = steadied::steady(running.steady)?;
        let prepared = Prepared::from(input, share.clone())?;
        let packages = packages::folders(&prepared.input)?;
        prepared.tell_missing();
        let before = match running.fresh {
            true => None,
            false => interrupted_run(store, &prepared.plan.digest)?,
        };
        let (run, before) = match before {
            Some(stored) => go_on(store, stored)?,
            None => (begin(store, &prepared, steady.as_ref())?, Vec::new()),
        };
        Ok(Begun {
            prepared,
            packages,
            run,
            before,
            steady,
        })
    }

    fn measured(self, store: &Store, stop: &AtomicBool) -> Result<Measured, Failure> {
        let (prepared, packages) = (&self.prepared, &self.packages);
        let summary = measure(store, prepared, packages, &self.run, &self.before, stop)?;
        steadied::put_back(self.steady)?;
        if !summary.interrupted {
            // So that whoever asks for the history tomorrow finds it.
            derive::observations(store, &self.run.id).ok();
        }
        let experiment = &self.prepared.input.experiment;
        let failed = self.before.iter();
        let failed = failed.filter(|one| experiment.is_news(&one.key, &one.outcome));
        let measured = Measured {
            failed: summary.failed + failed.count(),
            run: Some(self.run.id),
            interrupted: summary.interrupted,
        };
        let done = self.before.len() + summary.kept;
        tell(&measured, done, self.prepared.plan.steps.len());
        Ok(measured)
    }
}

/// Makes one whole new run of an experiment in a store that the caller has locked; `None` if it
/// was interrupted.
pub fn carry_out(store: &Store, input: Input) -> Result<Option<RunId>, Failure> {
    let stop = stop_on_signals()?;
    steadied::restore()?;
    let prepared = Prepared::from(input, Share::This)?;
    let packages = packages::folders(&prepared.input)?;
    let run = begin(store, &prepared, None)?;
    let summary = measure(store, &prepared, &packages, &run, &[], &stop)?;
    Ok((!summary.interrupted).then_some(run.id))
}

/// The newest run of this very plan, if it is not whole. Damage in the store ends everything:
/// what is missing would otherwise be measured again without a word.
fn interrupted_run(store: &Store, plan: &str) -> Result<Option<Stored>, Failure> {
    let (runs, damage) = store.runs()?;
    if !damage.is_empty() {
        return Err(Failure::Damaged(damage));
    }
    let Some(run) = runs.into_iter().rev().find(|run| run.plan == plan) else {
        return Ok(None);
    };
    let (stored, damage) = store.load(&run.id)?;
    if !damage.is_empty() {
        return Err(Failure::Damaged(damage));
    }
    Ok((stored.invocations.len() < run.planned as usize).then_some(stored))
}

fn go_on(store: &Store, stored: Stored) -> Result<(Run, Vec<Invocation>), Failure> {
    for path in store.tidy(&stored.run.id)? {
        eprintln!("removed {}: an interrupted write left it", path.display());
    }
    eprintln!(
        "going on with the run {}: {} of {} invocations are there",
        stored.run.id,
        stored.invocations.len(),
        stored.run.planned
    );
    Ok((stored.run, stored.invocations))
}

fn begin(store: &Store, prepared: &Prepared, steady: Option<&Steady>) -> Result<Run, Failure> {
    let now = Timestamp::now();
    let experiment = &prepared.input.experiment;
    let mut environment = host::environment();
    environment
        .facts
        .extend(build::tree_facts(&prepared.input.root));
    if !prepared.share.is_this() {
        let name = Fact::new("network name", host::network_name());
        environment.facts.push(name);
    }
    steadied::describe(steady, &mut environment);
    let known = store.ids()?;
    let ending = joint::ending(&experiment.name, &prepared.share);
    let (id, after) = id_of(now, &ending, &known);
    if let Some(after) = after {
        eprintln!(
            "warning: by this machine's clock the run {after} is yet to come; this run is named \
             {id}, so that it stands after it. Set the clock"
        );
    }
    let run = Run {
        id,
        started_at: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        plan: prepared.plan.digest.clone(),
        planned: prepared.plan.steps.len() as u32,
        share: prepared.share.clone(),
        experiment: experiment.clone(),
        experiment_text: prepared.input.text.clone(),
        executors: prepared.executors.clone(),
        host: prepared.host.clone(),
        environment,
    };
    for warning in &run.environment.warnings {
        eprintln!("warning: {warning}");
    }
    store.begin(&run)?;
    Ok(run)
}

/// The name of a run that begins now, and the run that it would stand before by the clock alone.
/// Runs are in order by their names, so a clock that was set back must not put tonight's run before
/// yesterday's, and one that stands still must not give two runs one name.
pub fn id_of<'a>(now: Timestamp, ending: &str, known: &'a [RunId]) -> (RunId, Option<&'a RunId>) {
    let named = |at: Timestamp| RunId(format!("{}{ending}", at.strftime(TIME_IN_NAME)));
    let known = known.iter().filter(|id| joint::has_ending(id, ending));
    let timed = known.filter_map(|id| Some((joint::time(id)?, id)));
    match timed.max() {
        Some((latest, id)) if named(now) <= *id => {
            let later = latest.checked_add(1.millisecond()).unwrap_or(latest);
            (named(later), Some(id))
        }
        _ => (named(now), None),
    }
}

/// The store as the loop sees it.
struct InStore<'a>(&'a Store);

impl Keeper for InStore<'_> {
    type Error = StoreError;
    fn keep(&mut self, invocation: &Invocation) -> Result<(), StoreError> {
        self.0.keep(invocation)
    }
}

fn measure(
    store: &Store,
    prepared: &Prepared,
    packages: &Folders,
    run: &Run,
    before: &[Invocation],
    stop: &AtomicBool,
) -> Result<Summary, Failure> {
    let scratch = tempfile::tempdir()
        .map_err(|error| Failure::Machine(format!("no temporary folder can be made: {error}")))?;
    let cpu = isolate::processor();
    let _aside = isolate::Aside::of(cpu)
        .map_err(|error| eprintln!("warning: the harness stays on processor {cpu:?}: {error}"))
        .ok();
    let context = Context {
        run: run.id.clone(),
        host: prepared.host.name.clone(),
        programs: prepared.input.programs.clone(),
        packages: packages.clone(),
        cpu,
        executors: prepared.by_name(),
        now: || Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    };
    let done: HashSet<InvocationId> = before.iter().map(|one| one.id.clone()).collect();
    let mut progress = Progress::over(&prepared.plan, before);
    let mut launcher = Process::new(scratch.path().to_owned());
    let mut keeper = InStore(store);
    let summary = run::run(
        &prepared.plan,
        &done,
        &context,
        &mut launcher,
        &mut keeper,
        &mut progress,
        stop,
    );
    progress.finish();
    Ok(summary?)
}

/// The first signal asks the loop to stop, the second one ends the harness at once; its child
/// dies with it, and the store stays whole in either case.
pub fn stop_on_signals() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let register = || -> std::io::Result<()> {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&stop))?;
            signal_hook::flag::register(signal, Arc::clone(&stop))?;
        }
        Ok(())
    };
    register().map_err(|error| Failure::Machine(format!("signals cannot be caught: {error}")))?;
    Ok(stop)
}

fn tell(measured: &Measured, done: usize, all: usize) {
    let failed = match measured.failed {
        0 => String::new(),
        failed => format!(", {failed} of them failed"),
    };
    if let Some(run) = &measured.run {
        eprintln!("run {run}: {done} of {all} invocations{failed}");
    }
    if measured.interrupted {
        eprintln!("interrupted: what was measured is stored, the same command goes on from here");
    }
}
