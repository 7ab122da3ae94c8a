//! Where the time of a process with a JIT went: tracing, backend, and running what came of it.
//!
//! Bars of one length, split by share, as text and widths: HTML draws them, on a phone as well.

use serde::Serialize;

use crate::figure_text::{number, seconds};
use crate::view::{Benchmark, Cell, Column};

#[derive(Serialize)]
pub(crate) struct Shares {
    pub benchmark: String,
    pub href: String,
    pub column: String,
    pub colour: String,
    pub total: String,
    pub parts: Vec<Part>,
}

#[derive(Serialize)]
pub(crate) struct Part {
    pub kind: &'static str,
    pub percent: f64,
    pub title: String,
    /// Written into the part where it is wide enough.
    pub label: String,
}

/// The median over a cell's processes of one of the summary's figures.
pub(crate) fn told(cell: &Cell, name: &str) -> Option<f64> {
    let counters = cell.invocations.iter().flat_map(|one| &one.jit);
    let values: Vec<f64> = counters
        .filter(|counter| counter.name == name)
        .map(|counter| counter.value)
        .collect();
    stats::median(&values).ok()
}

/// `None` where the summary lacks any of the three figures, or says nonsense.
pub(crate) fn shares(
    benchmark: &Benchmark,
    name: String,
    (column, colour): (&Column, &str),
    href: String,
) -> Option<Shares> {
    let cell = benchmark.cell(&column.id)?;
    let tracing = told(cell, "Tracing seconds")?;
    let backend = told(cell, "Backend seconds")?;
    let total = told(cell, "TOTAL seconds")?;
    let running = total - tracing - backend;
    if total <= 0.0 || running < 0.0 {
        return None;
    }
    let part = |kind: &'static str, time: f64| {
        let percent = 100.0 * time / total;
        Part {
            kind,
            percent: (percent * 100.0).round() / 100.0,
            title: format!("{kind}: {}, {} %", seconds(time), number(percent)),
            label: match percent >= 9.0 {
                true => format!("{percent:.0} %"),
                false => String::new(),
            },
        }
    };
    Some(Shares {
        benchmark: name,
        href,
        column: column.name().to_owned(),
        colour: colour.to_owned(),
        total: seconds(total),
        parts: vec![
            part("tracing", tracing),
            part("backend", backend),
            part("running", running),
        ],
    })
}
