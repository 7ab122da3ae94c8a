//! JIT: where the time went, what became of the operations, what was given up, and the two
//! summaries of before and after side by side.
//!
//! Figures are medians over processes of the summaries that executors print at their end. A
//! configuration without a JIT is left out: a 0 would say that there was one which did nothing.

use serde::Serialize;

use super::Source;
use crate::figure_text::{number, seconds};
use crate::jit::{self, JitTable};
use crate::sheet::{Head, Sheet, SheetCell, SheetRow};
use crate::stacked::{self, Shares, told};
use crate::view::{Cell, Column};

#[derive(Serialize)]
pub(crate) struct JitPage {
    pub shares: Vec<Shares>,
    pub flow: Sheet,
    pub aborts: Sheet,
    pub loops: Sheet,
    pub before_after: Vec<BeforeAfter>,
    /// All counters, by section title.
    pub counters: Vec<(String, JitTable)>,
    /// Columns with a JIT of which nothing was told.
    pub silent: Vec<String>,
    pub without: Vec<String>,
}

/// One column's summaries of two runs.
#[derive(Serialize)]
pub(crate) struct BeforeAfter {
    pub column: String,
    pub colour: String,
    pub sheet: Sheet,
}

const STEPS: [&str; 4] = ["ops", "recorded ops", "opt ops", "opt guards"];
const ENDS: [&str; 4] = [
    "Total # of loops",
    "Total # of bridges",
    "Freed # of loops",
    "Freed # of bridges",
];

pub(super) fn page(source: &Source<'_>) -> JitPage {
    let mut shares = Vec::new();
    for (section, benchmark) in source.benchmarks() {
        for (column, colour) in source.columns.iter().filter(|(column, _)| column.has_jit) {
            let href = (source.page_of)(section, benchmark);
            let name = source.view.called(section, benchmark);
            shares.extend(stacked::shares(benchmark, name, (column, colour), href));
        }
    }
    let has_told = |column: &Column| {
        let mut cells = source.benchmarks().filter_map(|(_, b)| b.cell(&column.id));
        cells.any(|cell| cell.invocations.iter().any(|one| !one.jit.is_empty()))
    };
    let named = |wanted: &dyn Fn(&Column) -> bool| -> Vec<String> {
        let columns = source.columns.iter().map(|(column, _)| *column);
        let chosen = columns.filter(|column| wanted(column));
        chosen.map(|column| column.name().to_owned()).collect()
    };
    let sections = source.view.sections.iter();
    JitPage {
        shares,
        flow: flow(source),
        aborts: aborts(source),
        loops: loops(source),
        before_after: before_after(source),
        counters: sections
            .filter_map(|section| {
                let table = jit::table(section, None, source.columns)?;
                Some((section.title.clone(), table))
            })
            .collect(),
        silent: named(&|column| column.has_jit && !has_told(column)),
        without: named(&|column| !column.has_jit),
    }
}

/// A row for each benchmark and column of which `cells` makes anything.
fn rows(source: &Source<'_>, cells: impl Fn(&Cell) -> Option<Vec<SheetCell>>) -> Vec<SheetRow> {
    let mut rows = Vec::new();
    for (section, benchmark) in source.benchmarks() {
        for (column, colour) in source.columns.iter().filter(|(column, _)| column.has_jit) {
            let Some(more) = benchmark.cell(&column.id).and_then(&cells) else {
                continue;
            };
            let href = (source.page_of)(section, benchmark);
            let mut all = vec![
                SheetCell::link(source.view.called(section, benchmark), href),
                SheetCell::text(column.name()),
            ];
            all.extend(more);
            rows.push(SheetRow {
                colour: colour.clone(),
                state: String::new(),
                cells: all,
            });
        }
    }
    rows
}

fn heads(more: Vec<Head>) -> Vec<Head> {
    let mut heads = vec![Head::text("Benchmark"), Head::text("Executor")];
    heads.extend(more);
    heads
}

fn count(value: f64) -> String {
    format!("{}", value.round())
}

fn flow(source: &Source<'_>) -> Sheet {
    let rows = rows(source, |cell| {
        let [ops, recorded, optimised, guards] = STEPS.map(|step| told(cell, step));
        ops?;
        let of = |part: Option<f64>, whole: Option<f64>| {
            let share = part.zip(whole).filter(|pair| pair.1 > 0.0);
            share.map(|(part, whole)| 100.0 * part / whole)
        };
        let counted = |value: Option<f64>| SheetCell::maybe(value, count);
        let percent = |value: Option<f64>| SheetCell::maybe(value, |v| format!("{v:.0} %"));
        Some(vec![
            counted(ops),
            counted(recorded),
            percent(of(recorded, ops)),
            counted(optimised),
            percent(of(optimised, recorded)),
            counted(guards),
            percent(of(guards, optimised)),
        ])
    });
    Sheet {
        id: "jit-operations".to_owned(),
        title: "What became of the operations".to_owned(),
        heads: heads(vec![
            Head::number("Traced", "operations executed while tracing"),
            Head::number("Recorded", "operations in recorded traces"),
            Head::number("of traced", "recorded / traced"),
            Head::number("Optimised", "operations left after the optimiser"),
            Head::number("of recorded", "optimised / recorded"),
            Head::number("Guards", "guards left after the optimiser"),
            Head::number("of optimised", "guards / operations after the optimiser"),
        ]),
        rows,
    }
}

