//! Runs a plan: one process after another, each one's end judged and kept before the next begins.
//!
//! The loop below is the whole control flow. What touches the system is behind three traits:
//! [`Launcher`] starts a process and waits for it (its [`Mock`] returns at once, so that the loop
//! can be tested without waiting), [`Keeper`] stores what came of it, [`Observer`] is told.
//!
//! *Invariants.* An invocation is kept whole or not at all: whatever stops the run leaves the
//! store as it was after the last whole one. A benchmark's failure is an outcome, never an error:
//! only a keeper that cannot keep ends a run early.

mod counted;
mod counters;
mod jit_summary;
mod judge;
mod launch;
mod memory;
mod mock;
mod process;
mod protocol;
mod replayed;
mod transcript;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use model::{
    AddressSpace, Configuration, Executor, ExecutorKind, ExecutorName, Invocation, InvocationId,
    RunExecutor, RunId, SeriesKey, SuiteName,
};
use plan::{Plan, Step};

pub use launch::{End, Ended, Events, Job, Launcher, Recording, Usage};
pub use mock::Mock;
pub use process::Process;

#[cfg(test)]
mod tests;

/// Where Python looks for packages before its own folders.
const PACKAGES: &str = "PYTHONPATH";

/// What all steps of a run share.
#[derive(Clone, Debug)]
pub struct Context {
    pub run: RunId,
    pub host: String,
    /// Absolute.
    pub programs: PathBuf,
    /// The folders that programs import packages from, of suites that need some. Absolute.
    pub packages: HashMap<SuiteName, PathBuf>,
    /// The processor that is kept free for the measured processes.
    pub cpu: Option<u32>,
    pub executors: HashMap<ExecutorName, (Executor, RunExecutor)>,
    /// Gives the time, RFC 3339: the only clock here that is not a measurement.
    pub now: fn() -> String,
}

/// Stores invocations.
pub trait Keeper {
    type Error;

    /// # Errors
    /// The invocation could not be stored; the run ends.
    fn keep(&mut self, invocation: &Invocation) -> Result<(), Self::Error>;
}

/// Is told how the run goes.
pub trait Observer {
    fn begins(&mut self, step: &Step, done: usize, all: usize);
    fn ended(&mut self, step: &Step, invocation: &Invocation);
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Invocations that were kept in this run of the loop.
    pub kept: usize,
    /// Those of them that failed, or that did not where they are known to.
    pub failed: usize,
    /// Whether it was told to stop before its end.
    pub interrupted: bool,
}

