//! What is judged of a series: a few measures, each taken from an invocation's samples by a rule.
//!
//! All are better when lower, and all are above zero, so that a change is a ratio.

use std::collections::BTreeMap;

use model::{ClockKind, Criterion, Invocation, Outcome, Sample, SeriesKey};
use serde::{Deserialize, Serialize};
use stats::warmup;

use crate::Side;

/// One thing to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// The iterations of the steady state.
    Time,
    /// The fastest of them: over processes the best is taken, not the mean ([`stats::best`]), so that
    /// a shared machine's noise hides less of a change. What only some processes suffer is in
    /// [`Measure::Time`] alone.
    BestTime,
    /// From the start of the first iteration to the end of the first steady one. An invocation
    /// that is steady from its start has one iteration's time, so that there is always a ratio.
    TimeToSteady,
    /// Seconds that the JIT traced and compiled.
    JitSeconds,
    /// Machine code of traces at the end.
    TraceMemory,
    /// Greatest resident memory of the process.
    PeakMemory,
    /// What a process executed in all: under a clock that counts, what is judged in place of times.
    Instructions,
}

/// Name, unit and whether the unit is one of time: a row each, in the order of the enum.
const TABLE: [(Measure, &str, &str); 7] = [
    (Measure::Time, "time", "ns"),
    (Measure::BestTime, "best-time", "ns"),
    (Measure::TimeToSteady, "time-to-steady", "ns"),
    (Measure::JitSeconds, "jit-seconds", "s"),
    (Measure::TraceMemory, "trace-memory", "bytes"),
    (Measure::PeakMemory, "peak-memory", "bytes"),
    (Measure::Instructions, "instructions", ""),
];

const _: () = {
    let mut at = 0;
    while at < TABLE.len() {
        assert!(TABLE[at].0 as usize == at, "rows stand in the enum's order");
        at += 1;
    }
};

/// What the counter of the machine code is called that programs report by iteration.
const CODE_BYTES: &str = "machine code bytes";
const TRACING: &str = "Tracing seconds";
const BACKEND: &str = "Backend seconds";

impl Measure {
    pub const ALL: [Measure; 7] = [
        Measure::Time,
        Measure::BestTime,
        Measure::TimeToSteady,
        Measure::JitSeconds,
        Measure::TraceMemory,
        Measure::PeakMemory,
        Measure::Instructions,
    ];

    pub fn as_str(self) -> &'static str {
        TABLE[self as usize].1
    }

    pub fn unit(self) -> &'static str {
        TABLE[self as usize].2
    }

    pub fn named(name: &str) -> Option<Measure> {
        let row = TABLE.iter().find(|row| row.1 == name)?;
        Some(row.0)
    }

    /// Whether it is one of times. Under a clock that counts, times are those of the tool that
    /// counts, and say nothing.
    fn is_timed(self) -> bool {
        matches!(
            self,
            Measure::Time | Measure::BestTime | Measure::TimeToSteady | Measure::JitSeconds
        )
    }

    /// Whether the best of a run's processes stands for it, not their mean; each has one value then.
    pub fn is_best(self) -> bool {
        self == Measure::BestTime
    }

    /// Of what means over benchmarks are judged: what stands for a series, and the best of it.
    pub(crate) fn averaged(clock: ClockKind) -> &'static [Measure] {
        match clock.counts() {
            true => &[Measure::Instructions],
            false => &[Measure::Time, Measure::BestTime],
        }
    }

    /// What stands for a series: it is there for every series, also for one that failed.
    pub fn main(clock: ClockKind) -> Measure {
        match clock.counts() {
            true => Measure::Instructions,
            false => Measure::Time,
        }
    }

    /// What an invocation says of it; `None` if nothing.
    pub fn of(self, samples: &[Sample]) -> Option<Vec<f64>> {
        let values = match self {
            Measure::Time => steady(samples)?,
            Measure::BestTime => vec![steady(samples)?.into_iter().reduce(f64::min)?],
            Measure::TimeToSteady => {
                let found = warmup::classify(&wall(samples)).ok()?;
                vec![found.time_to_steady? + found.steady_time]
            }
            Measure::JitSeconds => {
                let seconds = |label: &str| summary(samples, label);
                vec![seconds(TRACING)? + seconds(BACKEND)?]
            }
            Measure::TraceMemory => {
                let counter = Criterion::Jit(CODE_BYTES.to_owned());
                let last = samples.iter().rev().find(|s| s.criterion == counter);
                vec![last?.value]
            }
            Measure::PeakMemory => vec![whole(samples, &Criterion::PeakMemory)?],
            Measure::Instructions => vec![whole(samples, &Criterion::Instructions)?],
        };
        let usable = |v: &f64| v.is_finite() && *v > 0.0;
        (!values.is_empty() && values.iter().all(usable)).then_some(values)
    }
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// The times of the steady state.
fn steady(samples: &[Sample]) -> Option<Vec<f64>> {
    let wall = wall(samples);
    let from = warmup::classify(&wall).ok()?.measured_from(wall.len());
    Some(wall[from..].to_vec())
}

