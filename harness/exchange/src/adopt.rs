//! From readings to runs as the store keeps them.
//!
//! What was measured of one commit on one host at one time is a run. Everything about such a run
//! follows from the file and from what was said beside it, its ids included: importing the same
//! file again adds nothing.
//!
//! Names elsewhere may hold anything; ours go into file names and addresses. One that breaks our
//! rule is cleaned, and gets six digits of its original's digest so that two that clean to the same
//! stay two, in every file alike. The original is kept as the benchmark's summary.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use model::{
    Benchmark, BenchmarkName, Clock, ClockKind, Configuration, Environment, Executor, ExecutorKind,
    ExecutorName, Expected, Experiment, ExperimentName, Host, Invocation, InvocationId, Isolation,
    Limits, Order, Outcome, Provenance, Reported, Run, RunExecutor, RunId, Sample, SeriesKey,
    Share, Suite, SuiteName, Target,
};

use crate::{NotRead, Reading};

/// The suite of benchmarks that are in none.
const NO_SUITE: &str = "imported";
/// What of a name is kept when it has to be cleaned: with the digest it is within our 64.
const KEPT_CHARACTERS: usize = 56;

/// What is said beside a file.
#[derive(Clone, Debug)]
pub struct Naming {
    pub experiment: ExperimentName,
    /// For a file that does not name what measured, or names it badly.
    pub executor: Option<ExecutorName>,
    /// For a file that does not say where or when.
    pub host: Option<String>,
    pub at: Option<Timestamp>,
    /// What the interpreters were built for.
    pub target: Target,
    /// Where all this comes from, for people.
    pub source: String,
}

/// A run and its invocations.
#[derive(Clone, Debug, PartialEq)]
pub struct Adopted {
    pub run: Run,
    pub invocations: Vec<Invocation>,
}

/// What was measured together.
type Together = (Timestamp, String, String);

/// Makes runs, oldest first.
///
/// # Errors
/// Neither the file nor `naming` says when, or by what, something was measured.
pub fn adopt(readings: &[Reading], naming: &Naming) -> Result<Vec<Adopted>, NotRead> {
    let mut executors: Vec<&str> = readings.iter().map(|one| one.executor.as_str()).collect();
    executors.sort_unstable();
    executors.dedup();
    if naming.executor.is_some() && executors.len() > 1 {
        let known = executors.join(", ");
        return Err(NotRead::SeveralExecutors { known });
    }
    let mut runs: BTreeMap<Together, Vec<&Reading>> = BTreeMap::new();
    for reading in readings {
        let commit = reading.commit.clone().unwrap_or_default();
        let host = reading.host.clone().or_else(|| naming.host.clone());
        let at = naming.at.or(reading.at).ok_or_else(|| NotRead::NoTime {
            run: match commit.as_str() {
                "" => "it".to_owned(),
                commit => format!("commit {commit}"),
            },
        })?;
        let key = (at, commit, host.unwrap_or_else(|| "unknown".to_owned()));
        runs.entry(key).or_default().push(reading);
    }
    let mut adopted: Vec<Adopted> = Vec::new();
    for ((at, commit, host), readings) in runs {
        // A run's name is its time: what another commit was measured at is a moment later.
        let mut at = at;
        while adopted.iter().any(|one| one.run.id == id(at, naming)) {
            at = at.saturating_add(1.millisecond()).unwrap_or(at);
        }
        adopted.push(run_of(at, &commit, &host, &readings, naming)?);
    }
    Ok(adopted)
}

fn id(at: Timestamp, naming: &Naming) -> RunId {
    RunId(format!(
        "{}-{}",
        at.strftime("%Y%m%dT%H%M%S%.3fZ"),
        naming.experiment
    ))
}

/// A reading with its names.
struct Named<'a> {
    reading: &'a Reading,
    executor: ExecutorName,
    suite: SuiteName,
    benchmark: BenchmarkName,
}

fn run_of(
    at: Timestamp,
    commit: &str,
    host: &str,
    readings: &[&Reading],
    naming: &Naming,
) -> Result<Adopted, NotRead> {
    let named: Vec<Named<'_>> = readings
        .iter()
        .map(|reading| named(reading, readings, naming))
        .collect::<Result<_, _>>()?;
    let mut executors: Vec<Executor> = Vec::new();
    for one in &named {
        if executors.iter().all(|known| known.name != one.executor) {
            executors.push(executor(one));
        }
    }
    let experiment = Experiment {
        name: naming.experiment.clone(),
        about: naming.source.clone(),
        seed: 1,
        order: Order::Batch,
        invocations: readings
            .iter()
            .map(|one| count(one.invocations.len()))
            .max()
            .unwrap_or(0),
        baselines: Vec::new(),
        programs: ".".into(),
        hosts: Vec::new(),
        suites: suites(&named),
        executors,
    };
    let started_at = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut run = Run {
        id: id(at, naming),
        started_at,
        plan: String::new(),
        planned: 0,
        share: Share::This,
        experiment_text: format!("# {}\n", naming.source),
        executors: experiment
            .executors
            .iter()
            .map(|one| found(one, commit, naming))
            .collect(),
        experiment,
        host: Host {
            name: host.chars().filter(|c| !c.is_control()).take(64).collect(),
            ..Host::default()
        },
        environment: Environment::default(),
    };
    let invocations = invocations(&run, &named, naming);
    run.planned = count(invocations.len());
    run.plan = format!("{:016x}", digest(&[&run.id.0, &naming.source]));
    Ok(Adopted { run, invocations })
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn named<'a>(
    reading: &'a Reading,
    all: &[&Reading],
    naming: &Naming,
) -> Result<Named<'a>, NotRead> {
    let executor = match (&naming.executor, reading.executor.as_str()) {
        (Some(name), _) => name.clone(),
        (None, "") => return Err(NotRead::NoExecutor),
        (None, text) => cleaned(text, ExecutorName::new),
    };
    let suite = match reading.suite.as_str() {
        "" => NO_SUITE,
        text => text,
    };
    // A benchmark that was measured with several arguments is several benchmarks here.
    let other_arguments = |one: &&&Reading| {
        one.suite == reading.suite
            && one.benchmark == reading.benchmark
            && one.arguments != reading.arguments
    };
    let benchmark = match all.iter().find(other_arguments) {
        Some(_) => format!("{} {}", reading.benchmark, reading.arguments),
        None => reading.benchmark.clone(),
    };
    Ok(Named {
        reading,
        executor,
        suite: cleaned(suite, SuiteName::new),
        benchmark: cleaned(&benchmark, BenchmarkName::new),
    })
}

