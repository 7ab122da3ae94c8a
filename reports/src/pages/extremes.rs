//! Slowest and fastest: of many benchmarks, those that a reader asks for first.
//!
//! A chart in the order of measuring answers for one benchmark; which of a hundred is worst, it
//! does not say at a glance. So each column's few at either end are named, by its own baseline.

use serde::Serialize;

use super::Source;
use crate::figure_text::{interval, number};
use crate::view::{Benchmark, Column, Estimate, Section};

/// So many are named at either end.
const SHOWN: usize = 5;

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
    let mut ratios: Vec<(&Section, &Benchmark, Estimate)> = source
        .benchmarks()
        .filter_map(|(section, benchmark)| {
            let figures = benchmark.cell(&column.id)?.figures.as_ref()?;
            Some((section, benchmark, figures.speedup?))
        })
        .collect();
    if ratios.len() <= 2 * SHOWN {
        return None;
    }
    ratios.sort_by(|a, b| a.2.value.total_cmp(&b.2.value));
    let named = |(section, benchmark, ratio): &(&Section, &Benchmark, Estimate)| Extreme {
        name: source.view.called(section, benchmark),
        href: (source.page_of)(section, benchmark),
        ratio: match ratio.value >= 1.0 {
            true => format!("{}× faster", number(ratio.value)),
            false => format!("{}× slower", number(1.0 / ratio.value)),
        },
        title: format!(
            "baseline / its own: {} {}",
            number(ratio.value),
            interval(ratio, number)
        ),
    };
    Some(Extremes {
        colour: colour.to_owned(),
        column: column.name().to_owned(),
        against: baseline.name().to_owned(),
        count: ratios.len(),
        slowest: ratios.iter().take(SHOWN).map(named).collect(),
        fastest: ratios.iter().rev().take(SHOWN).map(named).collect(),
        all: format!("comparison.html#c={}&n={}&o=worst", column.id, baseline.id),
    })
}
