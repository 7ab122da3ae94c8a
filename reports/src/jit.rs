//! What the JIT did: the counters of jit-summary, benchmark by benchmark.
//!
//! Where no counter was told there is no table. A configuration without a JIT is "n/a": a 0 would
//! say that there was a JIT which did nothing. In the table of a whole section it is so once, in
//! words; on a benchmark's own page it is a row.

use serde::Serialize;

use crate::figure_text::{number, seconds};
use crate::view::{Benchmark, Cell, Column, Section};

#[derive(Serialize)]
pub(crate) struct JitTable {
    names: Vec<String>,
    rows: Vec<JitRow>,
    /// Columns whose configuration has no JIT.
    without: Vec<String>,
}

#[derive(Serialize)]
struct JitRow {
    benchmark: String,
    column: String,
    colour: String,
    cells: Vec<JitCell>,
}

#[derive(Serialize)]
struct JitCell {
    text: String,
    sort: Option<f64>,
}

/// `None` if no invocation of the section told any counter.
pub(crate) fn table(
    section: &Section,
    only: Option<&Benchmark>,
    columns: &[(&Column, String)],
) -> Option<JitTable> {
    let benchmarks = || {
        section
            .benchmarks
            .iter()
            .filter(|b| only.is_none_or(|o| o.name == b.name))
    };
    let mut names: Vec<String> = Vec::new();
    let invocations = benchmarks()
        .flat_map(|b| &b.cells)
        .flat_map(|c| &c.invocations);
    for counter in invocations.flat_map(|i| &i.jit) {
        if !names.contains(&counter.name) {
            names.push(counter.name.clone());
        }
    }
    if names.is_empty() {
        return None;
    }
    let told = |cell: &Cell| cell.invocations.iter().any(|i| !i.jit.is_empty());
    let mut rows = Vec::new();
    for benchmark in benchmarks() {
        for (column, colour) in columns {
            let Some(cell) = benchmark.cell(&column.id) else {
                continue;
            };
            let shown = if column.has_jit {
                told(cell)
            } else {
                only.is_some()
            };
            if !shown {
                continue;
            }
            rows.push(JitRow {
                benchmark: benchmark.name.clone(),
                column: column.name().to_owned(),
                colour: colour.clone(),
                cells: names
                    .iter()
                    .map(|name| jit_cell(column, cell, name))
                    .collect(),
            });
        }
    }
    let without = columns.iter().filter(|(column, _)| !column.has_jit);
    let without = without
        .map(|(column, _)| column.name().to_owned())
        .collect();
    Some(JitTable {
        names,
        rows,
        without,
    })
}

/// The median over invocations of one counter.
fn jit_cell(column: &Column, cell: &Cell, name: &str) -> JitCell {
    if !column.has_jit {
        return JitCell {
            text: "n/a".to_owned(),
            sort: None,
        };
    }
    let counters = || {
        cell.invocations
            .iter()
            .flat_map(|i| &i.jit)
            .filter(|c| c.name == name)
    };
    let values: Vec<f64> = counters().map(|c| c.value).collect();
    let Ok(value) = stats::median(&values) else {
        return JitCell {
            text: "–".to_owned(),
            sort: None,
        };
    };
    let text = match counters().next().map(|c| c.unit.as_str()) {
        Some("s") => seconds(value),
        Some("bytes") => format!("{} KiB", number(value / 1024.0)),
        _ => format!("{value}"),
    };
    JitCell {
        text,
        sort: Some(value),
    }
}
