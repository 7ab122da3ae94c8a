//! Home: how the means have evolved over runs and releases.
//!
//! The mean of a run is over the benchmarks that both sides completed in it. When their number
//! differs between runs a step may be a benchmark that came or went, so the number stands beside.

use std::collections::HashMap;

use serde::Serialize;

use super::Source;
use crate::figure_text::number;
use crate::history::{self, Datum, HistoryChart, HistoryInput, LineInput};
use crate::view::{Column, PastPoint, PastRun};

#[derive(Serialize)]
pub(crate) struct Evolution {
    pub chart: Option<HistoryChart>,
    pub releases: Vec<Release>,
    /// Whether not all runs' means are over as many benchmarks.
    pub uneven: bool,
}

/// A bar of "speed over releases".
#[derive(Serialize)]
pub(crate) struct Release {
    name: String,
    colour: String,
    column: String,
    speed: String,
    percent: f64,
    over: String,
}

pub(super) fn evolution(source: &Source<'_>) -> Evolution {
    let view = source.view;
    let Some(against) = view.compared_with() else {
        return Evolution {
            chart: None,
            releases: Vec::new(),
            uneven: false,
        };
    };
    // Each is shown against its own, and where there are several the title names them all.
    let mut counts = Vec::new();
    let mut lines = Vec::new();
    for (column, colour, baseline) in compared(source) {
        let past = view.past.iter().map(|run| mean_of(run, column, baseline));
        let means: Vec<Option<(f64, usize)>> = past.chain([now(source, column)]).collect();
        counts.extend(means.iter().flatten().map(|(_, count)| *count));
        let data = means.into_iter().map(|mean| {
            mean.map(|(value, _)| Datum {
                value,
                interval: None,
            })
        });
        lines.push(LineInput {
            colour: colour.to_owned(),
            name: column.name().to_owned(),
            data: data.collect(),
        });
    }
    counts.sort_unstable();
    counts.dedup();
    let names = source.run_names();
    let chart = (!view.past.is_empty()).then(|| {
        history::layout(HistoryInput {
            id: "evolution".to_owned(),
            title: format!("Speed against {against} over runs"),
            axis: format!("times as fast as {against} (geometric mean)"),
            runs: &names,
            lines,
            marks: Vec::new(),
            small: false,
            from_zero: false,
            label: number,
        })
    });
    Evolution {
        chart: chart.flatten(),
        releases: releases(source),
        uneven: counts.len() > 1,
    }
}

/// Columns with the baseline that each is compared with.
fn compared<'a>(source: &Source<'a>) -> impl Iterator<Item = (&'a Column, &'a str, &'a Column)> {
    let columns = source.columns.iter();
    columns.filter_map(|(column, colour)| {
        let baseline = source.view.reference(column)?;
        Some((*column, colour.as_str(), baseline))
    })
}

/// The mean of this run, as the analysis has it.
fn now(source: &Source<'_>, column: &Column) -> Option<(f64, usize)> {
    let view = source.view;
    let whole = match view.sections.as_slice() {
        [only] => Some(only.id.as_str()),
        _ => None,
    };
    let mean = view.means.iter().find(|mean| {
        mean.column == column.id
            && mean.section.as_deref() == whole
            && mean.of == crate::view::MeanOf::Steady
    })?;
    Some((mean.estimate?.value, mean.n as usize))
}

fn mean_of(run: &PastRun, column: &Column, baseline: &Column) -> Option<(f64, usize)> {
    fn of<'a>(run: &'a PastRun, column: &'a Column) -> impl Iterator<Item = &'a PastPoint> {
        run.points.iter().filter(|point| point.column == column.id)
    }
    let baseline: HashMap<(&str, &str), f64> = of(run, baseline)
        .map(|point| {
            let name = (point.section.as_str(), point.benchmark.as_str());
            (name, point.main.value)
        })
        .collect();
    let ratios: Vec<f64> = of(run, column)
        .filter_map(|point| {
            let same = baseline.get(&(point.section.as_str(), point.benchmark.as_str()))?;
            let ratio = same / point.main.value;
            (ratio.is_finite() && ratio > 0.0).then_some(ratio)
        })
        .collect();
    Some((stats::geometric_mean(&ratios).ok()?, ratios.len()))
}

fn releases(source: &Source<'_>) -> Vec<Release> {
    let view = source.view;
    let released = view.past.iter().filter(|run| run.release.is_some());
    let mut bars = Vec::new();
    for run in released {
        for (column, colour, baseline) in compared(source) {
            if let Some((mean, count)) = mean_of(run, column, baseline) {
                let name = run.release.clone().unwrap_or_default();
                bars.push((name, column, colour, mean, count));
            }
        }
    }
    if bars.is_empty() {
        return Vec::new();
    }
    for (column, colour, _) in compared(source) {
        if let Some((mean, count)) = now(source, column) {
            bars.push(("this run".to_owned(), column, colour, mean, count));
        }
    }
    let most = bars.iter().map(|bar| bar.3).fold(1.0, f64::max);
    let bars = bars.into_iter();
    bars.map(|(name, column, colour, mean, count)| Release {
        name,
        colour: colour.to_owned(),
        column: column.name().to_owned(),
        speed: format!("{}×", number(mean)),
        percent: (1000.0 * mean / most).round() / 10.0,
        over: format!("{count} benchmarks"),
    })
    .collect()
}
