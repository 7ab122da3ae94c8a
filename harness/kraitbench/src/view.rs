//! From stored runs to the view that a report is rendered from. Pure.

use indexmap::IndexMap;
use model::{
    ClockKind, Configuration, Criterion, Executor, Experiment, Fact, Invocation, Outcome,
    RunExecutor, Sample, Share, Suite,
};
use reports::view::{self, OutcomeKind, View};
use store::Stored;

use crate::host::host_facts;
use crate::joint::Measurements;

/// Everything about an experiment's runs that a report shows; figures are left to
/// [`reports::analyse`].
pub fn view(measured: &Measurements, now: &str) -> View {
    let experiment = measured.experiment();
    View {
        title: experiment.name.to_string(),
        generated_at: now.to_owned(),
        baselines: experiment
            .baselines
            .iter()
            .map(ToString::to_string)
            .collect(),
        columns: experiment
            .executors
            .iter()
            .filter_map(|executor| column(measured, executor))
            .collect(),
        sections: experiment
            .suites
            .iter()
            .map(|suite| section(measured, suite))
            .collect(),
        provenance: provenance(measured),
        seed: experiment.seed,
        ..View::default()
    }
}

/// `None` of an executor that the run was not to have.
fn column(measured: &Measurements, executor: &Executor) -> Option<view::Column> {
    let share = executor.share();
    let found = measured.of(&share).and_then(|stored| {
        let mut found = stored.run.executors.iter();
        Some((stored, found.find(|one| one.name == executor.name)?))
    });
    let shape = view::Column {
        id: executor.name.to_string(),
        label: executor.label.clone(),
        family: executor.kind.as_str().to_owned(),
        configuration: match executor.configuration {
            Configuration::Stock => String::new(),
            other => other.to_string(),
        },
        has_jit: executor.configuration.has_jit(),
        ..view::Column::default()
    };
    match found {
        Some((stored, found)) => Some(column_of(stored, executor, found, shape)),
        // It is named on its host's own terms: nothing there is known here.
        None if measured.away.contains(&share) => Some(view::Column {
            version: "not measured".to_owned(),
            target: executor
                .target
                .map_or_else(String::new, |one| one.to_string()),
            clock: executor
                .target
                .filter(|_| !share.is_this())
                .map_or_else(String::new, |own| {
                    ClockKind::of(executor.clock, own, own).to_string()
                }),
            host: share.to_string(),
            absent: Some(away(&share)),
            ..shape
        }),
        None => None,
    }
}

/// Why there is nothing of a share.
pub fn away(share: &Share) -> String {
    match share {
        Share::This => {
            "not measured: no run of this machine's share is in the store; `kraitbench run EXPERIMENT \
             --host this` makes one"
                .to_owned()
        }
        Share::Of(host) => format!(
            "not measured: no run of the host {host} is in the store; `kraitbench run EXPERIMENT --host \
             {host}` makes one"
        ),
    }
}

fn column_of(
    stored: &Stored,
    executor: &Executor,
    found: &RunExecutor,
    shape: view::Column,
) -> view::Column {
    let said = stored
        .invocations
        .iter()
        .find(|one| one.key.executor == found.name && !one.reported.implementation.is_empty());
    let stated = said.map(|one| format!("{} {}", one.reported.implementation, one.reported.python));
    let version = match &found.provenance {
        Ok(provenance) if !provenance.version.is_empty() => provenance.version.clone(),
        _ => stated.unwrap_or_else(|| "not found".to_owned()),
    };
    view::Column {
        version,
        command: found.command.join(" "),
        target: found.target.to_string(),
        clock: found.clock.to_string(),
        host: stored.run.host.name.clone(),
        absent: match &found.provenance {
            Err(reason) if found.not_built => Some(format!("not built: {reason}")),
            _ => None,
        },
        build: build_facts(executor, found),
        ..shape
    }
}

fn build_facts(executor: &Executor, found: &RunExecutor) -> Vec<view::Fact> {
    let provenance = match &found.provenance {
        Ok(provenance) => provenance,
        Err(message) => return vec![view::Fact::new("missing", message)],
    };
    let commit = provenance
        .commit
        .as_ref()
        .map(|commit| match provenance.dirty {
            Some(true) => format!("{commit}, with changes"),
            _ => commit.clone(),
        });
    let known = [
        ("kind", Some(executor.kind.as_str().to_owned())),
        ("executable", Some(provenance.path.clone())),
        ("SHA-256", Some(provenance.sha256.clone())),
        ("commit", commit),
        ("compiler", provenance.rustc.clone()),
        ("profile", provenance.profile.clone()),
        ("features", provenance.features.clone()),
        ("flags", provenance.flags.clone()),
    ];
    known
        .into_iter()
        .filter_map(|(name, value)| Some(view::Fact::new(name, value?)))
        .collect()
}

