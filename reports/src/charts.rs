//! The bar charts of a report: what each compares, on which axis.

use crate::bars::{self, BarChart, BarChartInput, BarInput, BarValue, GroupInput};
use crate::figure_text::{
    instructions, interval, inverse, main_figure, mebibytes, number, seconds, tick,
};
use crate::scale::Scale;
use crate::view::{Benchmark, Cell, Column, Estimate, Figures, Outcome, Section, View};

/// Longer bars are cut off, so that one slow program does not flatten all others.
const MAX_RELATIVE_TIME: f64 = 3.0;

pub(crate) struct Charts<'a> {
    pub view: &'a View,
    pub columns: &'a [(&'a Column, String)],
    /// Address of a benchmark's page.
    pub href: &'a dyn Fn(&Section, &Benchmark) -> String,
}

impl Charts<'_> {
    /// Time relative to a baseline of the section on a linear axis; smaller is better. `None`
    /// without anything to compare with it.
    pub(crate) fn relative_time(&self, section: &Section, baseline: &Column) -> Option<BarChart> {
        let pick = |figures: &Figures| figures.speedup.as_ref().map(inverse);
        let groups = self.compared(section, baseline, pick)?;
        let longest = largest(&groups).clamp(1.0, MAX_RELATIVE_TIME);
        let what = match baseline.counts() {
            true => "instructions",
            false => "time",
        };
        Some(bars::layout(BarChartInput {
            id: self.id("time", section, baseline),
            title: format!("{}: {what} relative to {}", section.title, baseline.name()),
            axis: match baseline.counts() {
                true => "relative instructions, smaller is better",
                false => "relative time, smaller is better",
            },
            scale: Scale::linear(longest.max(1.2)),
            origin: 0.0,
            reference: Some((1.0, format!("{} = 1.0", baseline.name()))),
            tick_label: tick,
            groups,
        }))
    }

    /// Speed relative to a baseline on a logarithmic axis: twice as fast and half as fast are
    /// equally far from 1.
    pub(crate) fn relative_speed(&self, section: &Section, baseline: &Column) -> Option<BarChart> {
        let groups = self.compared(section, baseline, |figures| figures.speedup)?;
        let highest = largest(&groups).max(1.6);
        let what = match baseline.counts() {
            true => "fewer instructions than",
            false => "speed relative to",
        };
        let lowest = smallest(&groups).min(1.0 / 1.6);
        Some(bars::layout(BarChartInput {
            id: self.id("speed", section, baseline),
            title: format!("{}: {what} {}", section.title, baseline.name()),
            axis: match baseline.counts() {
                true => "baseline's instructions / its own (logarithmic), larger is better",
                false => "relative speed (logarithmic), larger is better",
            },
            // Below the lowest bar there is room for its label.
            scale: Scale::log(lowest * (lowest / highest).powf(0.18), highest * 1.05),
            origin: 1.0,
            reference: Some((1.0, format!("{} = 1.0", baseline.name()))),
            tick_label: tick,
            groups,
        }))
    }

    /// Absolute steady times, for when there is no baseline.
    pub(crate) fn absolute_time(&self, section: &Section) -> Option<BarChart> {
        let groups = self.groups(section, |column, cell| {
            let draw = |figures: &Figures| {
                let steady = figures.steady_s;
                Some((scaled(steady, 1e3), seconds(steady.value)))
            };
            (!column.counts()).then(|| cell.map(draw))
        })?;
        let (low, high) = (smallest(&groups), largest(&groups));
        Some(bars::layout(BarChartInput {
            id: format!("absolute-{}", section.id),
            title: format!("{}: time of a warm iteration", section.title),
            axis: "milliseconds (logarithmic), smaller is better",
            scale: Scale::log(low / 2.0, high * 1.1),
            origin: low / 2.0,
            reference: None,
            tick_label: tick,
            groups,
        }))
    }

    /// Instructions of the columns whose clock counts them, whatever the others are.
    pub(crate) fn counts(&self, section: &Section) -> Option<BarChart> {
        let groups = self.groups(section, |column, cell| {
            let draw = |figures: &Figures| {
                let count = figures.instructions?;
                Some((scaled(count, 1e-6), instructions(count.value)))
            };
            column.counts().then(|| cell.map(draw))
        })?;
        let (low, high) = (smallest(&groups), largest(&groups));
        Some(bars::layout(BarChartInput {
            id: format!("counts-{}", section.id),
            title: format!("{}: instructions of a process", section.title),
            axis: "millions (logarithmic), smaller is better",
            scale: Scale::log(low / 2.0, high * 1.1),
            origin: low / 2.0,
            reference: None,
            tick_label: tick,
            groups,
        }))
    }

    /// Peak memory of every column.
    pub(crate) fn memory(&self, section: &Section) -> Option<BarChart> {
        let groups = self.groups(section, |_, cell| {
            Some(cell.map(|figures| {
                let bytes = figures.peak_rss_bytes?;
                let value = bytes as f64 / crate::figure_text::MIB;
                let ratio = figures
                    .rss_ratio
                    .map(|r| format!(", {} times the baseline", number(r)));
                let title = format!("{}{}", mebibytes(bytes), ratio.unwrap_or_default());
                Some((
                    Estimate {
                        value,
                        interval: None,
                    },
                    title,
                ))
            }))
        })?;
        if largest(&groups) <= 0.0 {
            return None;
        }
        Some(bars::layout(BarChartInput {
            id: format!("memory-{}", section.id),
            title: format!("{}: peak resident memory", section.title),
            axis: "MiB, smaller is better",
            scale: Scale::linear(largest(&groups)),
            origin: 0.0,
            reference: None,
            tick_label: tick,
            groups,
        }))
    }

    /// Of the charts of one section only those against its first baseline go by its name alone.
    fn id(&self, what: &str, section: &Section, baseline: &Column) -> String {
        let mut all = self.view.baselines();
        match all.find(|one| section.is_for(&one.id)) {
            Some(first) if first.id != baseline.id => {
                format!("{what}-{}-{}", section.id, baseline.id)
            }
            _ => format!("{what}-{}", section.id),
        }
    }

    /// Bars of the columns that are compared with a baseline; the others are drawn beside theirs, or
    /// named beside the charts.
    fn compared(
        &self,
        section: &Section,
        baseline: &Column,
        pick: impl Fn(&Figures) -> Option<Estimate>,
    ) -> Option<Vec<GroupInput>> {
        self.groups(section, |column, cell| {
            let is_its = |reference: &Column| reference.id == baseline.id;
            self.view
                .reference(column)
                .is_some_and(is_its)
                .then(|| self.ratio_bar(cell, &pick))
        })
    }

    fn ratio_bar(&self, cell: &Shown<'_>, pick: impl Fn(&Figures) -> Option<Estimate>) -> Drawn {
        let missing = cell.baseline_failure.clone();
        let drawn = cell.map(|figures| {
            let ratio = pick(figures)?;
            let text = match figures.instructions {
                Some(_) => main_figure(figures),
                None => format!("steady {}", main_figure(figures)),
            };
            Some((ratio, text))
        });
        match (drawn, missing) {
            (Drawn::Nothing, Some(failure)) => {
                Drawn::Cause("no baseline".to_owned(), cause(&failure))
            }
            (drawn, _) => drawn,
        }
    }

    /// A group for each benchmark; `None` if no bar of any has a value.
    fn groups(
        &self,
        section: &Section,
        draw: impl Fn(&Column, &Shown<'_>) -> Option<Drawn>,
    ) -> Option<Vec<GroupInput>> {
        let mut any = false;
        let mut groups = Vec::new();
        for benchmark in &section.benchmarks {
            let mut bars = Vec::new();
            for (column, colour) in self.columns.iter().filter(|one| section.is_for(&one.0.id)) {
                let shown = Shown {
                    cell: benchmark.cell(&column.id),
                    failure: benchmark.failure(&column.id),
                    baseline_failure: self
                        .view
                        .reference(column)
                        .and_then(|baseline| benchmark.failure(&baseline.id)),
                };
                let Some(drawn) = draw(column, &shown) else {
                    continue;
                };
                let bar = drawn.bar(&benchmark.name, column, colour);
                any |= bar.value.is_ok();
                bars.push(bar);
            }
            let href = (self.href)(section, benchmark);
            groups.push(GroupInput {
                name: benchmark.name.clone(),
                href,
                bars,
            });
        }
        any.then_some(groups)
    }
}

