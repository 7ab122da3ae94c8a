//! Changes: what became of every series since the earlier run, and how it stands to its past.
//!
//! *Change* is against one run, with the verdict that the gate's rules give it. *Trend* is against
//! the median of up to ten runs before, so that a drift of many small steps shows as well.

use super::Source;
use crate::figure_text::{interval, number, seconds};
use crate::sheet::{Head, Sheet, SheetCell, SheetRow};
use crate::view::{Figures, VerdictRow};

const TREND_RUNS: usize = 10;

/// `None` if there is nothing to compare with.
pub(super) fn sheet(source: &Source<'_>) -> Option<Sheet> {
    let view = source.view;
    if view.verdicts.is_empty() {
        return None;
    }
    let heads = vec![
        Head::text("Benchmark"),
        Head::text("Executor"),
        Head::number("Time", "steady time of this run, with its interval"),
        Head::number("Before", "steady time of the earlier run"),
        Head::number("Change", "new time / old time; above 1 is slower"),
        Head::number("Trend", "new time / median of up to ten runs before"),
        Head::text("Verdict"),
        Head::text("Note"),
    ];
    Some(Sheet {
        id: "changes".to_owned(),
        title: "Changes since the earlier run".to_owned(),
        heads,
        rows: weighty_first(&view.verdicts)
            .into_iter()
            .map(|row| line(source, row))
            .collect(),
    })
}

/// What needs a look comes first; within that, the order of the run.
fn weighty_first(rows: &[VerdictRow]) -> Vec<&VerdictRow> {
    let weight = |row: &&VerdictRow| match row.verdict.as_str() {
        "failed" => 0,
        "slower" => 1,
        "faster" => 2,
        "undecided" => 3,
        _ => 4,
    };
    let mut rows: Vec<&VerdictRow> = rows.iter().collect();
    rows.sort_by_key(weight);
    rows
}

fn line(source: &Source<'_>, row: &VerdictRow) -> SheetRow {
    let view = source.view;
    let place = source
        .benchmarks()
        .find(|(_, one)| one.name == row.benchmark);
    let now = place.and_then(|(_, one)| one.cell(&row.column)?.figures.as_ref());
    let before = view.earlier.as_ref().and_then(|earlier| {
        let benchmarks = earlier.sections.iter().flat_map(|s| &s.benchmarks);
        let mut same = benchmarks.filter(|one| one.name == row.benchmark);
        same.find_map(|one| one.cell(&row.column)?.figures.as_ref())
    });
    let href = place.map_or_else(String::new, |(section, one)| {
        format!("timeline/{}.html", (source.slug_of)(section, one))
    });
    let time =
        |figures: Option<&Figures>| SheetCell::maybe(figures.map(|f| f.steady_s.value), seconds);
    let (name, colour) = source
        .column(&row.column)
        .map_or((row.column.as_str(), ""), |(column, colour)| {
            (column.name(), colour)
        });
    let state = match row.verdict.as_str() {
        "slower" | "failed" => "worse",
        "faster" => "better",
        _ => "",
    };
    SheetRow {
        colour: colour.to_owned(),
        state: state.to_owned(),
        cells: vec![
            SheetCell::link(&row.benchmark, href),
            SheetCell::text(name),
            time(now),
            time(before),
            match &row.change {
                Some(change) => SheetCell::number(change.value, number(change.value))
                    .noted(interval(change, number)),
                None => SheetCell::none(),
            },
            SheetCell::maybe(trend(source, row, now), number),
            SheetCell::text(&row.verdict),
            SheetCell::text(&row.note),
        ],
    }
}

fn trend(source: &Source<'_>, row: &VerdictRow, now: Option<&Figures>) -> Option<f64> {
    let past = source.view.past.iter().rev().take(TREND_RUNS);
    let points = past.flat_map(|run| &run.points);
    let values: Vec<f64> = points
        .filter(|point| point.benchmark == row.benchmark && point.column == row.column)
        .map(|point| point.steady_s.value)
        .collect();
    let median = stats::median(&values).ok().filter(|median| *median > 0.0)?;
    Some(now?.steady_s.value / median)
}