fn aborts(source: &Source<'_>) -> Sheet {
    let mut names: Vec<&str> = Vec::new();
    for (_, benchmark) in source.benchmarks() {
        let runs = benchmark.cells.iter().flat_map(|cell| &cell.invocations);
        for counter in runs.flat_map(|one| &one.jit) {
            let is_abort = counter.name.starts_with("abort: ");
            if is_abort && !names.contains(&counter.name.as_str()) {
                names.push(&counter.name);
            }
        }
    }
    let rows = rows(source, |cell| {
        let started = told(cell, "Tracing");
        let compiled = told(cell, "Backend");
        started?;
        let mut cells = vec![
            SheetCell::maybe(started, count),
            SheetCell::maybe(started.zip(compiled).map(|(s, c)| (s - c).max(0.0)), count),
        ];
        cells.extend(
            names
                .iter()
                .map(|name| SheetCell::maybe(told(cell, name), count)),
        );
        Some(cells)
    });
    let mut more = vec![
        Head::number("Traces started", ""),
        Head::number("Not compiled", "started and never sent to the backend"),
    ];
    let reason = |name: &&str| Head::number(name.trim_start_matches("abort: "), "traces given up");
    more.extend(names.iter().map(reason));
    Sheet {
        id: "jit-aborts".to_owned(),
        title: "Traces given up, by reason".to_owned(),
        heads: heads(more),
        rows,
    }
}

fn loops(source: &Source<'_>) -> Sheet {
    let rows = rows(source, |cell| {
        let [loops, bridges, freed_loops, freed_bridges] = ENDS.map(|name| told(cell, name));
        loops?;
        let per = loops.zip(bridges).filter(|pair| pair.0 > 0.0);
        let counted = |value: Option<f64>| SheetCell::maybe(value, count);
        Some(vec![
            counted(loops),
            counted(bridges),
            SheetCell::maybe(per.map(|(loops, bridges)| bridges / loops), number),
            counted(freed_loops),
            counted(freed_bridges),
        ])
    });
    Sheet {
        id: "jit-loops".to_owned(),
        title: "Loops and bridges".to_owned(),
        heads: heads(vec![
            Head::number("Loops", ""),
            Head::number("Bridges", ""),
            Head::number("Bridges per loop", ""),
            Head::number("Freed loops", ""),
            Head::number("Freed bridges", ""),
        ]),
        rows,
    }
}

/// Sums over the benchmarks that told a counter in both runs, a row for each counter.
fn before_after(source: &Source<'_>) -> Vec<BeforeAfter> {
    let Some(earlier) = &source.view.earlier else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (column, colour) in source.columns.iter().filter(|(column, _)| column.has_jit) {
        let mut sums: Vec<(String, f64, f64, usize)> = Vec::new();
        let benchmarks = earlier.sections.iter().flat_map(|s| &s.benchmarks);
        for before in benchmarks {
            let same = source.benchmarks().find(|(_, now)| now.name == before.name);
            let cells = same.and_then(|(_, now)| now.cell(&column.id).zip(before.cell(&column.id)));
            let Some((now, before)) = cells else { continue };
            add(&mut sums, now, before);
        }
        if sums.is_empty() {
            continue;
        }
        let rows = sums.into_iter().map(|(name, before, now, benchmarks)| {
            let shown = |value: f64| match name.ends_with("seconds") {
                true => seconds(value),
                false => count(value),
            };
            let ratio = (before > 0.0).then(|| now / before);
            SheetRow {
                cells: vec![
                    SheetCell::text(&name),
                    SheetCell::number(before, shown(before)),
                    SheetCell::number(now, shown(now)),
                    SheetCell::maybe(ratio, number),
                    SheetCell::number(benchmarks as f64, benchmarks.to_string()),
                ],
                ..SheetRow::default()
            }
        });
        let rows = rows.collect();
        found.push(BeforeAfter {
            column: column.name().to_owned(),
            colour: colour.clone(),
            sheet: Sheet {
                id: format!("jit-before-after-{}", found.len() + 1),
                title: format!("{}: before and after", column.name()),
                heads: vec![
                    Head::text("Counter"),
                    Head::number("Before", "sum over benchmarks of the earlier run"),
                    Head::number("After", "the same of this run"),
                    Head::number("After / before", ""),
                    Head::number("Benchmarks", "that told it in both runs"),
                ],
                rows,
            },
        });
    }
    found
}

fn add(sums: &mut Vec<(String, f64, f64, usize)>, now: &Cell, before: &Cell) {
    let Some(first) = now.invocations.first() else {
        return;
    };
    for counter in &first.jit {
        let both = told(before, &counter.name).zip(told(now, &counter.name));
        let Some((old, new)) = both else { continue };
        match sums.iter_mut().find(|sum| sum.0 == counter.name) {
            Some(sum) => {
                sum.1 += old;
                sum.2 += new;
                sum.3 += 1;
            }
            None => sums.push((counter.name.clone(), old, new, 1)),
        }
    }
}
