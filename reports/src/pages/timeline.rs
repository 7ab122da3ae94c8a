//! Timeline: every series over all runs. A grid of small pictures, and a page for each benchmark
//! with intervals and the change points that were found.

use serde::Serialize;

use super::{Source, changes};
use crate::figure_text::{interval, number, seconds};
use crate::history::{self, Datum, HistoryChart, HistoryInput, LineInput, MarkInput};
use crate::sheet::{Head, Sheet, SheetCell, SheetRow};
use crate::view::{Benchmark, Column, PastPoint, Section};

/// An entry of the grid.
#[derive(Serialize)]
pub(crate) struct Mini {
    pub name: String,
    pub href: String,
    pub chart: Option<HistoryChart>,
    pub changes: usize,
}

/// A benchmark's own page.
#[derive(Serialize)]
pub(crate) struct Timeline {
    pub name: String,
    pub section: String,
    pub slug: String,
    pub benchmark_href: String,
    pub chart: Option<HistoryChart>,
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
                    chart: self.chart(section, benchmark, &slug, true),
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
            chart: self.chart(section, benchmark, &slug, false),
            sheet: self.runs_of(section, benchmark, &slug),
            changes: changes::steps_of(self, section, benchmark, &slug),
            slug,
        }
    }

    fn chart(
        &self,
        section: &Section,
        benchmark: &Benchmark,
        slug: &str,
        small: bool,
    ) -> Option<HistoryChart> {
        let runs = self.run_names();
        let lines = self.columns.iter().map(|(column, colour)| LineInput {
            colour: colour.clone(),
            name: column.name().to_owned(),
            data: self.data(section, benchmark, column),
        });
        history::layout(HistoryInput {
            id: format!("timeline-{slug}"),
            title: format!("Steady time of {} over runs", benchmark.name),
            axis: "steady time (logarithmic), smaller is better".to_owned(),
            runs: &runs,
            lines: lines.collect(),
            marks: self.marks(section, benchmark),
            small,
            from_zero: false,
            label: seconds,
        })
    }

    fn marks(&self, section: &Section, benchmark: &Benchmark) -> Vec<MarkInput> {
        changes::of(self, section, benchmark)
            .filter_map(|change| {
                let past = self.view.past.iter().position(|run| run.run == change.run);
                let (column, colour) = self.column(&change.column)?;
                Some(MarkInput {
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
            .and_then(|cell| cell.steady_range())
            .map(|range| Datum {
                value: range.value,
                interval: range.interval,
            });
        let past = self.points(section, benchmark, column).map(|point| {
            point.map(|point| Datum {
                value: point.steady_s.value,
                interval: point.steady_s.interval,
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
                .map(|(column, _)| Head::number(column.name(), "steady time")),
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
            cells.extend(series.iter().map(|data| match data[run] {
                None => SheetCell::none(),
                Some(datum) => {
                    let estimate = crate::view::Estimate {
                        value: datum.value,
                        interval: datum.interval,
                    };
                    SheetCell::number(datum.value, seconds(datum.value))
                        .noted(interval(&estimate, seconds))
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
