//! Series over runs: geometry for the SVG template, with long histories thinned.
//!
//! A picture of a thousand points per line is slow to open and shows nothing that a hundred do
//! not, if the hundred keep the extremes. So neighbouring runs are taken together: the line goes
//! through their medians, the band from the least lower end to the greatest upper end of their
//! intervals. Nothing is thinned in the data beside the page.

use serde::Serialize;

use crate::axes::{self, EndLabel, Point, Tick};
use crate::scale::Scale;

/// One line's value at one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Datum {
    pub value: f64,
    pub interval: Option<(f64, f64)>,
}

pub(crate) struct LineInput {
    pub colour: String,
    pub name: String,
    /// One for each run; a run may lack it.
    pub data: Vec<Option<Datum>>,
}

pub(crate) struct MarkInput {
    /// Index of the run.
    pub run: usize,
    pub colour: String,
    pub title: String,
    pub worse: bool,
}

pub(crate) struct HistoryInput<'a> {
    pub id: String,
    pub title: String,
    pub axis: String,
    /// A name for each run.
    pub runs: &'a [String],
    pub lines: Vec<LineInput>,
    pub marks: Vec<MarkInput>,
    pub small: bool,
    /// From 0, for what is absolute; logarithmic otherwise.
    pub from_zero: bool,
    pub label: fn(f64) -> String,
}

#[derive(Serialize)]
pub(crate) struct HistoryChart {
    id: String,
    title: String,
    axis: String,
    #[serde(flatten)]
    frame: axes::Frame,
    y_ticks: Vec<Tick>,
    x_ticks: Vec<Tick>,
    lines: Vec<Line>,
    marks: Vec<Mark>,
    labels: Vec<EndLabel>,
    thinned: Option<usize>,
}

#[derive(Serialize)]
struct Line {
    colour: String,
    title: String,
    path: String,
    band: String,
    points: Vec<Point>,
}

#[derive(Serialize)]
struct Mark {
    x: f64,
    colour: String,
    title: String,
    worse: bool,
}

const POINTS_LARGE: usize = 180;
const POINTS_SMALL: usize = 60;
/// Beyond so many points single ones are not drawn.
const DOTS: usize = 60;

/// The chart, or `None` if no line has a value.
pub(crate) fn layout(input: HistoryInput<'_>) -> Option<HistoryChart> {
    let runs = input.runs.len();
    let limit = if input.small {
        POINTS_SMALL
    } else {
        POINTS_LARGE
    };
    let stretch = runs.div_ceil(limit).max(1);
    let plot = Plot::of(&input, runs)?;
    let lines: Vec<Line> = input
        .lines
        .iter()
        .map(|line| plot.line(&input, line, stretch))
        .collect();
    Some(HistoryChart {
        labels: plot.labels(&input.lines),
        marks: input
            .marks
            .iter()
            .map(|mark| Mark {
                x: plot.x_of(mark.run as f64),
                colour: mark.colour.clone(),
                title: mark.title.clone(),
                worse: mark.worse,
            })
            .collect(),
        y_ticks: plot.frame.y_ticks(plot.y, input.label),
        x_ticks: plot.x_ticks(input.runs),
        thinned: (stretch > 1).then_some(stretch),
        id: input.id,
        title: input.title,
        axis: input.axis,
        frame: plot.frame,
        lines,
    })
}

struct Plot {
    frame: axes::Frame,
    runs: usize,
    y: Scale,
}

impl Plot {
    fn of(input: &HistoryInput<'_>, runs: usize) -> Option<Plot> {
        let data = || input.lines.iter().flat_map(|line| &line.data).flatten();
        let ends = |datum: &Datum| datum.interval.unwrap_or((datum.value, datum.value));
        let low = data().map(|datum| datum.value.min(ends(datum).0));
        let high = data().map(|datum| datum.value.max(ends(datum).1));
        let (low, high) = (low.reduce(f64::min)?, high.reduce(f64::max)?);
        let y = match input.from_zero {
            true => Scale::linear(high),
            false => Scale::log(low / 1.05, high * 1.05),
        };
        Some(Plot {
            frame: match input.small {
                true => axes::Frame::small(100.0),
                false => axes::Frame::large(360.0, 30.0, 40.0).with_ticks(y, input.label),
            },
            runs,
            y,
        })
    }

    /// Runs stand at equal distances: a night without a run leaves no hole.
    fn x_of(&self, run: f64) -> f64 {
        let last = (self.runs.max(2) - 1) as f64;
        self.frame.x(run / last)
    }

    fn y_of(&self, value: f64) -> f64 {
        self.frame.y(self.y.place(value))
    }

