//! `--against`: what became of each series since an earlier run.
//!
//! A series is compared only with the same series: benchmark and suite of the same version, same
//! size and arguments, same executor and configuration, same target, host and clock. What may
//! differ is the build: that is what is being judged.

use regress::judged::Observations;
use regress::measure::Followed;
use regress::release::{columns, mean};
use regress::{Comparison, Floor, Gate};
use reports::view::{Estimate, MeanChange, VerdictRow};
use stats::Bootstrap;

use crate::chosen::observations;
use crate::failure::Verdict;
use crate::joint::Measurements;
use crate::parallel::in_parallel;

/// What became of a run's series since an earlier one.
#[derive(Debug)]
pub struct Compared {
    pub rows: Vec<VerdictRow>,
    pub means: Vec<MeanChange>,
    /// Series of the earlier run that this one has not.
    pub gone: Vec<String>,
    pub gate: Gate,
}

/// Compares the times of runs, or what is counted in place of them, with those of earlier ones, and
/// the means.
pub fn compare(new: &Measurements, old: &Measurements) -> Compared {
    let (now, before) = (observed(new), observed(old));
    let bootstrap = Bootstrap::new(new.experiment().seed);
    let mut rows = Vec::new();
    let mut verdicts = Vec::new();
    for (followed, observed) in now.iter().filter(|(followed, _)| followed.is_main()) {
        let key = &followed.key;
        let label = ["verdict", key.benchmark.as_str(), key.executor.as_str()];
        let old = before.get(followed).map(|observed| &observed.side);
        let (measure, side) = (followed.measure, &observed.side);
        let found = regress::compare(&bootstrap, &label, measure, side, old, Floor::default());
        verdicts.push(found.verdict);
        rows.push(row(followed, found));
    }
    let means = in_parallel(&columns(&now), |column| {
        let found = mean(&bootstrap, column, &now, &before);
        MeanChange {
            column: found.executor,
            measure: found.measure.to_string(),
            estimate: found.speedup.map(estimate),
            n: found.n as u32,
            m: found.m as u32,
            reliability: found.reliability,
        }
    });
    let gone = before
        .keys()
        .filter(|followed| followed.is_main() && !now.contains_key(*followed));
    Compared {
        rows,
        means,
        gone: gone.map(Followed::label).collect(),
        gate: regress::gate(verdicts),
    }
}

/// All series of all shares.
fn observed(measured: &Measurements) -> Observations {
    measured.shares().flat_map(observations).collect()
}

fn estimate(found: stats::Estimate) -> Estimate {
    let ends = found.interval.map(|interval| (interval.low, interval.high));
    Estimate {
        value: found.value,
        interval: ends,
    }
}

fn row(followed: &Followed, found: Comparison) -> VerdictRow {
    VerdictRow {
        section: followed.key.suite.to_string(),
        benchmark: followed.key.benchmark.to_string(),
        column: followed.key.executor.to_string(),
        verdict: found.verdict.label().to_owned(),
        change: found.change.map(estimate),
        note: found.note,
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
