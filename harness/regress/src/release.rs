//! How a run compares with an earlier one in the mean: what release notes begin with.
//!
//! Speed-ups are old / new, above 1 is faster. A mean is by executor, hence by target and
//! configuration, over the benchmarks that both runs completed. Beside it stands how reliably the
//! new one is faster over the suite ([`stats::reliability`]): a mean of 1.02 can be one program or
//! all of them.

use stats::reliability::{Pair, reliability};
use stats::{Bootstrap, Entry, Estimate, mean_over_intersection, median};

use crate::judged::Observations;
use crate::measure::{Followed, Measure};

/// The geometric mean of one executor's speed-ups in one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Mean {
    pub measure: Measure,
    pub executor: String,
    pub configuration: String,
    pub target: String,
    pub clock: String,
    pub speedup: Option<Estimate>,
    pub n: usize,
    pub m: usize,
    /// Confidence, 0 to 1, that the new release is better at all.
    pub reliability: Option<f64>,
}

/// What has a mean of its own: each executor, for time (or what is counted in place of it) and for
/// peak memory. Any of its series
/// stands for it.
pub fn columns(new: &Observations) -> Vec<Followed> {
    let mut columns: Vec<Followed> = Vec::new();
    for followed in new.keys() {
        let main = Measure::main(followed.key.clock);
        let wanted = followed.measure == main || followed.measure == Measure::PeakMemory;
        let same = |of: &Followed| of.measure == followed.measure && is_same_column(of, followed);
        if wanted && !columns.iter().any(same) {
            columns.push(followed.clone());
        }
    }
    columns.sort_by_key(|followed| (followed.measure, followed.key.executor.clone()));
    columns
}

fn is_same_column(one: &Followed, other: &Followed) -> bool {
    let column = |f: &Followed| {
        let key = &f.key;
        (
            key.executor.clone(),
            key.configuration,
            key.target,
            key.clock,
            key.host.clone(),
        )
    };
    column(one) == column(other)
}

/// The mean of a column of [`columns`].
pub fn mean(bootstrap: &Bootstrap, of: &Followed, new: &Observations, old: &Observations) -> Mean {
    let measure = of.measure;
    let mut entries = Vec::new();
    let mut pairs = Vec::new();
    let in_column = |f: &&Followed| f.measure == measure && is_same_column(f, of);
    for followed in new.keys().filter(in_column) {
        let now = new[followed].side.clone();
        let before = match old.get(followed) {
            Some(observed) => observed.side.clone(),
            None => Err("not measured before".to_owned()),
        };
        if let (Ok(now), Ok(before)) = (&now, &before) {
            pairs.extend(
                centres(now)
                    .zip(centres(before))
                    .map(|(ours, theirs)| Pair { ours, theirs }),
            );
        }
        entries.push(Entry {
            benchmark: followed.key.benchmark.to_string(),
            numerator: before,
            denominator: now,
        });
    }
    let label = ["release mean", measure.as_str(), of.key.executor.as_str()];
    let found = mean_over_intersection(bootstrap, &label, &entries);
    Mean {
        measure,
        executor: of.key.executor.to_string(),
        configuration: of.key.configuration.to_string(),
        target: of.key.target.to_string(),
        clock: of.key.clock.to_string(),
        speedup: found.estimate,
        n: found.n,
        m: found.m,
        reliability: reliability(&pairs, 1.0).ok(),
    }
}

fn centres(side: &[Vec<f64>]) -> Option<Vec<f64>> {
    side.iter().map(|values| median(values).ok()).collect()
}
