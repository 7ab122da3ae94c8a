//! Changes: what became of every series since the earlier run, and how it stands to its past.
//!
//! *Change* is against one run, with the verdict that the gate's rules give it. *Trend* is against
//! the median of up to ten runs before, so that a drift of many small steps shows as well. Below it
//! stands where levels moved for good, as the history of each series tells it.

use super::Source;
use crate::figure_text::{interval, main_figure, number};
use crate::sheet::{Head, Sheet, SheetCell, SheetRow};
use crate::view::{Benchmark, ChangeView, Figures, Section, VerdictRow};

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
        .find(|(section, one)| section.id == row.section && one.name == row.benchmark);
    let now = place.and_then(|(_, one)| one.cell(&row.column)?.figures.as_ref());
    let before = view.earlier.as_ref().and_then(|earlier| {
        let section = earlier.sections.iter().find(|s| s.id == row.section)?;
        let mut same = section
            .benchmarks
            .iter()
            .filter(|one| one.name == row.benchmark);
        same.find_map(|one| one.cell(&row.column)?.figures.as_ref())
    });
    let href = place.map_or_else(String::new, |(section, one)| {
        format!("timeline/{}.html", (source.slug_of)(section, one))
    });
    let called = place.map_or_else(
        || row.benchmark.clone(),
        |(section, one)| view.called(section, one),
    );
    let time = |figures: Option<&Figures>| match figures {
        Some(found) => SheetCell::number(found.main().value, main_figure(found)),
        None => SheetCell::none(),
    };
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
            SheetCell::link(called, href),
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
        .filter(|point| {
            point.section == row.section
                && point.benchmark == row.benchmark
                && point.column == row.column
        })
        .map(|point| point.main.value)
        .collect();
    let median = stats::median(&values).ok().filter(|median| *median > 0.0)?;
    Some(now?.main().value / median)
}

/// Where levels moved for good, the latest first; `None` if none did.
pub(super) fn steps(source: &Source<'_>) -> Option<Sheet> {
    let changes = &source.view.changes;
    let mut heads = vec![Head::text("Benchmark")];
    heads.extend(step_heads());
    let rows = changes.iter().rev().map(|change| {
        let place = source
            .benchmarks()
            .find(|(section, one)| is_of(change, section, one));
        let href = place.map_or_else(String::new, |(section, one)| {
            format!("timeline/{}.html", (source.slug_of)(section, one))
        });
        let mut row = step(source, change);
        row.cells
            .insert(0, SheetCell::link(&change.benchmark, href));
        row
    });
    (!changes.is_empty()).then(|| Sheet {
        id: "change-points".to_owned(),
        title: "Where levels moved for good".to_owned(),
        heads,
        rows: rows.collect(),
    })
}

/// The same of one benchmark.
pub(super) fn steps_of(
    source: &Source<'_>,
    section: &Section,
    benchmark: &Benchmark,
    slug: &str,
) -> Sheet {
    let rows = of(source, section, benchmark).map(|change| SheetRow {
        colour: String::new(),
        ..step(source, change)
    });
    Sheet {
        id: format!("changes-{slug}"),
        title: format!("Change points of {}", benchmark.name),
        heads: step_heads(),
        rows: rows.collect(),
    }
}

/// The changes of one benchmark's series.
pub(super) fn of<'a>(
    source: &Source<'a>,
    section: &'a Section,
    benchmark: &'a Benchmark,
) -> impl Iterator<Item = &'a ChangeView> {
    let changes = source.view.changes.iter();
    changes.filter(move |change| is_of(change, section, benchmark))
}

fn is_of(change: &ChangeView, section: &Section, benchmark: &Benchmark) -> bool {
    change.section == section.id && change.benchmark == benchmark.name
}

fn step_heads() -> Vec<Head> {
    vec![
        Head::text("Executor"),
        Head::text("First run after"),
        Head::number("New / old", "above 1 is slower"),
        Head::text("State"),
        Head::text("Commits"),
    ]
}

fn step(source: &Source<'_>, change: &ChangeView) -> SheetRow {
    let (name, colour) = source
        .column(&change.column)
        .map_or((change.column.as_str(), ""), |(column, colour)| {
            (column.name(), colour)
        });
    let is_open = matches!(change.state.as_str(), "new" | "confirmed");
    let state = match (is_open, change.ratio > 1.0) {
        (true, true) => "worse",
        (true, false) => "better",
        (false, _) => "",
    };
    SheetRow {
        colour: colour.to_owned(),
        state: state.to_owned(),
        cells: vec![
            SheetCell::text(name),
            SheetCell::text(&change.run),
            SheetCell::number(change.ratio, number(change.ratio)),
            SheetCell::text(&change.state),
            SheetCell::text(&change.commits),
        ],
    }
}
