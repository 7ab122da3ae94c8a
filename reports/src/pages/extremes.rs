//! Slowest and fastest: of many benchmarks, those that a reader asks for first.
//!
//! A chart in the order of measuring answers for one benchmark; which of a hundred is worst, it
//! does not say at a glance. So each column's few at either end are named, by its own baseline.

use serde::Serialize;

use super::Source;
use crate::figure_text::{Direction, comparison, direction, number};
use crate::view::{Benchmark, Column, Estimate, Section, View};

/// So many are named at either end, here and in release notes.
pub(super) const SHOWN: usize = 5;

/// What stands at the ends of one column.
#[derive(Serialize)]
pub(crate) struct Extremes {
    colour: String,
    column: String,
    against: String,
    /// Of so many that both sides completed.
    count: usize,
    slowest: Vec<Extreme>,
    fastest: Vec<Extreme>,
    /// Address of all of them, worst first.
    all: String,
}

#[derive(Serialize)]
struct Extreme {
    name: String,
    href: String,
    ratio: String,
    title: String,
}

/// One for each column that is compared on more benchmarks than both ends would name.
pub(super) fn extremes(source: &Source<'_>) -> Vec<Extremes> {
    let columns = source.columns.iter();
    columns
        .filter_map(|(column, colour)| of(source, column, colour))
        .collect()
}

fn of(source: &Source<'_>, column: &Column, colour: &str) -> Option<Extremes> {
    let baseline = source.view.reference(column)?;
    let ratios = fastest_first(source.view, column);
    if ratios.len() <= 2 * SHOWN {
        return None;
    }
    let named = |(section, benchmark, ratio): &(&Section, &Benchmark, Estimate)| Extreme {
        name: source.view.called(section, benchmark),
        href: (source.page_of)(section, benchmark),
        ratio: match direction(ratio) {
            Direction::Even => format!("{}×, even", number(ratio.value)),
            Direction::Faster => format!("{}× faster", number(ratio.value)),
            Direction::Slower => format!("{}× slower", number(1.0 / ratio.value)),
        },
        title: comparison(ratio, baseline.name()),
    };
    Some(Extremes {
        colour: colour.to_owned(),
        column: column.name().to_owned(),
        against: baseline.name().to_owned(),
        count: ratios.len(),
        slowest: ratios.iter().rev().take(SHOWN).map(named).collect(),
        fastest: ratios.iter().take(SHOWN).map(named).collect(),
        all: format!("comparison.html#c={}&n={}&o=worst", column.id, baseline.id),
    })
}

/// What a column and its baseline both completed, each with the baseline's figure over its own.
pub(super) fn fastest_first<'a>(
    view: &'a View,
    column: &Column,
) -> Vec<(&'a Section, &'a Benchmark, Estimate)> {
    let sections = view.sections.iter();
    let all = sections.flat_map(|section| section.benchmarks.iter().map(move |one| (section, one)));
    let mut ratios: Vec<_> = all
        .filter_map(|(section, benchmark)| {
            let figures = benchmark.cell(&column.id)?.figures.as_ref()?;
            Some((section, benchmark, figures.speedup?))
        })
        .collect();
    ratios.sort_by(|a, b| b.2.value.total_cmp(&a.2.value));
    ratios
}