fn section(measured: &Measurements, suite: &Suite) -> view::Section {
    let experiment = measured.experiment();
    view::Section {
        id: suite.name.to_string(),
        title: suite.title.clone(),
        note: suite.note.clone(),
        columns: suite.executors.iter().map(ToString::to_string).collect(),
        benchmarks: suite
            .benchmarks
            .iter()
            .map(|benchmark| {
                let of_benchmark: Vec<&Invocation> = measured
                    .shares()
                    .flat_map(|stored| &stored.invocations)
                    .filter(|one| one.key.suite == suite.name)
                    .filter(|one| one.key.benchmark == benchmark.name)
                    .filter(|one| one.run == measured.main.run.id || is_of(one, suite, benchmark))
                    .collect();
                benchmark_view(experiment, benchmark, &of_benchmark)
            })
            .collect(),
    }
}

/// Another machine may have measured what the experiment said before it was changed: that is another
/// series, and no part of this row.
fn is_of(invocation: &Invocation, suite: &Suite, benchmark: &model::Benchmark) -> bool {
    let key = &invocation.key;
    key.suite_version == suite.version
        && key.size == benchmark.size
        && key.arguments == benchmark.arguments.join(" ")
}

fn benchmark_view(
    experiment: &Experiment,
    benchmark: &model::Benchmark,
    invocations: &[&Invocation],
) -> view::Benchmark {
    let version = benchmark.version.or_else(|| {
        invocations
            .iter()
            .map(|one| one.key.benchmark_version)
            .find(|v| *v > 0)
    });
    let mut arguments = format!(
        "--size {} --iterations {}",
        benchmark.size, benchmark.iterations
    );
    for argument in &benchmark.arguments {
        arguments.push(' ');
        arguments.push_str(argument);
    }
    let cells = experiment.executors.iter().filter_map(|executor| {
        let mut of_cell: Vec<&&Invocation> = invocations
            .iter()
            .filter(|one| one.key.executor == executor.name)
            .collect();
        of_cell.sort_by_key(|one| one.index);
        (!of_cell.is_empty()).then(|| view::Cell {
            column: executor.name.to_string(),
            invocations: of_cell
                .into_iter()
                .map(|one| invocation_view(one))
                .collect(),
            figures: None,
        })
    });
    view::Benchmark {
        name: benchmark.name.to_string(),
        version: version
            .map(|version| version.to_string())
            .unwrap_or_default(),
        arguments,
        summary: benchmark.summary.clone(),
        cells: cells.collect(),
    }
}

fn invocation_view(invocation: &Invocation) -> view::Invocation {
    let of = |criterion: &Criterion| {
        let mut samples = invocation.samples.iter();
        samples
            .find(|sample| sample.criterion == *criterion)
            .map(|sample| sample.value)
    };
    view::Invocation {
        outcome: outcome_view(&invocation.outcome),
        iterations_s: invocation
            .samples
            .iter()
            .filter(|sample| sample.criterion == Criterion::Wall)
            .map(|sample| sample.value / 1e9)
            .collect(),
        wall_s: of(&Criterion::ProcessWall).map(|ns| ns / 1e9),
        instructions: of(&Criterion::Instructions),
        peak_rss_bytes: of(&Criterion::PeakMemory).map(|bytes| bytes as u64),
        jit: jit_counters(&invocation.samples),
        jit_curves: jit_curves(&invocation.samples),
        warmup: None,
    }
}

/// The JIT's summary of the process; where there is none, its counters after the last iteration.
fn jit_counters(samples: &[Sample]) -> Vec<view::Counter> {
    let counter = |name: &str, sample: &Sample| view::Counter {
        name: name.to_owned(),
        value: sample.value,
        unit: sample.criterion.unit().to_owned(),
    };
    let summary: Vec<view::Counter> = samples
        .iter()
        .filter_map(|sample| match &sample.criterion {
            Criterion::JitSummary(label) => Some(counter(label, sample)),
            _ => None,
        })
        .collect();
    if !summary.is_empty() {
        return summary;
    }
    let last = samples.iter().filter_map(|sample| sample.iteration).max();
    samples
        .iter()
        .filter(|sample| sample.iteration == last)
        .filter_map(|sample| match &sample.criterion {
            Criterion::Jit(name) => Some(counter(name, sample)),
            _ => None,
        })
        .collect()
}

