//! Timeline: every series over all runs. A grid of small pictures, and a page for each benchmark
//! with intervals and the change points that were found.

use serde::Serialize;

use super::{Source, changes};
use crate::figure_text::{instructions, interval, number, seconds};
use crate::history::{self, Datum, HistoryChart, HistoryInput, LineInput, MarkInput};
use crate::sheet::{Head, Sheet, SheetCell, SheetRow};
use crate::view::{Benchmark, Column, PastPoint, Section};

/// In what a column's main figure is, and how that is said.
struct Unit {
    counts: bool,
    title: &'static str,
    head: &'static str,
    /// Of a picture's name.
    ending: &'static str,
    text: fn(f64) -> String,
}

/// Times first.
const UNITS: [Unit; 2] = [
    Unit {
        counts: false,
        title: "Steady time",
        head: "steady time",
        ending: "",
        text: seconds,
    },
    Unit {
        counts: true,
        title: "Instructions",
        head: "instructions of a process",
        ending: "-counts",
        text: instructions,
    },
];

fn unit(column: &Column) -> &'static Unit {
    &UNITS[usize::from(column.counts())]
}

/// An entry of the grid.
#[derive(Serialize)]
pub(crate) struct Mini {
    pub name: String,
    pub href: String,
    pub charts: Vec<HistoryChart>,
    pub changes: usize,
}

/// A benchmark's own page.
#[derive(Serialize)]
pub(crate) struct Timeline {
    pub name: String,
    pub section: String,
    pub slug: String,
    pub benchmark_href: String,
    /// Of times, and of instructions where some column's clock counts them.
    pub charts: Vec<HistoryChart>,
    pub sheet: Sheet,
    pub changes: Sheet,
}

impl Source<'_> {
    pub(crate) fn minis(&self, section: &Section) -> Vec<Mini> {
        let benchmarks = section.benchmarks.iter();
        benchmarks
            .map(|benchmark| {
                let slug = (self.slug_of)(section, benchmark);
                let steps = changes::of(self, section, benchmark);
                Mini {
                    name: benchmark.name.clone(),
                    href: format!("timeline/{slug}.html"),
                    charts: self.charts(section, benchmark, &slug, true),
                    changes: steps.count(),
                }
            })
            .collect()
    }

    pub(crate) fn timeline(&self, section: &Section, benchmark: &Benchmark) -> Timeline {
        let slug = (self.slug_of)(section, benchmark);
        Timeline {
            name: benchmark.name.clone(),
            section: section.title.clone(),
            benchmark_href: (self.page_of)(section, benchmark),
            charts: self.charts(section, benchmark, &slug, false),
            sheet: self.runs_of(section, benchmark, &slug),
            changes: changes::steps_of(self, section, benchmark, &slug),
            slug,
        }
    }

    fn charts(
        &self,
        section: &Section,
        benchmark: &Benchmark,
        slug: &str,
        small: bool,
    ) -> Vec<HistoryChart> {
        let all = UNITS.iter();
        all.filter_map(|unit| self.chart(section, benchmark, slug, small, unit))
            .collect()
    }

    fn chart(
        &self,
        section: &Section,
        benchmark: &Benchmark,
        slug: &str,
        small: bool,
        unit: &Unit,
    ) -> Option<HistoryChart> {
        let runs = self.run_names();
        let columns = self.columns.iter();
        let columns = columns.filter(|(column, _)| column.counts() == unit.counts);
        let lines = columns.map(|(column, colour)| LineInput {
            colour: colour.clone(),
            name: column.name().to_owned(),
            data: self.data(section, benchmark, column),
        });
        history::layout(HistoryInput {
            id: format!("timeline-{slug}{}", unit.ending),
            title: format!("{} of {} over runs", unit.title, benchmark.name),
            axis: format!("{} (logarithmic), smaller is better", unit.head),
            runs: &runs,
            lines: lines.collect(),
            marks: self.marks(section, benchmark, unit),
            small,
            from_zero: false,
            label: unit.text,
        })
    }

    fn marks(&self, section: &Section, benchmark: &Benchmark, unit: &Unit) -> Vec<MarkInput> {
        changes::of(self, section, benchmark)
            .filter_map(|change| {
                let past = self.view.past.iter().position(|run| run.run == change.run);
                let (column, colour) = self.column(&change.column)?;
                (column.counts() == unit.counts).then(|| MarkInput {
                    run: past.unwrap_or(self.view.past.len()),
                    colour: colour.to_owned(),
                    title: format!(
                        "{}: times {} ({})",
                        column.name(),
                        number(change.ratio),
                        change.state
                    ),
                    worse: change.ratio > 1.0,
                })
            })
            .collect()
    }

    /// One series over the past and this run.
    fn data(
        &self,
        section: &Section,
        benchmark: &Benchmark,
        column: &Column,
    ) -> Vec<Option<Datum>> {
        let now = benchmark
            .cell(&column.id)
            .and_then(|cell| cell.main_range(column))
            .map(|range| Datum {
                value: range.value,
                interval: range.interval,
            });
        let past = self.points(section, benchmark, column).map(|point| {
            point.map(|point| Datum {
                value: point.main.value,
                interval: point.main.interval,
            })
        });
        past.chain([now]).collect()
    }

    /// One for each run of the past.
    pub(super) fn points(
        &self,
        section: &Section,
        benchmark: &Benchmark,
        column: &Column,
    ) -> impl Iterator<Item = Option<&PastPoint>> {
        self.past.points(section, benchmark, column).iter().copied()
    }

    fn runs_of(&self, section: &Section, benchmark: &Benchmark, slug: &str) -> Sheet {
        let mut heads = vec![Head::text("Run"), Head::text("Build")];
        heads.extend(
            self.columns
                .iter()
                .map(|(column, _)| Head::number(column.name(), unit(column).head)),
        );
        let series: Vec<Vec<Option<Datum>>> = self
            .columns
            .iter()
            .map(|(column, _)| self.data(section, benchmark, column))
            .collect();
        let names = self.run_names();
        // The newest first: that is what one looks for.
        let rows = (0..names.len()).rev().map(|run| {
            let past = self.view.past.get(run);
            let when = past.map_or(self.view.generated_at.as_str(), |past| past.at.as_str());
            let mut cells = vec![
                SheetCell::text(when),
                past.filter(|past| !past.build.is_empty())
                    .map_or_else(SheetCell::none, |past| SheetCell::text(&past.build)),
            ];
            let series = series.iter().zip(self.columns);
            cells.extend(series.map(|(data, (column, _))| match data[run] {
                None => SheetCell::none(),
                Some(datum) => {
                    let text = unit(column).text;
                    let estimate = crate::view::Estimate {
                        value: datum.value,
                        interval: datum.interval,
                    };
                    SheetCell::number(datum.value, text(datum.value))
                        .noted(interval(&estimate, text))
                }
            }));
            SheetRow {
                cells,
                ..SheetRow::default()
            }
        });
        Sheet {
            id: format!("timeline-{slug}"),
            title: format!("Runs of {}", benchmark.name),
            heads,
            rows: rows.collect(),
        }
    }
}
