//! Series over runs: geometry for the SVG template, with long histories thinned.
//!
//! A picture of a thousand points per line is slow to open and shows nothing that a hundred do
//! not, if the hundred keep the extremes. So neighbouring runs are taken together: the line goes
//! through their medians, the band from the least lower end to the greatest upper end of their
//! intervals. Nothing is thinned in the data beside the page.

use serde::Serialize;

use crate::bars::round;
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
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    small: bool,
    y_ticks: Vec<Tick>,
    x_ticks: Vec<Tick>,
    lines: Vec<Line>,
    marks: Vec<Mark>,
    labels: Vec<EndLabel>,
    thinned: Option<usize>,
}

#[derive(Serialize)]
struct Tick {
    at: f64,
    label: String,
    anchor: &'static str,
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
struct Point {
    x: f64,
    y: f64,
    title: String,
}

#[derive(Serialize)]
struct Mark {
    x: f64,
    colour: String,
    title: String,
    worse: bool,
}

#[derive(Serialize)]
struct EndLabel {
    colour: String,
    text: String,
    x: f64,
    y: f64,
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
    let frame = Frame::of(&input, runs)?;
    let lines: Vec<Line> = input
        .lines
        .iter()
        .map(|line| frame.line(&input, line, stretch))
        .collect();
    Some(HistoryChart {
        labels: match input.small {
            true => Vec::new(),
            false => frame.labels(&input.lines),
        },
        marks: input
            .marks
            .iter()
            .map(|mark| Mark {
                x: frame.x_of(mark.run as f64),
                colour: mark.colour.clone(),
                title: mark.title.clone(),
                worse: mark.worse,
            })
            .collect(),
        y_ticks: frame.y_ticks(input.label),
        x_ticks: frame.x_ticks(input.runs),
        thinned: (stretch > 1).then_some(stretch),
        id: input.id,
        title: input.title,
        axis: input.axis,
        width: frame.width,
        height: frame.height,
        left: frame.left,
        right: frame.right,
        top: frame.top,
        bottom: frame.bottom,
        small: input.small,
        lines,
    })
}

struct Frame {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    runs: usize,
    y: Scale,
    small: bool,
}

impl Frame {
    fn of(input: &HistoryInput<'_>, runs: usize) -> Option<Frame> {
        let data = || input.lines.iter().flat_map(|line| &line.data).flatten();
        let ends = |datum: &Datum| datum.interval.unwrap_or((datum.value, datum.value));
        let low = data().map(|datum| datum.value.min(ends(datum).0));
        let high = data().map(|datum| datum.value.max(ends(datum).1));
        let (low, high) = (low.reduce(f64::min)?, high.reduce(f64::max)?);
        let (width, height, left, end, top, foot) = match input.small {
            true => (300.0, 100.0, 6.0, 6.0, 10.0, 8.0),
            false => (1120.0, 360.0, 64.0, 150.0, 30.0, 40.0),
        };
        Some(Frame {
            width,
            height,
            left,
            right: width - end,
            top,
            bottom: height - foot,
            runs,
            y: match input.from_zero {
                true => Scale::linear(high),
                false => Scale::log(low / 1.05, high * 1.05),
            },
            small: input.small,
        })
    }

    /// Runs stand at equal distances: a night without a run leaves no hole.
    fn x_of(&self, run: f64) -> f64 {
        let last = (self.runs.max(2) - 1) as f64;
        round(self.left + run / last * (self.right - self.left))
    }

    fn y_of(&self, value: f64) -> f64 {
        round(self.bottom - self.y.place(value) * (self.bottom - self.top))
    }

    fn y_ticks(&self, label: fn(f64) -> String) -> Vec<Tick> {
        if self.small {
            return Vec::new();
        }
        let ticks = self.y.ticks().into_iter();
        ticks
            .map(|value| Tick {
                at: self.y_of(value),
                label: label(value),
                anchor: "end",
            })
            .collect()
    }

    /// The first, the last and a few between.
    fn x_ticks(&self, runs: &[String]) -> Vec<Tick> {
        if self.small || runs.is_empty() {
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
        let mut path = String::new();
        let (mut upper, mut lower) = (String::new(), Vec::new());
        let mut points = Vec::new();
        for (from, length, datum) in &thin {
            let (x, y) = (place(*from, *length), self.y_of(datum.value));
            let command = if path.is_empty() { 'M' } else { 'L' };
            path.push_str(&format!("{command}{x} {y}"));
            let (low, high) = datum.interval.unwrap_or((datum.value, datum.value));
            let command = if upper.is_empty() { 'M' } else { 'L' };
            upper.push_str(&format!("{command}{x} {}", self.y_of(high)));
            lower.push(format!("L{x} {}", self.y_of(low)));
            let shown = (input.label)(datum.value);
            points.push(Point {
                x,
                y,
                title: format!("{}, {}: {shown}", line.name, input.runs[*from]),
            });
        }
        lower.reverse();
        let band = match lower.len() {
            0 | 1 => String::new(),
            _ => format!("{upper}{}Z", lower.join("")),
        };
        if self.small && points.len() > 1 || points.len() > DOTS {
            points.clear();
        }
        Line {
            colour: line.colour.clone(),
            title: line.name.clone(),
            path,
            band,
            points,
        }
    }

    /// One label for each line at its end, moved apart where they would touch.
    fn labels(&self, lines: &[LineInput]) -> Vec<EndLabel> {
        let mut labels: Vec<EndLabel> = lines
            .iter()
            .filter_map(|line| {
                let last = line.data.iter().rev().flatten().next()?;
                Some(EndLabel {
                    colour: line.colour.clone(),
                    text: line.name.clone(),
                    x: self.right + 10.0,
                    y: self.y_of(last.value) + 4.0,
                })
            })
            .collect();
        labels.sort_by(|a, b| a.y.total_cmp(&b.y));
        let mut lowest = self.top;
        for label in &mut labels {
            label.y = label.y.max(lowest);
            lowest = label.y + 17.0;
        }
        let overflow = (lowest - 17.0 - self.bottom).max(0.0);
        labels
            .iter_mut()
            .for_each(|label| label.y = round(label.y - overflow));
        labels
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
