//! Runs of each length: what a user waits for who runs a program once, for so many iterations.
//!
//! A steady time says what a program costs that runs for ever, and the break-even iteration says
//! for one program when a slow start is made good. Between them is the question whether there is a
//! length of run for which one is better off without a JIT. So the times of the first 1, 3, 10, …
//! iterations are summed in each process and compared over the suite, and the shortest run of all
//! is a process of one iteration with its start and its end.
//!
//! Every column with a JIT is compared with every column that it may be compared with.

use stats::{Bootstrap, Entry, mean_over_intersection};

use crate::analyse::{estimate, incomparable};
use crate::view::{Benchmark, Cell, Column, Length, LengthRow, LengthView, View};

/// A JIT may cost a run of any length this much: below it lies what two processes differ by.
pub(crate) const BEARABLE: f64 = 1.03;

const LENGTHS: [Length; 6] = [
    Length::Process,
    Length::Iterations(1),
    Length::Iterations(3),
    Length::Iterations(10),
    Length::Iterations(30),
    Length::Iterations(100),
];

/// One for each pair of columns and each length that any benchmark of both reaches.
pub(crate) fn lengths(bootstrap: &Bootstrap, view: &View) -> Vec<LengthView> {
    let mut found = Vec::new();
    // Times under a tool that counts are the tool's.
    let is_measured = |column: &&Column| column.absent.is_none() && !column.counts();
    let with_jit = view.columns.iter().filter(|column| column.has_jit);
    for column in with_jit.filter(is_measured) {
        for other in view.columns.iter().filter(is_measured) {
            if other.id == column.id || incomparable(column, other).is_some() {
                continue;
            }
            let of = |length| compared(bootstrap, view, column, other, length);
            found.extend(LENGTHS.into_iter().filter_map(of));
        }
    }
    found
}

fn compared(
    bootstrap: &Bootstrap,
    view: &View,
    column: &Column,
    other: &Column,
    length: Length,
) -> Option<LengthView> {
    let mut entries = Vec::new();
    let mut rows = Vec::new();
    let both = view
        .sections
        .iter()
        .filter(|section| section.is_for(&column.id) && section.is_for(&other.id));
    for section in both {
        for benchmark in &section.benchmarks {
            let (here, there) = (
                spent(benchmark, column, length),
                spent(benchmark, other, length),
            );
            if let (Ok(here), Ok(there)) = (&here, &there)
                && let Ok(ratio) = bootstrap.ratio_value(there, here)
            {
                rows.push(LengthRow {
                    section: section.id.clone(),
                    benchmark: benchmark.name.clone(),
                    ratio,
                });
            }
            entries.push(Entry {
                benchmark: benchmark.name.clone(),
                numerator: there,
                denominator: here,
            });
        }
    }
    if rows.is_empty() {
        return None;
    }
    let name = length.name();
    let label = ["mean length", name.as_str(), &column.id, &other.id];
    let mean = mean_over_intersection(bootstrap, &label, &entries);
    Some(LengthView {
        length,
        column: column.id.clone(),
        against: other.id.clone(),
        mean: mean.estimate.map(estimate),
        n: mean.n as u32,
        m: mean.m as u32,
        rows,
    })
}

/// What each process spent, as one sample of each; or why there is none.
fn spent(benchmark: &Benchmark, column: &Column, length: Length) -> Result<Vec<Vec<f64>>, String> {
    let because = |why: &str| format!("{}: {why}", column.name());
    if let Some(outcome) = benchmark.failure(&column.id) {
        return Err(because(outcome.kind.label()));
    }
    let processes = benchmark
        .cell(&column.id)
        .and_then(|cell| cell.spent(length));
    processes.ok_or_else(|| because("shorter"))
}

impl Cell {
    /// `None` if any process did not get so far, or its whole time is not known.
    fn spent(&self, length: Length) -> Option<Vec<Vec<f64>>> {
        let each = self.invocations.iter().map(|process| {
            let samples = &process.iterations_s;
            let seconds = match length {
                Length::Process => process.wall_s? - samples.get(1..)?.iter().sum::<f64>(),
                Length::Iterations(count) => samples.get(..count as usize)?.iter().sum(),
            };
            Some(vec![seconds])
        });
        each.collect()
    }
}