/// The JIT's counters after each iteration, in the order in which they were first told.
fn jit_curves(samples: &[Sample]) -> Vec<view::CounterCurve> {
    let last = samples.iter().filter_map(|sample| sample.iteration).max();
    let count = last.map_or(0, |last| last as usize + 1);
    let mut curves: IndexMap<&str, view::CounterCurve> = IndexMap::new();
    for sample in samples {
        let (Criterion::Jit(name), Some(iteration)) = (&sample.criterion, sample.iteration) else {
            continue;
        };
        let curve = curves.entry(name).or_insert_with(|| view::CounterCurve {
            name: name.clone(),
            unit: sample.criterion.unit().to_owned(),
            values: vec![None; count],
        });
        curve.values[iteration as usize] = Some(sample.value);
    }
    curves.into_values().collect()
}

pub fn outcome_view(outcome: &Outcome) -> view::Outcome {
    let kind = match outcome {
        Outcome::Ok => return view::Outcome::ok(),
        Outcome::Crashed {
            signal: Some(_), ..
        } => OutcomeKind::Crash,
        Outcome::Crashed { .. } => OutcomeKind::Error,
        Outcome::TimedOut { .. } => OutcomeKind::Timeout,
        Outcome::OutOfMemory { .. } => OutcomeKind::OutOfMemory,
        Outcome::WrongResult { .. } => OutcomeKind::WrongResult,
        Outcome::BadProtocol { .. } => OutcomeKind::BadOutput,
        Outcome::NotBuilt { reason } => {
            return view::Outcome::failed(OutcomeKind::NotBuilt, reason.clone());
        }
        Outcome::MissingExecutor { .. } | Outcome::NotStarted { .. } => OutcomeKind::NotStarted,
    };
    view::Outcome::failed(kind, outcome.to_string())
}

fn provenance(measured: &Measurements) -> view::Provenance {
    let several = measured.shares().count() > 1;
    let named = |stored: &Stored, facts: Vec<view::Fact>| -> Vec<view::Fact> {
        let called = |fact: view::Fact| match several {
            true => view::Fact::new(
                format!("{}: {}", stored.run.host.name, fact.name),
                fact.value,
            ),
            false => fact,
        };
        facts.into_iter().map(called).collect()
    };
    let environment = measured.shares().flat_map(|s| named(s, environment(s)));
    let session = measured.shares().flat_map(|s| named(s, session(s)));
    let kraitbench = view::Fact::new("kraitbench", env!("CARGO_PKG_VERSION"));
    view::Provenance {
        environment: environment.collect(),
        session: session.chain([kraitbench]).collect(),
        experiment_yaml: measured.main.run.experiment_text.clone(),
    }
}

/// The machine, what may have moved its figures, and what could not be done there.
fn environment(stored: &Stored) -> Vec<view::Fact> {
    let run = &stored.run;
    let said = |fact: &Fact| view::Fact::new(&fact.name, &fact.value);
    let warnings = run.environment.warnings.iter();
    let warnings = warnings.map(|text| view::Fact::new("warning", text));
    host_facts(&run.host)
        .iter()
        .chain(&run.environment.facts)
        .map(said)
        .chain(warnings)
        .chain(missed(&stored.invocations))
        .collect()
}

fn session(stored: &Stored) -> Vec<view::Fact> {
    let run = &stored.run;
    let facts = [
        ("run", run.id.to_string()),
        ("plan", run.plan.clone()),
        ("started", run.started_at.clone()),
        (
            "invocations",
            format!("{} of {}", stored.invocations.len(), run.planned),
        ),
        (
            "order",
            format!("{:?}, seed {}", run.experiment.order, run.experiment.seed).to_lowercase(),
        ),
    ];
    let fact = |(name, value): (&str, String)| view::Fact::new(name, value);
    facts.into_iter().map(fact).collect()
}

/// What could not be done to keep processes comparable and what could not be measured, each once.
fn missed(invocations: &[Invocation]) -> Vec<view::Fact> {
    let isolation = invocations.iter().flat_map(|one| &one.isolation.missed);
    let mut facts: Vec<(&str, String)> = isolation
        .map(|text| ("not isolated", text.clone()))
        .collect();
    let absent = invocations
        .iter()
        .flat_map(|one| one.absent.iter().map(move |fact| (&one.key.executor, fact)));
    facts.extend(absent.map(|(executor, fact)| {
        let text = format!("{} of {executor}: {}", fact.name, fact.value);
        ("not measured", text)
    }));
    facts.sort();
    facts.dedup();
    facts
        .into_iter()
        .map(|(name, text)| view::Fact::new(name, &text))
        .collect()
}
