//! Comparison: any columns against any, drawn by the page's script from the data below.
//!
//! The choice is in the address, so it can be sent to others. The script draws; what may be
//! divided by what is decided here: columns of one `peers` string are comparable.

use serde::Serialize;

use super::Source;
use crate::view::Figures;

#[derive(Serialize)]
pub(crate) struct Comparison {
    pub columns: Vec<ColumnData>,
    pub sections: Vec<SectionData>,
    pub metrics: Vec<Metric>,
    pub baseline: Option<String>,
    /// The metric that is shown first.
    pub metric: &'static str,
}

#[derive(Serialize)]
pub(crate) struct ColumnData {
    id: String,
    name: String,
    colour: String,
    target: String,
    /// Equal for columns that may be compared.
    peers: String,
}

#[derive(Serialize)]
pub(crate) struct SectionData {
    id: String,
    title: String,
    benchmarks: Vec<BenchmarkData>,
}

#[derive(Serialize)]
pub(crate) struct BenchmarkData {
    name: String,
    href: String,
    /// `[metric][column]`: value and interval, or why there is none.
    values: Vec<Vec<Shown>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Shown {
    Value(f64, Option<f64>, Option<f64>),
    Cause(String),
}

/// What the script leaves out.
const NOT_FOR: &str = "not in this suite";

#[derive(Serialize)]
pub(crate) struct Metric {
    id: &'static str,
    name: &'static str,
    unit: &'static str,
}

const METRICS: [Metric; 4] = [
    Metric {
        id: "steady",
        name: "steady time",
        unit: "s",
    },
    Metric {
        id: "first",
        name: "first iteration",
        unit: "s",
    },
    Metric {
        id: "memory",
        name: "peak memory",
        unit: "bytes",
    },
    Metric {
        id: "instructions",
        name: "instructions",
        unit: "instr.",
    },
];

pub(super) fn page(source: &Source<'_>) -> Comparison {
    let columns = source.columns.iter().map(|(column, colour)| ColumnData {
        id: column.id.clone(),
        name: column.name().to_owned(),
        colour: colour.clone(),
        target: column.target.clone(),
        peers: format!("{} {} {}", column.target, column.clock, column.host),
    });
    let sections = source.view.sections.iter().map(|section| SectionData {
        id: section.id.clone(),
        title: section.title.clone(),
        benchmarks: section
            .benchmarks
            .iter()
            .map(|benchmark| BenchmarkData {
                name: benchmark.name.clone(),
                href: (source.page_of)(section, benchmark),
                values: (0..METRICS.len())
                    .map(|metric| {
                        let columns = source.columns.iter();
                        columns
                            .map(|(column, _)| match benchmark.failure(&column.id) {
                                _ if !section.is_for(&column.id) => {
                                    Shown::Cause(NOT_FOR.to_owned())
                                }
                                Some(failure) => Shown::Cause(failure.kind.label().to_owned()),
                                None => {
                                    let cell = benchmark.cell(&column.id);
                                    let figures = cell.and_then(|cell| cell.figures.as_ref());
                                    shown(figures, metric)
                                }
                            })
                            .collect()
                    })
                    .collect(),
            })
            .collect(),
    });
    Comparison {
        columns: columns.collect(),
        sections: sections.collect(),
        metrics: METRICS.into(),
        metric: match source.columns.iter().all(|(column, _)| column.counts()) {
            true => "instructions",
            false => "steady",
        },
        baseline: source
            .view
            .baselines()
            .next()
            .map(|column| column.id.clone()),
    }
}

fn shown(figures: Option<&Figures>, metric: usize) -> Shown {
    let absent = || Shown::Cause("not measured".to_owned());
    let Some(figures) = figures else {
        return absent();
    };
    let estimate = match (METRICS[metric].id, figures.instructions) {
        ("instructions", Some(count)) => count,
        ("instructions", None) => return Shown::Cause("not counted".to_owned()),
        ("memory", _) => match figures.peak_rss_bytes {
            Some(bytes) => return Shown::Value(bytes as f64, None, None),
            None => return absent(),
        },
        // Times under a tool that counts are the tool's.
        (_, Some(_)) => return Shown::Cause("counted, not timed".to_owned()),
        ("first", None) => figures.first_s,
        (_, None) => figures.steady_s,
    };
    let (low, high) = estimate.interval.unzip();
    Shown::Value(estimate.value, low, high)
}