fn wall(samples: &[Sample]) -> Vec<f64> {
    let wall = samples.iter().filter(|s| s.criterion == Criterion::Wall);
    wall.map(|s| s.value).collect()
}

/// The value of a criterion of the whole process.
fn whole(samples: &[Sample], criterion: &Criterion) -> Option<f64> {
    let found = samples.iter().find(|s| s.criterion == *criterion);
    Some(found?.value)
}

fn summary(samples: &[Sample], label: &str) -> Option<f64> {
    let found = samples
        .iter()
        .find(|s| matches!(&s.criterion, Criterion::JitSummary(known) if known == label));
    Some(found?.value)
}

/// A series as it is followed from run to run: the key with whatever may differ left out (the
/// build is what is being judged), and what is measured of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Followed {
    #[serde(flatten)]
    pub key: SeriesKey,
    pub measure: Measure,
}

impl Followed {
    /// For tables: `benchmark on executor`, with the target where it is not the host's own.
    pub fn label(&self) -> String {
        format!("{} on {}", self.key.benchmark, self.key.executor)
    }

    /// Whether it is what stands for its series.
    pub fn is_main(&self) -> bool {
        self.measure == Measure::main(self.key.clock)
    }
}

/// One run's samples of a series and the build that they are of.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    pub build: String,
    pub side: Side,
}

/// All that a run says, series by series. A series of which any invocation failed is failed; one
/// whose executor could not be built is not there. Time is there for every other series (where
/// instructions are counted, they are); of the other measures those of which all invocations say
/// something.
///
/// `version` gives the version of a benchmark whose program failed before it told it.
pub fn observe(
    invocations: &[Invocation],
    version: &dyn Fn(&Invocation) -> u32,
) -> BTreeMap<Followed, Observed> {
    let mut by_key: BTreeMap<SeriesKey, Vec<&Invocation>> = BTreeMap::new();
    for invocation in invocations {
        if matches!(invocation.outcome, Outcome::NotBuilt { .. }) {
            continue;
        }
        let mut key = invocation.key.clone();
        key.build.clear();
        if key.benchmark_version == 0 {
            key.benchmark_version = version(invocation);
        }
        by_key.entry(key).or_default().push(invocation);
    }
    let mut observed = BTreeMap::new();
    for (key, mut of_key) in by_key {
        of_key.sort_by_key(|invocation| invocation.index);
        let build = of_key[0].key.build.clone();
        for measure in Measure::ALL {
            if key.clock.counts() && measure.is_timed() {
                continue;
            }
            let Some(side) = side(measure, Measure::main(key.clock), &of_key) else {
                continue;
            };
            let followed = Followed {
                key: key.clone(),
                measure,
            };
            let build = build.clone();
            observed.insert(followed, Observed { build, side });
        }
    }
    observed
}

/// `None` if the measure is nothing to this series.
fn side(measure: Measure, main: Measure, invocations: &[&Invocation]) -> Option<Side> {
    let is_main = measure == main;
    if let Some(failed) = invocations.iter().find(|one| !one.outcome.is_ok()) {
        return is_main.then(|| Err(failed.outcome.to_string()));
    }
    let values: Option<Vec<Vec<f64>>> = invocations
        .iter()
        .map(|one| measure.of(&one.samples))
        .collect();
    match (values, is_main) {
        (Some(values), _) => Some(Ok(values)),
        (None, true) => Some(Err("no usable samples".to_owned())),
        (None, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_time_is_the_least_of_the_steady_state() {
        let samples: Vec<Sample> = [9.0, 3.0, 2.0, 2.5, 2.2, 2.1, 2.3, 2.4]
            .into_iter()
            .enumerate()
            .map(|(at, value)| Sample {
                criterion: Criterion::Wall,
                iteration: Some(at as u32),
                value,
            })
            .collect();
        let steady = Measure::Time.of(&samples).unwrap();
        let least = steady.iter().copied().fold(f64::MAX, f64::min);
        assert_eq!(Measure::BestTime.of(&samples), Some(vec![least]));
        assert_eq!(Measure::BestTime.of(&[]), None);
    }
}
