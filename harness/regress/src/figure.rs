//! How a run's processes are taken together: their mean, or what the least disturbed of them took,
//! as the measure wants ([`Measure::is_best`]).

use stats::{Bootstrap, Estimate, Label, NoFigure, median};

use crate::measure::Measure;

/// Processes of a run, each with its values.
pub(crate) type Processes = Vec<Vec<f64>>;

/// One number for a run: the mean over processes of the median over iterations, or their best.
pub fn figure(measure: Measure, side: &[Vec<f64>]) -> Option<f64> {
    if measure.is_best() {
        return stats::best::best(&singles(side)).ok();
    }
    if side.is_empty() {
        return None;
    }
    let mut sum = 0.0;
    for iterations in side {
        sum += median(iterations).ok()? / side.len() as f64;
    }
    (sum > 0.0).then_some(sum)
}

/// A run against some before it, which are one baseline.
///
/// # Errors
/// What [`Bootstrap::ratio`] and [`Bootstrap::ratio_of_bests`] say.
pub(crate) fn ratio(
    measure: Measure,
    bootstrap: &Bootstrap,
    label: Label<'_>,
    now: &[Vec<f64>],
    runs: &[&Processes],
) -> Result<Estimate, NoFigure> {
    match measure.is_best() {
        true => bootstrap.ratio_of_bests(label, &singles(now), &each(runs)),
        false => bootstrap.ratio(label, now, &pooled(runs)),
    }
}

/// A benchmark's name, its processes now, and those of its baseline's runs.
pub(crate) type Entry<'a> = (&'a str, &'a Processes, Vec<&'a Processes>);

/// The geometric mean of such ratios.
///
/// # Errors
/// As [`ratio`]; [`NoFigure::Empty`] without entries.
pub(crate) fn mean_ratio(
    measure: Measure,
    bootstrap: &Bootstrap,
    label: Label<'_>,
    entries: &[Entry<'_>],
) -> Result<Estimate, NoFigure> {
    if measure.is_best() {
        let entries: Vec<(&str, Vec<f64>, Vec<Vec<f64>>)> = entries
            .iter()
            .map(|(name, now, runs)| (*name, singles(now), each(runs)))
            .collect();
        return bootstrap.mean_ratio_of_bests(label, &entries);
    }
    let before: Vec<Processes> = entries.iter().map(|(.., runs)| pooled(runs)).collect();
    let entries: Vec<(&str, &[Vec<f64>], &[Vec<f64>])> = entries
        .iter()
        .zip(&before)
        .map(|((name, now, _), before)| (*name, now.as_slice(), before.as_slice()))
        .collect();
    bootstrap.geometric_mean(label, &entries)
}

/// The standard deviation of a figure over so many processes, as a part, by how those of some runs
/// differ; 0 if they cannot tell.
pub(crate) fn process_error(measure: Measure, runs: &[&Processes], count: usize) -> f64 {
    let processes = pooled(runs);
    if measure.is_best() {
        return stats::best::error(&singles(&processes), count);
    }
    let logs: Option<Vec<f64>> = processes
        .iter()
        .map(|values| median(values).ok().filter(|m| *m > 0.0).map(f64::ln))
        .collect();
    let found = logs.and_then(|logs| stats::deviation(&logs).ok());
    match found {
        Some(deviation) if count > 0 => deviation / (count as f64).sqrt(),
        _ => 0.0,
    }
}

/// The values of processes that have one each.
pub(crate) fn singles(side: &[Vec<f64>]) -> Vec<f64> {
    side.iter().flatten().copied().collect()
}

fn each(runs: &[&Processes]) -> Vec<Vec<f64>> {
    runs.iter().map(|run| singles(run)).collect()
}

fn pooled(runs: &[&Processes]) -> Processes {
    runs.iter().flat_map(|run| run.iter().cloned()).collect()
}
