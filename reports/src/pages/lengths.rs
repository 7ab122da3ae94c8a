//! Runs of each length as two tables: the mean over the suite for every pair of columns, and each
//! benchmark with its JIT against the same without.

use super::Source;
use crate::figure_text::{interval, number};
use crate::lengths::BEARABLE;
use crate::sheet::{Head, Sheet, SheetCell, SheetRow};
use crate::view::{Column, Length, LengthView, View};

/// The means; `None` if no column has a JIT.
pub(super) fn means(source: &Source<'_>) -> Option<Sheet> {
    let lengths = reached(source.view);
    let mut heads = vec![Head::text("Executor"), Head::text("Against")];
    heads.extend(lengths.iter().map(head));
    let rows = pairs(source).map(|(column, colour, other)| {
        let cell = |length: &Length| {
            let found = one(source.view, column, other, *length);
            let mean = found.and_then(|found| Some((found, found.mean.as_ref()?)));
            mean.map_or_else(SheetCell::none, |(found, mean)| {
                let note = format!("{} {} of {}", interval(mean, number), found.n, found.m);
                SheetCell::number(mean.value, format!("{}×", number(mean.value))).noted(note.trim())
            })
        };
        let names = [column, other].map(|one| SheetCell::text(one.name()));
        SheetRow {
            colour: colour.to_owned(),
            cells: names.into_iter().chain(lengths.iter().map(cell)).collect(),
            ..SheetRow::default()
        }
    });
    sheet("lengths", "Runs of each length", heads, rows.collect())
}

/// Each benchmark against the same executor without its JIT; the row is marked if it loses by more
/// than is bearable at any length.
pub(super) fn with_and_without(source: &Source<'_>) -> Option<Sheet> {
    let view = source.view;
    let lengths = reached(view);
    let mut heads = vec![Head::text("Benchmark"), Head::text("Executor")];
    heads.extend(lengths.iter().map(head));
    let mut rows = Vec::new();
    let siblings = |pair: &(&Column, &str, &Column)| {
        pair.2.family == pair.0.family && pair.2.configuration == "nojit"
    };
    for (column, colour, other) in pairs(source).filter(siblings) {
        for (section, benchmark) in source.benchmarks() {
            let ratio = |length: &Length| {
                let of = one(view, column, other, *length)?.rows.iter();
                let mut of = of.filter(|row| row.section == section.id);
                of.find(|row| row.benchmark == benchmark.name)
                    .map(|row| row.ratio)
            };
            let ratios: Vec<Option<f64>> = lengths.iter().map(ratio).collect();
            if ratios.iter().all(Option::is_none) {
                continue;
            }
            let loses = ratios.iter().flatten().any(|ratio| ratio * BEARABLE < 1.0);
            let name = view.called(section, benchmark);
            let mut cells = vec![
                SheetCell::link(name, (source.page_of)(section, benchmark)),
                SheetCell::text(column.name()),
            ];
            cells.extend(
                ratios
                    .into_iter()
                    .map(|ratio| SheetCell::maybe(ratio, |ratio| format!("{}×", number(ratio)))),
            );
            rows.push(SheetRow {
                colour: colour.to_owned(),
                state: if loses { "worse" } else { "" }.to_owned(),
                cells,
            });
        }
    }
    sheet(
        "lengths-without-jit",
        "Runs of each length, with the JIT against without",
        heads,
        rows,
    )
}

fn sheet(id: &str, title: &str, heads: Vec<Head>, rows: Vec<SheetRow>) -> Option<Sheet> {
    (!rows.is_empty()).then(|| Sheet {
        id: id.to_owned(),
        title: title.to_owned(),
        heads,
        rows,
    })
}

fn head(length: &Length) -> Head {
    let hint = match length {
        Length::Process => {
            "the other's time / this time of a process of one iteration, from its start to its end"
        }
        Length::Iterations(_) => {
            "the other's time / this time of so many iterations from the first"
        }
    };
    Head::number(&length.name(), hint)
}

/// Lengths that any pair has, the shortest first.
fn reached(view: &View) -> Vec<Length> {
    let mut lengths: Vec<Length> = view.lengths.iter().map(|one| one.length).collect();
    lengths.sort_unstable();
    lengths.dedup();
    lengths
}

/// Columns that were compared, in the order of the columns.
fn pairs<'a>(source: &'a Source<'_>) -> impl Iterator<Item = (&'a Column, &'a str, &'a Column)> {
    let columns = || source.columns.iter();
    let is_compared = |column: &Column, other: &Column| {
        let mut all = source.view.lengths.iter();
        all.any(|one| one.column == column.id && one.against == other.id)
    };
    columns().flat_map(move |(column, colour)| {
        let others = columns().map(|(other, _)| *other);
        others
            .filter(move |other| is_compared(column, other))
            .map(move |other| (*column, colour.as_str(), other))
    })
}

fn one<'a>(
    view: &'a View,
    column: &Column,
    other: &Column,
    length: Length,
) -> Option<&'a LengthView> {
    view.lengths
        .iter()
        .find(|one| one.length == length && one.column == column.id && one.against == other.id)
}
