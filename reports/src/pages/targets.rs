//! Targets: what the JIT brings on each architecture, side by side, and what PyPy's brought when
//! it was ported. Each figure divides two series of one target, host and clock; figures of
//! different targets stand beside each other and are never divided.

use serde::Serialize;

use super::Source;
use crate::figure_text::{interval, number};
use crate::published::{self, Published};
use crate::sheet::{Head, Sheet, SheetCell, SheetRow};
use crate::view::{Benchmark, Estimate, JitSpeedup, Section};

#[derive(Serialize)]
pub(crate) struct TargetsPage {
    pub sheet: Sheet,
    /// Whether there is any figure of ours.
    pub measured: bool,
    pub emulated: Vec<String>,
    pub source: String,
    /// What the published means cover.
    pub published_note: String,
}

pub(super) fn page(source: &Source<'_>) -> TargetsPage {
    let pairs = &source.view.jit_speedups;
    let table = published::pypy().ok();
    let mut heads = vec![Head::text("Benchmark")];
    for pair in pairs {
        heads.push(Head::number(
            &pair.name(),
            match pair.counts() {
                true => "instructions without JIT / instructions with JIT",
                false => "time without JIT / time with JIT",
            },
        ));
    }
    for column in table.iter().flat_map(|t| &t.jit_speedup.columns) {
        heads.push(Head::number(
            &format!("PyPy 2016, {column}"),
            "published: speed-up of PyPy's JIT over PyPy without",
        ));
    }
    let mut rows: Vec<SheetRow> = Vec::new();
    let sections = &source.view.sections;
    for section in sections
        .iter()
        .filter(|section| is_measured(pairs, section))
    {
        rows.extend(section.benchmarks.iter().map(|benchmark| {
            let href = (source.page_of)(section, benchmark);
            let name = SheetCell::link(source.view.called(section, benchmark), href);
            row(pairs, &section.id, benchmark, name, table.as_ref())
        }));
        if sections.len() > 1 {
            rows.push(means_of(pairs, section, rows[0].cells.len()));
        }
    }
    rows.push(means(pairs, table.as_ref()));
    let is_emulated = |pair: &&JitSpeedup| pair.clock == "qemu-wall";
    TargetsPage {
        sheet: Sheet {
            id: "targets".to_owned(),
            title: "Speed-up of the JIT over no JIT, by target".to_owned(),
            heads,
            rows,
        },
        measured: pairs.iter().any(|pair| pair.mean.is_some()),
        emulated: pairs
            .iter()
            .filter(is_emulated)
            .map(JitSpeedup::name)
            .collect(),
        published_note: table.as_ref().map_or_else(String::new, note),
        source: table.map_or_else(String::new, |table| table.source),
    }
}

impl JitSpeedup {
    /// Whether it is a ratio of instructions.
    pub(crate) fn counts(&self) -> bool {
        crate::analyse::counts(&self.clock)
    }

    /// As a column is called.
    pub(crate) fn name(&self) -> String {
        let mut name = self.label.clone();
        if !name.contains(&self.target) {
            name.push_str(&format!(", {}", self.target));
        }
        if self.counts() {
            name.push_str(", instructions");
        }
        if !self.host.is_empty() && !name.contains(&self.host) {
            name.push_str(&format!(", on {}", self.host));
        }
        name
    }
}

fn row(
    pairs: &[JitSpeedup],
    section: &str,
    benchmark: &Benchmark,
    name: SheetCell,
    table: Option<&Published>,
) -> SheetRow {
    let mut cells = vec![name];
    for pair in pairs {
        let of = pair
            .rows
            .iter()
            .find(|row| row.section == section && row.benchmark == benchmark.name);
        cells.push(match of.map(|row| (&row.estimate, &row.cause)) {
            Some((Some(estimate), _)) => {
                SheetCell::number(estimate.value, format!("{}×", number(estimate.value)))
                    .noted(interval(estimate, number))
            }
            Some((None, cause)) => SheetCell::text(cause),
            None => SheetCell::none(),
        });
    }
    if let Some(table) = table {
        let published = table.jit_speedup.of(&benchmark.name);
        for column in 0..table.jit_speedup.columns.len() {
            cells.push(match &published {
                Some((name, row)) if *name != benchmark.name => {
                    SheetCell::number(row[column], format!("{}×", number(row[column]))).noted(*name)
                }
                Some((_, row)) => {
                    SheetCell::number(row[column], format!("{}×", number(row[column])))
                }
                None => SheetCell::none(),
            });
        }
    }
    SheetRow {
        cells,
        ..SheetRow::default()
    }
}

/// Whether any pair has the section at all.
fn is_measured(pairs: &[JitSpeedup], section: &Section) -> bool {
    let mut all = pairs.iter().flat_map(|pair| &pair.sections);
    pairs.is_empty() || all.any(|one| one.section == section.id)
}

/// The means of one section, in as many cells as other rows have.
fn means_of(pairs: &[JitSpeedup], section: &Section, width: usize) -> SheetRow {
    let mut cells = vec![SheetCell::text(format!(
        "Geometric mean, {}",
        section.title
    ))];
    for pair in pairs {
        let found = pair.sections.iter().find(|one| one.section == section.id);
        cells.push(found.map_or_else(SheetCell::none, |found| {
            mean_cell(found.mean.as_ref(), found.n, found.m)
        }));
    }
    cells.resize_with(width, SheetCell::none);
    SheetRow {
        state: "total".to_owned(),
        cells,
        ..SheetRow::default()
    }
}

fn mean_cell(mean: Option<&Estimate>, n: u32, m: u32) -> SheetCell {
    match mean {
        Some(mean) => SheetCell::number(mean.value, format!("{}×", number(mean.value)))
            .noted(format!("{} {n} of {m}", interval(mean, number)).trim()),
        None => SheetCell::none().noted(format!("0 of {m}")),
    }
}

fn means(pairs: &[JitSpeedup], table: Option<&Published>) -> SheetRow {
    let mut cells = vec![SheetCell::text("Geometric mean")];
    for pair in pairs {
        cells.push(mean_cell(pair.mean.as_ref(), pair.n, pair.m));
    }
    for column in 0..table.map_or(0, |table| table.jit_speedup.columns.len()) {
        let mean = table.and_then(|table| table.jit_speedup.mean(column));
        cells.push(match mean {
            Some((mean, count)) => SheetCell::number(mean, format!("{}×", number(mean)))
                .noted(format!("its {count} rows")),
            None => SheetCell::none(),
        });
    }
    SheetRow {
        state: "total".to_owned(),
        cells,
        ..SheetRow::default()
    }
}

fn note(table: &Published) -> String {
    let published: Vec<String> = table
        .jit_speedup
        .published_mean
        .iter()
        .map(|mean| number(*mean))
        .collect();
    let rows = table.jit_speedup.rows.len();
    format!(
        "The published means, {}, are over {rows} rows but for one that became slower; computed \
         again here over all {rows}. {}",
        published.join(", "),
        table.jit_speedup.kinship
    )
}
