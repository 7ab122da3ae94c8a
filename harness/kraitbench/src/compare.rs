//! `--against`: what became of each series since an earlier run.
//!
//! A series is compared only with the same series: benchmark and suite of the same version, same
//! size and arguments, same executor and configuration, same target, host and clock. What may
//! differ is the build: that is what is being judged.

use std::collections::HashMap;

use model::{Criterion, Invocation, Outcome, Samples, SeriesKey};
use regress::{Comparison, Floor, Gate, Side};
use reports::view::{Estimate, VerdictRow};
use stats::{Bootstrap, warmup};
use store::{Store, Stored};

use crate::failure::{Failure, Verdict};

/// Compares all series of a run with those of an earlier one.
pub fn compare(
    store: &Store,
    new: &Stored,
    old: &Stored,
) -> Result<(Vec<VerdictRow>, Gate), Failure> {
    let (new_sides, old_sides) = (sides(store, new)?, sides(store, old)?);
    let bootstrap = Bootstrap::new(new.run.experiment.seed);
    let mut keys: Vec<&SeriesKey> = new_sides.keys().collect();
    keys.sort();
    let mut rows = Vec::new();
    let mut verdicts = Vec::new();
    for key in keys {
        let (benchmark, executor) = (key.benchmark.as_str(), key.executor.as_str());
        let label = ["verdict", benchmark, executor];
        let found = regress::compare(
            &bootstrap,
            &label,
            &new_sides[key],
            old_sides.get(key),
            Floor::default(),
        );
        verdicts.push(found.verdict);
        rows.push(row(key, found));
    }
    Ok((rows, regress::gate(verdicts)))
}

fn row(key: &SeriesKey, found: Comparison) -> VerdictRow {
    VerdictRow {
        benchmark: key.benchmark.to_string(),
        column: key.executor.to_string(),
        verdict: found.verdict.label().to_owned(),
        change: found.change.map(|change| Estimate {
            value: change.value,
            interval: change
                .interval
                .map(|interval| (interval.low, interval.high)),
        }),
        note: found.note,
    }
}

/// Each series as a side of a comparison: warm samples, or why there are none.
fn sides(store: &Store, stored: &Stored) -> Result<HashMap<SeriesKey, Side>, Failure> {
    let mut sides: HashMap<SeriesKey, Side> = HashMap::new();
    for Samples { key, values, .. } in store.series(&stored.run.id, &Criterion::Wall)? {
        sides.insert(
            comparable(&key),
            Ok(values.iter().map(|samples| warm(samples)).collect()),
        );
    }
    for invocation in stored.invocations.iter().filter(|one| !one.outcome.is_ok()) {
        sides.insert(
            comparable(&versioned(invocation, stored)),
            Err(cause(&invocation.outcome)),
        );
    }
    Ok(sides)
}

fn cause(outcome: &Outcome) -> String {
    outcome.to_string()
}

/// A program that failed early never told its version; the catalogue did.
fn versioned(invocation: &Invocation, stored: &Stored) -> SeriesKey {
    let mut key = invocation.key.clone();
    if key.benchmark_version == 0 {
        let suites = &stored.run.experiment.suites;
        let mut benchmarks = suites.iter().flat_map(|suite| &suite.benchmarks);
        let known = benchmarks.find(|benchmark| benchmark.name == key.benchmark);
        key.benchmark_version = known.and_then(|benchmark| benchmark.version).unwrap_or(0);
    }
    key
}

fn comparable(key: &SeriesKey) -> SeriesKey {
    SeriesKey {
        build: String::new(),
        ..key.clone()
    }
}

fn warm(samples: &[f64]) -> Vec<f64> {
    match warmup::classify(samples) {
        Ok(found) => samples[found.measured_from(samples.len())..].to_vec(),
        Err(_) => samples.to_vec(),
    }
}

/// What the gate means for kraitbench's end.
pub fn verdict(gate: Gate) -> Verdict {
    match gate {
        Gate::Pass => Verdict::Fine,
        Gate::NoBaseline => Verdict::NoBaseline,
        Gate::Regression => Verdict::Regression,
        Gate::BenchmarkFailed => Verdict::BenchmarkFailed,
    }
}