/// A name of ours for a name of any kind.
fn cleaned<T, E>(text: &str, new: impl Fn(String) -> Result<T, E>) -> T {
    if let Ok(name) = new(text.to_owned()) {
        return name;
    }
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' => c,
        _ => '_',
    };
    let mut name: String = text.chars().take(KEPT_CHARACTERS).map(plain).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        name.insert(0, 'x');
    }
    name.push_str(&format!("-{:06x}", digest(&[text]) & 0xff_ffff));
    match new(name) {
        Ok(name) => name,
        Err(_) => unreachable!("a cleaned name follows the rule for names"),
    }
}

fn executor(one: &Named<'_>) -> Executor {
    Executor {
        name: one.executor.clone(),
        label: one.executor.to_string(),
        kind: ExecutorKind::Command {
            command: vec![one.executor.to_string()],
        },
        configuration: Configuration::Stock,
        target: None,
        host: None,
        clock: Clock::Time,
        revision: None,
        features: Vec::new(),
        pgo: false,
        arguments: Vec::new(),
        environment: indexmap::IndexMap::new(),
    }
}

fn found(executor: &Executor, commit: &str, naming: &Naming) -> RunExecutor {
    RunExecutor {
        name: executor.name.clone(),
        target: naming.target,
        clock: ClockKind::Native,
        command: Vec::new(),
        provenance: Ok(Provenance {
            version: naming.source.clone(),
            commit: (!commit.is_empty()).then(|| commit.to_owned()),
            ..Provenance::default()
        }),
        not_built: false,
    }
}

fn suites(named: &[Named<'_>]) -> Vec<Suite> {
    let mut suites: Vec<Suite> = Vec::new();
    for one in named {
        let known = suites.iter().position(|suite| suite.name == one.suite);
        let at = known.unwrap_or_else(|| {
            suites.push(Suite {
                name: one.suite.clone(),
                version: 1,
                title: one.suite.to_string(),
                note: String::new(),
                executors: Vec::new(),
                packages: None,
                benchmarks: Vec::new(),
            });
            suites.len() - 1
        });
        let benchmarks = &mut suites[at].benchmarks;
        if benchmarks.iter().all(|known| known.name != one.benchmark) {
            benchmarks.push(benchmark(one));
        }
    }
    suites
}

fn benchmark(one: &Named<'_>) -> Benchmark {
    let iterations = one.reading.invocations.iter().flatten();
    let last = iterations.filter_map(|sample| sample.iteration).max();
    Benchmark {
        name: one.benchmark.clone(),
        version: None,
        program: String::new(),
        summary: match one.reading.benchmark.as_str() == one.benchmark.as_str() {
            true => String::new(),
            false => one.reading.benchmark.chars().take(200).collect(),
        },
        size: 0,
        iterations: last.map_or(1, |last| last.saturating_add(1)),
        fails_on: Vec::new(),
        stated: None,
        tags: Vec::new(),
        arguments: Vec::new(),
        expected: Expected::Unchecked,
        limits: Limits {
            time_s: 0,
            memory_bytes: 0,
        },
    }
}

fn invocations(run: &Run, named: &[Named<'_>], naming: &Naming) -> Vec<Invocation> {
    let mut all = Vec::new();
    for one in named {
        for (index, samples) in one.reading.invocations.iter().enumerate() {
            all.push(invocation(
                run,
                one,
                (count(index), count(all.len())),
                samples,
                naming,
            ));
        }
    }
    all
}

fn invocation(
    run: &Run,
    one: &Named<'_>,
    (index, position): (u32, u32),
    samples: &[Sample],
    naming: &Naming,
) -> Invocation {
    let words = [
        run.id.0.as_str(),
        one.suite.as_str(),
        one.benchmark.as_str(),
        one.executor.as_str(),
        &index.to_string(),
        &position.to_string(),
    ];
    Invocation {
        id: InvocationId(format!("{:016x}", digest(&words))),
        run: run.id.clone(),
        key: SeriesKey {
            suite: one.suite.clone(),
            suite_version: 1,
            benchmark: one.benchmark.clone(),
            benchmark_version: 0,
            size: 0,
            arguments: one.reading.arguments.chars().take(1000).collect(),
            executor: one.executor.clone(),
            configuration: Configuration::Stock,
            target: naming.target,
            host: run.host.name.clone(),
            clock: ClockKind::Native,
            build: String::new(),
        },
        index,
        position,
        started_at: run.started_at.clone(),
        command: Vec::new(),
        outcome: Outcome::Ok,
        isolation: Isolation::default(),
        reported: Reported::default(),
        stdout_tail: String::new(),
        absent: vec![],
        stderr_tail: String::new(),
        samples: samples.to_vec(),
    }
}

/// FNV-1a over words with a separator.
fn digest(words: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0xff])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}
