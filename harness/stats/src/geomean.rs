//! Geometric means of ratios, over what both sides completed.
//!
//! Fleming and Wallace, "How not to lie with statistics: the correct way to summarize benchmark
//! results", CACM 29(3), 1986: ratios to a baseline are to be averaged geometrically, so that
//! the conclusion does not depend on the choice of the baseline. The mean goes by logarithms;
//! a running product over- or underflows.
//!
//! A benchmark that one side did not complete has no ratio. Taking it for 0, for 1, or rooting
//! by the full count are three ways in which published tools have shown wrong means. Here it is
//! dropped, by name and with the cause, and the mean says over how many of how many it is.

use crate::NoFigure;
use crate::bootstrap::{Bootstrap, Estimate, Label};

/// The geometric mean of positive values.
///
/// Errors: [`NoFigure::Empty`], [`NoFigure::NotFinite`], [`NoFigure::NotPositive`].
pub fn geometric_mean(values: &[f64]) -> Result<f64, NoFigure> {
    if values.is_empty() {
        return Err(NoFigure::Empty);
    }
    let mut sum = 0.0;
    for &value in values {
        if !value.is_finite() {
            return Err(NoFigure::NotFinite);
        }
        if value <= 0.0 {
            return Err(NoFigure::NotPositive);
        }
        sum += value.ln();
    }
    Ok((sum / values.len() as f64).exp())
}

/// Samples of one side of a ratio, invocation by invocation, or why there are none.
pub type Side = Result<Vec<Vec<f64>>, String>;

/// One benchmark that a mean is asked to cover.
#[derive(Clone, Debug)]
pub struct Entry {
    pub benchmark: String,
    pub numerator: Side,
    pub denominator: Side,
}

/// A geometric mean and what it covers.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanOverIntersection {
    /// `None` if nothing is left to average.
    pub estimate: Option<Estimate>,
    pub n: usize,
    pub m: usize,
    /// Benchmark and cause, in the order of the entries.
    pub dropped: Vec<(String, String)>,
}

/// The geometric mean of numerator / denominator over the entries that have both, with a
/// bootstrap interval. The benchmarks themselves are not resampled: a suite is a choice, not a
/// sample from a population of programs.
pub fn mean_over_intersection(
    bootstrap: &Bootstrap,
    label: Label<'_>,
    entries: &[Entry],
) -> MeanOverIntersection {
    let mut kept: Vec<(&str, &[Vec<f64>], &[Vec<f64>])> = Vec::new();
    let mut dropped = Vec::new();
    for entry in entries {
        match (&entry.numerator, &entry.denominator) {
            (Ok(numerator), Ok(denominator)) => {
                match bootstrap.ratio_value(numerator, denominator) {
                    Ok(_) => kept.push((&entry.benchmark, numerator, denominator)),
                    Err(why) => dropped.push((entry.benchmark.clone(), why.to_string())),
                }
            }
            (Err(one), Err(other)) if one != other => {
                dropped.push((entry.benchmark.clone(), format!("{one}; {other}")));
            }
            (Err(cause), _) | (_, Err(cause)) => {
                dropped.push((entry.benchmark.clone(), cause.clone()));
            }
        }
    }
    MeanOverIntersection {
        estimate: bootstrap.geometric_mean(label, &kept).ok(),
        n: kept.len(),
        m: entries.len(),
        dropped,
    }
}

/// The mean of each group (a tag, a target) over the entries that belong to it, in the groups'
/// alphabetical order. An entry may belong to several groups, or to none: a benchmark with two
/// tags counts in both means.
pub fn means_by_group(
    bootstrap: &Bootstrap,
    label: Label<'_>,
    entries: &[(Vec<String>, Entry)],
) -> Vec<(String, MeanOverIntersection)> {
    let mut groups: Vec<&String> = entries.iter().flat_map(|(groups, _)| groups).collect();
    groups.sort();
    groups.dedup();
    groups
        .into_iter()
        .map(|group| {
            let of_group: Vec<Entry> = entries
                .iter()
                .filter(|(groups, _)| groups.contains(group))
                .map(|(_, entry)| entry.clone())
                .collect();
            let label: Vec<&str> = label.iter().copied().chain([group.as_str()]).collect();
            let mean = mean_over_intersection(bootstrap, &label, &of_group);
            (group.clone(), mean)
        })
        .collect()
}
