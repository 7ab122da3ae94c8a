//! From a stored run to the view that a report is rendered from. Pure.

use indexmap::IndexMap;
use model::{
    Configuration, Criterion, Executor, Experiment, Fact, Invocation, Outcome, RunExecutor, Sample,
    Suite,
};
use reports::view::{self, OutcomeKind, View};
use store::Stored;

use crate::host::host_facts;

/// Everything about the run that a report shows; figures are left to [`reports::analyse`].
pub fn view(stored: &Stored, now: &str) -> View {
    let run = &stored.run;
    let experiment = &run.experiment;
    View {
        title: experiment.name.to_string(),
        generated_at: now.to_owned(),
        baseline: experiment.baseline.as_ref().map(ToString::to_string),
        columns: run
            .executors
            .iter()
            .filter_map(|found| column(stored, found))
            .collect(),
        sections: experiment
            .suites
            .iter()
            .map(|suite| section(stored, suite))
            .collect(),
        provenance: provenance(stored),
        seed: experiment.seed,
        ..View::default()
    }
}

fn column(stored: &Stored, found: &RunExecutor) -> Option<view::Column> {
    let executor = stored.run.experiment.executor(&found.name)?;
    let said = stored
        .invocations
        .iter()
        .find(|one| one.key.executor == found.name && !one.reported.implementation.is_empty());
    let stated = said.map(|one| format!("{} {}", one.reported.implementation, one.reported.python));
    let version = match &found.provenance {
        Ok(provenance) if !provenance.version.is_empty() => provenance.version.clone(),
        _ => stated.unwrap_or_else(|| "not found".to_owned()),
    };
    Some(view::Column {
        id: found.name.to_string(),
        label: executor.label.clone(),
        version,
        family: executor.kind.as_str().to_owned(),
        command: found.command.join(" "),
        configuration: match executor.configuration {
            Configuration::Stock => String::new(),
            other => other.to_string(),
        },
        target: found.target.to_string(),
        clock: found.clock.to_string(),
        host: stored.run.host.name.clone(),
        has_jit: executor.configuration.has_jit(),
        not_built: match &found.provenance {
            Err(reason) if found.not_built => Some(reason.clone()),
            _ => None,
        },
        build: build_facts(executor, found),
    })
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

fn section(stored: &Stored, suite: &Suite) -> view::Section {
    view::Section {
        id: suite.name.to_string(),
        title: suite.title.clone(),
        note: suite.note.clone(),
        columns: suite.executors.iter().map(ToString::to_string).collect(),
        benchmarks: suite
            .benchmarks
            .iter()
            .map(|benchmark| {
                let of_benchmark: Vec<&Invocation> = stored
                    .invocations
                    .iter()
                    .filter(|one| {
                        one.key.suite == suite.name && one.key.benchmark == benchmark.name
                    })
                    .collect();
                benchmark_view(&stored.run.experiment, benchmark, &of_benchmark)
            })
            .collect(),
    }
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

fn provenance(stored: &Stored) -> view::Provenance {
    let run = &stored.run;
    let said = |fact: &Fact| view::Fact::new(&fact.name, &fact.value);
    let warnings = run
        .environment
        .warnings
        .iter()
        .map(|text| view::Fact::new("warning", text));
    let missed = missed(&stored.invocations);
    let session = [
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
        ("kraitbench", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    view::Provenance {
        environment: host_facts(&run.host)
            .iter()
            .chain(&run.environment.facts)
            .map(said)
            .chain(warnings)
            .chain(missed)
            .collect(),
        session: session
            .into_iter()
            .map(|(name, value)| view::Fact::new(name, value))
            .collect(),
        experiment_yaml: run.experiment_text.clone(),
    }
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
