//! `--against`: what became of each series since an earlier run.
//!
//! A series is compared only with the same series: benchmark and suite of the same version, same
//! size and arguments, same executor and configuration, same target, host and clock. What may
//! differ is the build: that is what is being judged.

use regress::measure::{Followed, Measure};
use regress::{Comparison, Floor, Gate};
use reports::view::{Estimate, VerdictRow};
use stats::Bootstrap;
use store::Stored;

use crate::chosen::observations;
use crate::failure::Verdict;

/// Compares the times of a run with those of an earlier one.
pub fn compare(new: &Stored, old: &Stored) -> (Vec<VerdictRow>, Gate) {
    let (now, before) = (observations(new), observations(old));
    let bootstrap = Bootstrap::new(new.run.experiment.seed);
    let mut rows = Vec::new();
    let mut verdicts = Vec::new();
    let times = now.iter().filter(|(f, _)| f.measure == Measure::Time);
    for (followed, observed) in times {
        let key = &followed.key;
        let label = ["verdict", key.benchmark.as_str(), key.executor.as_str()];
        let old = before.get(followed).map(|observed| &observed.side);
        let found = regress::compare(&bootstrap, &label, &observed.side, old, Floor::default());
        verdicts.push(found.verdict);
        rows.push(row(followed, found));
    }
    (rows, regress::gate(verdicts))
}

fn row(followed: &Followed, found: Comparison) -> VerdictRow {
    VerdictRow {
        benchmark: followed.key.benchmark.to_string(),
        column: followed.key.executor.to_string(),
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

/// What the gate means for kraitbench's end.
pub fn verdict(gate: Gate) -> Verdict {
    match gate {
        Gate::Pass => Verdict::Fine,
        Gate::NoBaseline => Verdict::NoBaseline,
        Gate::Regression => Verdict::Regression,
        Gate::BenchmarkFailed => Verdict::BenchmarkFailed,
    }
}