/// What a bar is drawn from.
struct Shown<'a> {
    cell: Option<&'a Cell>,
    failure: Option<Outcome>,
    baseline_failure: Option<Outcome>,
}

impl Shown<'_> {
    fn map(&self, pick: impl Fn(&Figures) -> Option<(Estimate, String)>) -> Drawn {
        if let Some(failure) = &self.failure {
            return Drawn::Cause(failure.kind.label().to_owned(), failure.detail.clone());
        }
        let figures = self.cell.and_then(|cell| cell.figures.as_ref());
        figures
            .and_then(pick)
            .map_or(Drawn::Nothing, |(value, note)| Drawn::Value(value, note))
    }
}

/// What came of it: a value with a note, the cause of its absence with a detail, or nothing.
enum Drawn {
    Value(Estimate, String),
    Cause(String, String),
    Nothing,
}

impl Drawn {
    fn bar(self, benchmark: &str, column: &Column, colour: &str) -> BarInput {
        let who = format!("{benchmark}, {}", column.name());
        let (title, value) = match self {
            Drawn::Value(estimate, note) => {
                let label = number(estimate.value);
                let span = interval(&estimate, number);
                let title = format!("{who}: {label} {span}; {note}");
                let bar = BarValue {
                    value: estimate.value,
                    interval: estimate.interval,
                    label,
                };
                (title, Ok(bar))
            }
            Drawn::Cause(cause, detail) if detail.is_empty() => {
                (format!("{who}: {cause}"), Err(cause))
            }
            Drawn::Cause(cause, detail) => (format!("{who}: {cause}: {detail}"), Err(cause)),
            Drawn::Nothing => (
                format!("{who}: not measured"),
                Err("not measured".to_owned()),
            ),
        };
        BarInput {
            colour: colour.to_owned(),
            title,
            value,
        }
    }
}

/// A failure with its detail, in one line.
pub(crate) fn cause(outcome: &Outcome) -> String {
    match outcome.detail.as_str() {
        "" => outcome.kind.label().to_owned(),
        detail => format!("{}: {detail}", outcome.kind.label()),
    }
}

fn scaled(estimate: Estimate, by: f64) -> Estimate {
    let interval = estimate.interval.map(|(low, high)| (low * by, high * by));
    Estimate {
        value: estimate.value * by,
        interval,
    }
}

fn values(groups: &[GroupInput]) -> impl Iterator<Item = &BarValue> {
    groups
        .iter()
        .flat_map(|g| &g.bars)
        .filter_map(|bar| bar.value.as_ref().ok())
}

fn largest(groups: &[GroupInput]) -> f64 {
    values(groups)
        .map(|v| v.interval.map_or(v.value, |(_, high)| high.max(v.value)))
        .fold(0.0, f64::max)
}

fn smallest(groups: &[GroupInput]) -> f64 {
    let ends = values(groups).map(|v| v.interval.map_or(v.value, |(low, _)| low.min(v.value)));
    ends.fold(f64::INFINITY, f64::min)
}
