//! One executor's times in a run, ready for being written in any form.

use model::{Criterion, Invocation, Run};
use stats::{median, warmup};

/// What one executor of a run measured.
#[derive(Clone, Debug)]
pub struct Exported<'a> {
    pub run: &'a Run,
    pub executor: &'a str,
    /// In the order in which they were first measured.
    pub series: Vec<Series>,
    /// Benchmarks of which an invocation failed: no form has a word for that.
    pub left_out: Vec<String>,
}

/// One benchmark's iterations.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub suite: String,
    pub benchmark: String,
    pub size: u64,
    pub arguments: String,
    /// Nanoseconds, by process, in order.
    pub invocations: Vec<Vec<f64>>,
}

impl Series {
    /// As it is called elsewhere, where there are no suites.
    pub fn name(&self) -> String {
        format!("{}/{}", self.suite, self.benchmark)
    }

    /// Nanoseconds of a warm iteration, by process.
    pub fn steady_medians(&self) -> Vec<f64> {
        let steady = self.invocations.iter().map(|one| &one[steady_from(one)..]);
        steady.filter_map(|values| median(values).ok()).collect()
    }
}

/// Where the iterations that count begin, by the same rule as everywhere.
pub fn steady_from(values: &[f64]) -> usize {
    warmup::classify(values).map_or(0, |found| found.measured_from(values.len()))
}

impl<'a> Exported<'a> {
    pub fn of(run: &'a Run, invocations: &[Invocation], executor: &'a str) -> Exported<'a> {
        let mut series: Vec<Series> = Vec::new();
        let mut left_out = Vec::new();
        for one in invocations {
            if one.key.executor.as_str() != executor {
                continue;
            }
            let (suite, benchmark) = (one.key.suite.as_str(), one.key.benchmark.as_str());
            let name = format!("{suite}/{benchmark}");
            match wall(one) {
                _ if left_out.contains(&name) => {}
                None => left_out.push(name),
                Some(values) => {
                    let same = |s: &&mut Series| s.suite == suite && s.benchmark == benchmark;
                    match series.iter_mut().find(same) {
                        Some(known) => known.invocations.push(values),
                        None => series.push(Series {
                            suite: suite.to_owned(),
                            benchmark: benchmark.to_owned(),
                            size: one.key.size,
                            arguments: one.key.arguments.clone(),
                            invocations: vec![values],
                        }),
                    }
                }
            }
        }
        series.retain(|one| !left_out.contains(&one.name()));
        Exported {
            run,
            executor,
            series,
            left_out,
        }
    }

    /// The commit that was measured; for what is not ours, what stands for its build.
    pub fn commit(&self) -> String {
        let found = self
            .run
            .executors
            .iter()
            .find(|one| one.name.as_str() == self.executor);
        let provenance = found.and_then(|one| one.provenance.as_ref().ok());
        provenance.map_or_else(String::new, |known| {
            let commit = known.commit.as_deref().unwrap_or(known.build_id());
            commit.chars().take(40).collect()
        })
    }
}

/// The iterations of an invocation that ended well.
fn wall(invocation: &Invocation) -> Option<Vec<f64>> {
    let samples = invocation.samples.iter();
    let values: Vec<f64> = samples
        .filter(|sample| sample.criterion == Criterion::Wall)
        .map(|sample| sample.value)
        .collect();
    let is_time = |value: &f64| value.is_finite() && *value > 0.0;
    let good = invocation.outcome.is_ok() && !values.is_empty() && values.iter().all(is_time);
    good.then_some(values)
}
