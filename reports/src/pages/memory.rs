//! Memory: what processes need at their peak and how much machine code they hold, as absolute
//! curves over runs. A ratio would hide which of its sides moved.

use serde::Serialize;

use super::Source;
use crate::figure_text::{MIB, number};
use crate::history::{self, Datum, HistoryChart, HistoryInput, LineInput};
use crate::sheet::{Head, Sheet, SheetCell, SheetRow};
use crate::view::{Benchmark, Cell, Column, PastPoint, Section};

#[derive(Serialize)]
pub(crate) struct MemoryPage {
    /// Sums over benchmarks, over runs.
    pub peaks: Option<HistoryChart>,
    pub code: Option<HistoryChart>,
    pub sheet: Sheet,
}

/// The counter of machine code in use, as programs tell it.
pub(crate) const CODE: &str = "machine code bytes";

pub(super) fn page(source: &Source<'_>) -> MemoryPage {
    let has_past = !source.view.past.is_empty();
    let chart = |id: &str,
                 title: &str,
                 now: fn(&Cell) -> Option<f64>,
                 past: fn(&PastPoint) -> Option<f64>| {
        has_past
            .then(|| curves(source, (id, title), now, past))
            .flatten()
    };
    MemoryPage {
        peaks: chart(
            "peaks",
            "Peak memory over runs",
            |cell| Some(cell.figures.as_ref()?.peak_rss_bytes? as f64),
            |point| Some(point.peak_rss_bytes? as f64),
        ),
        code: chart("code", "Machine code over runs", code, |point| {
            point.code_bytes
        }),
        sheet: sheet(source),
    }
}

/// Machine code at the end of a process, in the median over processes.
pub(crate) fn code(cell: &Cell) -> Option<f64> {
    let ends: Vec<f64> = cell
        .invocations
        .iter()
        .filter_map(|one| {
            let curve = one.jit_curves.iter().find(|curve| curve.name == CODE)?;
            curve.values.iter().rev().flatten().next().copied()
        })
        .collect();
    stats::median(&ends).ok()
}

/// Medians over the benchmarks that every run has: a sum over others would jump with each that
/// comes or goes.
fn curves(
    source: &Source<'_>,
    (id, title): (&str, &str),
    now: fn(&Cell) -> Option<f64>,
    past: fn(&PastPoint) -> Option<f64>,
) -> Option<HistoryChart> {
    let runs = source.run_names();
    let lines = source.columns.iter().map(|(column, colour)| LineInput {
        colour: colour.clone(),
        name: column.name().to_owned(),
        data: medians(source, column, now, past),
    });
    history::layout(HistoryInput {
        id: id.to_owned(),
        title: title.to_owned(),
        axis: "MiB, median over benchmarks, smaller is better".to_owned(),
        runs: &runs,
        lines: lines.collect(),
        marks: Vec::new(),
        small: false,
        from_zero: true,
        label: number,
    })
}

fn medians(
    source: &Source<'_>,
    column: &Column,
    now: fn(&Cell) -> Option<f64>,
    past: fn(&PastPoint) -> Option<f64>,
) -> Vec<Option<Datum>> {
    let series: Vec<Vec<Option<f64>>> = source
        .benchmarks()
        .filter_map(|(section, benchmark)| {
            let before = source.points(section, benchmark, column);
            let before = before.map(|point| point.and_then(past));
            let all: Vec<Option<f64>> = before
                .chain([benchmark.cell(&column.id).and_then(now)])
                .collect();
            all.iter().any(Option::is_some).then_some(all)
        })
        .collect();
    (0..source.view.past.len() + 1)
        .map(|run| {
            let values: Vec<f64> = series.iter().filter_map(|all| all[run]).collect();
            let median = stats::median(&values).ok()?;
            Some(Datum {
                value: median / MIB,
                interval: None,
            })
        })
        .collect()
}

fn sheet(source: &Source<'_>) -> Sheet {
    let mut heads = vec![Head::text("Benchmark")];
    for (column, _) in source.columns {
        heads.push(Head::number(column.name(), "peak resident memory"));
        if column.has_jit {
            let name = format!("{} code", column.name());
            heads.push(Head::number(&name, "machine code at the process's end"));
        }
    }
    let row = |section: &Section, benchmark: &Benchmark| {
        let name = source.view.called(section, benchmark);
        let href = (source.page_of)(section, benchmark);
        let mut cells = vec![SheetCell::link(name, href)];
        for (column, _) in source.columns {
            let cell = benchmark.cell(&column.id);
            let peak = cell.and_then(|cell| cell.figures.as_ref()?.peak_rss_bytes);
            cells.push(SheetCell::maybe(peak.map(|bytes| bytes as f64), mebibytes));
            if column.has_jit {
                cells.push(SheetCell::maybe(cell.and_then(code), kibibytes));
            }
        }
        SheetRow {
            cells,
            ..SheetRow::default()
        }
    };
    Sheet {
        id: "memory".to_owned(),
        title: "Memory of each benchmark".to_owned(),
        heads,
        rows: source
            .benchmarks()
            .map(|(section, benchmark)| row(section, benchmark))
            .collect(),
    }
}

fn mebibytes(bytes: f64) -> String {
    format!("{} MiB", number(bytes / MIB))
}

fn kibibytes(bytes: f64) -> String {
    format!("{} KiB", number(bytes / 1024.0))
}