    /// The first, the last and a few between.
    fn x_ticks(&self, runs: &[String]) -> Vec<Tick> {
        if self.frame.small || runs.is_empty() {
            return Vec::new();
        }
        let count = runs.len().min(6);
        let mut ticks: Vec<Tick> = Vec::new();
        for i in 0..count {
            let run = i * (runs.len() - 1) / (count.max(2) - 1);
            ticks.push(Tick {
                at: self.x_of(run as f64),
                label: runs[run].clone(),
                anchor: if i == 0 { "start" } else { "middle" },
            });
        }
        ticks.dedup_by(|a, b| a.label == b.label);
        ticks
    }

    fn line(&self, input: &HistoryInput<'_>, line: &LineInput, stretch: usize) -> Line {
        let thin = thinned(&line.data, stretch);
        let place = |from: usize, length: usize| {
            self.x_of(from as f64 + (length.saturating_sub(1)) as f64 / 2.0)
        };
        let places: Vec<(f64, &Datum)> = thin
            .iter()
            .map(|(from, length, datum)| (place(*from, *length), datum))
            .collect();
        let ends = |datum: &Datum| datum.interval.unwrap_or((datum.value, datum.value));
        let upper = places.iter().map(|(x, datum)| (*x, ends(datum).1));
        let lower = places.iter().rev().map(|(x, datum)| (*x, ends(datum).0));
        let around = upper.chain(lower).map(|(x, value)| (x, self.y_of(value)));
        let mut points: Vec<Point> = thin
            .iter()
            .zip(&places)
            .map(|((from, ..), (x, datum))| {
                let shown = (input.label)(datum.value);
                Point {
                    x: *x,
                    y: self.y_of(datum.value),
                    title: format!("{}, {}: {shown}", line.name, input.runs[*from]),
                }
            })
            .collect();
        let path = axes::path(points.iter().map(|point| (point.x, point.y)));
        if self.frame.small && points.len() > 1 || points.len() > DOTS {
            points.clear();
        }
        Line {
            colour: line.colour.clone(),
            title: line.name.clone(),
            path,
            band: match places.len() {
                0 | 1 => String::new(),
                _ => format!("{}Z", axes::path(around)),
            },
            points,
        }
    }

    /// One label for each line at its end.
    fn labels(&self, lines: &[LineInput]) -> Vec<EndLabel> {
        self.frame.end_labels(lines.iter().filter_map(|line| {
            let last = line.data.iter().rev().flatten().next()?;
            let end = self.y_of(last.value);
            Some((line.colour.clone(), line.name.clone(), end))
        }))
    }
}

/// (first run, how many runs, what they amount to) of each stretch that has a value.
fn thinned(data: &[Option<Datum>], stretch: usize) -> Vec<(usize, usize, Datum)> {
    let stretches = data.chunks(stretch.max(1)).enumerate();
    stretches
        .filter_map(|(index, chunk)| {
            let all: Vec<&Datum> = chunk.iter().flatten().collect();
            let values: Vec<f64> = all.iter().map(|datum| datum.value).collect();
            let value = stats::median(&values).ok()?;
            let ends = all
                .iter()
                .map(|datum| datum.interval.unwrap_or((datum.value, datum.value)));
            let interval = ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
            Some((index * stretch, chunk.len(), Datum { value, interval }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_extremes_and_bounds_the_picture() {
        let mut data: Vec<Option<Datum>> = (0..1000)
            .map(|_| {
                Some(Datum {
                    value: 1.0,
                    interval: Some((0.9, 1.1)),
                })
            })
            .collect();
        data[501] = Some(Datum {
            value: 9.0,
            interval: None,
        });
        data[7] = None;
        let thin = thinned(&data, 10);
        assert_eq!(thin.len(), 100);
        assert_eq!(thin[50].2.interval, Some((0.9, 9.0)));
        assert_eq!(thin[50].2.value, 1.0);
        assert_eq!(thin[0].2.value, 1.0);
        let runs: Vec<String> = (0..1000).map(|run| run.to_string()).collect();
        let chart = layout(HistoryInput {
            id: "x".to_owned(),
            title: "x".to_owned(),
            axis: String::new(),
            runs: &runs,
            lines: vec![LineInput {
                colour: "c0".to_owned(),
                name: "x".to_owned(),
                data,
            }],
            marks: Vec::new(),
            small: false,
            from_zero: false,
            label: |value| value.to_string(),
        })
        .expect("a chart");
        assert_eq!(chart.thinned, Some(6));
        assert!(chart.lines[0].path.matches('L').count() < POINTS_LARGE);
    }

    #[test]
    fn a_series_without_values_has_no_chart() {
        let input = HistoryInput {
            id: "x".to_owned(),
            title: "x".to_owned(),
            axis: String::new(),
            runs: &[],
            lines: vec![],
            marks: vec![],
            small: true,
            from_zero: true,
            label: |value| value.to_string(),
        };
        assert!(layout(input).is_none());
    }
}