/// Runs the steps of `plan` that are not `done`.
///
/// # Errors
/// The keeper's: what was kept before stays.
pub fn run<K: Keeper>(
    plan: &Plan,
    done: &HashSet<InvocationId>,
    context: &Context,
    launcher: &mut dyn Launcher,
    keeper: &mut K,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Summary, K::Error> {
    let mut summary = Summary::default();
    let all = plan.steps.len();
    let pending: Vec<&Step> = plan
        .steps
        .iter()
        .filter(|step| !done.contains(&step.id))
        .collect();
    let before = all - pending.len();
    for step in pending {
        if stop.load(Ordering::Relaxed) {
            summary.interrupted = true;
            break;
        }
        observer.begins(step, before + summary.kept, all);
        let Some(invocation) = invoke(step, context, launcher, stop) else {
            summary.interrupted = true;
            break;
        };
        keeper.keep(&invocation)?;
        observer.ended(step, &invocation);
        summary.kept += 1;
        let is_news = step.benchmark.is_news(&step.executor, &invocation.outcome);
        summary.failed += usize::from(is_news);
    }
    Ok(summary)
}

/// One step; `None` if it was interrupted.
fn invoke(
    step: &Step,
    context: &Context,
    launcher: &mut dyn Launcher,
    stop: &AtomicBool,
) -> Option<Invocation> {
    let started_at = (context.now)();
    let (ended, command) = match job(step, context) {
        Ok(job) => (launcher.launch(&job, stop), job.command),
        Err(end) => (Ended::of(end), Vec::new()),
    };
    if ended.end == End::Interrupted {
        return None;
    }
    let judged = judge::judge(&step.benchmark, step.clock, &ended);
    Some(Invocation {
        id: step.id.clone(),
        run: context.run.clone(),
        key: key(step, context, judged.benchmark_version),
        index: step.index,
        position: step.position,
        started_at,
        command,
        outcome: judged.outcome,
        isolation: ended.isolation,
        reported: judged.reported,
        stdout_tail: ended.stdout_tail,
        stderr_tail: ended.stderr_tail,
        samples: judged.samples,
        absent: judged.absent,
    })
}

/// What is to be started, or why nothing can be.
fn job(step: &Step, context: &Context) -> Result<Job, End> {
    let (executor, found) = context.executors.get(&step.executor).ok_or_else(|| {
        End::Missing(format!(
            "the plan names an executor `{}` that is not there",
            step.executor
        ))
    })?;
    match &found.provenance {
        Err(reason) if found.not_built => return Err(End::NotBuilt(reason.clone())),
        Err(message) => return Err(End::Missing(message.clone())),
        Ok(_) => {}
    }
    let program = context.programs.join(&step.benchmark.program);
    let mut command = found.command.clone();
    command.push(program.to_string_lossy().into_owned());
    command.extend(["--size".to_owned(), step.benchmark.size.to_string()]);
    command.extend([
        "--iterations".to_owned(),
        step.benchmark.iterations.to_string(),
    ]);
    command.extend(step.benchmark.arguments.iter().cloned());
    Ok(Job {
        command,
        limits: step.benchmark.limits,
        wishes: isolate::Wishes {
            cpu: context.cpu,
            pad_bytes: step.pad_bytes,
            hash_seed: step.hash_seed,
            address_space: match step.clock.counts() {
                true => AddressSpace::Fixed,
                false => AddressSpace::Random,
            },
            environment: environment(step, context, executor),
        },
        clock: step.clock,
        jit_log: jit_log(executor),
        recording: recording(executor),
    })
}

/// What is added to a process's environment. An executor's own variables win.
fn environment(step: &Step, context: &Context, executor: &Executor) -> Vec<(String, String)> {
    let packages = context.packages.get(&step.suite).map(|folder| {
        let folder = folder.to_string_lossy().into_owned();
        (PACKAGES.to_owned(), folder)
    });
    let own = executor.environment.iter();
    let own = own.map(|(name, value)| (name.clone(), value.clone()));
    packages.into_iter().chain(own).collect()
}

/// The variable that makes this executor write its JIT's summary.
fn jit_log(executor: &Executor) -> Option<&'static str> {
    match (&executor.kind, executor.configuration) {
        (ExecutorKind::Krait { .. }, Configuration::Jit) => Some("KRAITLOG"),
        (ExecutorKind::Pypy { .. }, Configuration::Jit) => Some("PYPYLOG"),
        _ => None,
    }
}

/// What makes this executor record: what it is for, and so what is measured.
fn recording(executor: &Executor) -> Option<Recording> {
    match (&executor.kind, executor.configuration) {
        (ExecutorKind::Krait { .. }, Configuration::Revdb) => Some(Recording {
            variable: "KRAITRDB",
            replay: Some("--check"),
        }),
        _ => None,
    }
}

fn key(step: &Step, context: &Context, benchmark_version: u32) -> SeriesKey {
    let known = context.executors.get(&step.executor);
    SeriesKey {
        suite: step.suite.clone(),
        suite_version: step.suite_version,
        benchmark: step.benchmark.name.clone(),
        benchmark_version,
        size: step.benchmark.size,
        arguments: step.benchmark.arguments.join(" "),
        executor: step.executor.clone(),
        configuration: known
            .map(|(executor, _)| executor.configuration)
            .unwrap_or_default(),
        target: step.target,
        host: context.host.clone(),
        clock: step.clock,
        build: known
            .and_then(|(_, found)| found.provenance.as_ref().ok())
            .map(|provenance| provenance.build_id().to_owned())
            .unwrap_or_default(),
    }
}
