//! Warm-up curves: the time of every iteration, a line for each invocation, geometry for the SVG
//! template.

use serde::Serialize;

use crate::bars::round;
use crate::figure_text::{seconds, tick, time_unit};
use crate::scale::Scale;
use crate::view::{Benchmark, Column, Invocation, OutcomeKind};

/// Whether the axes are logarithmic.
#[derive(Clone, Copy)]
pub(crate) enum Axes {
    Linear,
    LogTime,
    LogBoth,
}

#[derive(Serialize)]
pub(crate) struct CurveChart {
    id: String,
    title: String,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    thumbnail: bool,
    unit: String,
    y_ticks: Vec<Tick>,
    x_ticks: Vec<Tick>,
    curves: Vec<Curve>,
    labels: Vec<EndLabel>,
}

#[derive(Serialize)]
struct Tick {
    at: f64,
    label: String,
}

#[derive(Serialize)]
struct Curve {
    colour: String,
    title: String,
    path: String,
    points: Vec<Point>,
    steady: Option<Point>,
    failure: Option<Point>,
}

#[derive(Serialize)]
struct Point {
    x: f64,
    y: f64,
    title: String,
}

#[derive(Serialize)]
struct EndLabel {
    colour: String,
    text: String,
    x: f64,
    y: f64,
}

/// Beyond so many iterations single points are not drawn: they would be a band.
const MAX_POINTS: usize = 80;
/// Points of one line of a thumbnail.
const THUMBNAIL_POINTS: usize = 90;

/// The chart of one benchmark, or `None` if nothing was measured at all.
pub(crate) fn layout(
    id: String,
    benchmark: &Benchmark,
    columns: &[(&Column, String)],
    axes: Axes,
    thumbnail: bool,
) -> Option<CurveChart> {
    let measured: Vec<(&Column, &str, usize, &Invocation)> = columns
        .iter()
        .filter_map(|(column, colour)| Some((column, colour, benchmark.cell(&column.id)?)))
        .flat_map(|(column, colour, cell)| {
            let each = cell.invocations.iter().enumerate();
            each.map(move |(i, invocation)| (*column, colour.as_str(), i, invocation))
        })
        .collect();
    let all = || measured.iter().flat_map(|(.., i)| &i.iterations_s).copied();
    let usable: Vec<f64> = all().filter(|v| v.is_finite() && *v > 0.0).collect();
    let most = measured.iter().map(|(.., i)| i.iterations_s.len()).max()?;
    let low = usable.iter().copied().reduce(f64::min)?;
    let high = usable.iter().copied().reduce(f64::max)?;
    let frame = Frame::new(axes, thumbnail, low, high, most);
    let curves: Vec<Curve> = measured
        .iter()
        .map(|(column, colour, i, inv)| frame.curve(column, colour, *i, inv))
        .collect();
    let (unit, unit_name) = time_unit(high);
    Some(CurveChart {
        id,
        title: format!("Time of each iteration of {}", benchmark.name),
        width: frame.width,
        height: frame.height,
        left: frame.left,
        right: frame.right,
        top: frame.top,
        bottom: frame.bottom,
        thumbnail,
        unit: unit_name.to_owned(),
        y_ticks: frame
            .y
            .ticks()
            .into_iter()
            .map(|v| Tick {
                at: frame.y_of(v),
                label: tick(v / unit),
            })
            .collect(),
        x_ticks: frame
            .x_ticks()
            .into_iter()
            .map(|v| Tick {
                at: frame.x_of(v),
                label: tick(v),
            })
            .collect(),
        labels: end_labels(&frame, &measured),
        curves,
    })
}

/// Where the plot lies in the picture, and its two axes.
struct Frame {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    most: usize,
    x: Scale,
    y: Scale,
    thumbnail: bool,
}

impl Frame {
    fn new(axes: Axes, thumbnail: bool, low: f64, high: f64, most: usize) -> Frame {
        let (width, height, left, end, top, foot) = if thumbnail {
            (300.0, 110.0, 6.0, 6.0, 8.0, 8.0)
        } else {
            (1120.0, 420.0, 64.0, 150.0, 18.0, 44.0)
        };
        let y = match axes {
            Axes::Linear => Scale::linear(high),
            Axes::LogTime | Axes::LogBoth => Scale::log(low, high),
        };
        let x = match axes {
            Axes::LogBoth => Scale::Log {
                min: 1.0,
                max: most.max(2) as f64,
            },
            Axes::Linear | Axes::LogTime => Scale::Linear {
                max: most.max(2) as f64,
            },
        };
        let (right, bottom) = (width - end, height - foot);
        Frame {
            width,
            height,
            left,
            right,
            top,
            bottom,
            most,
            x,
            y,
            thumbnail,
        }
    }

    /// Iterations count from 1, and the first one stands at the left edge.
    fn x_of(&self, iteration: f64) -> f64 {
        let place = match self.x {
            Scale::Linear { max } => (iteration - 1.0) / (max - 1.0),
            Scale::Log { .. } => self.x.place(iteration),
        };
        round(self.left + place * (self.right - self.left))
    }

    fn y_of(&self, time: f64) -> f64 {
        round(self.bottom - self.y.place(time) * (self.bottom - self.top))
    }

    fn x_ticks(&self) -> Vec<f64> {
        let last = self.most.max(1) as f64;
        let round_ones = match self.x {
            Scale::Linear { max } => Scale::linear(max).ticks(),
            Scale::Log { .. } => self.x.ticks(),
        };
        let inner = round_ones
            .into_iter()
            .filter(|v| *v > 1.0 && *v <= last && v.fract() == 0.0);
        std::iter::once(1.0).chain(inner).collect()
    }

    fn curve(&self, column: &Column, colour: &str, index: usize, run: &Invocation) -> Curve {
        let at = |i: usize, title: String| Point {
            x: self.x_of(i as f64 + 1.0),
            y: self.y_of(run.iterations_s[i]),
            title,
        };
        let who = format!("{}, invocation {}", column.name(), index + 1);
        let count = run.iterations_s.len();
        let mut title = format!("{who}: {count} iterations");
        if let Some(warmup) = &run.warmup {
            title.push_str(&format!("; {}", warmup.class));
        }
        let steady_from = run
            .warmup
            .as_ref()
            .and_then(|w| w.steady_from)
            .map(|s| s as usize - 1);
        let failed = run.outcome.kind != OutcomeKind::Ok;
        let show_points = !self.thumbnail && count <= MAX_POINTS || count == 1;
        let point_title = |i: usize| {
            format!(
                "{who}, iteration {}: {}",
                i + 1,
                seconds(run.iterations_s[i])
            )
        };
        Curve {
            colour: colour.to_owned(),
            title,
            path: self.path(&run.iterations_s),
            points: (0..if show_points { count } else { 0 })
                .map(|i| at(i, point_title(i)))
                .collect(),
            steady: steady_from
                .filter(|i| *i > 0 && *i < count)
                .map(|i| at(i, format!("{who}: steady from iteration {}", i + 1))),
            failure: (failed && count > 0).then(|| {
                at(
                    count - 1,
                    format!("{who}: {} {}", run.outcome.kind.label(), run.outcome.detail),
                )
            }),
        }
    }

    /// The line through all iterations; in a thumbnail, through the medians of equal stretches.
    fn path(&self, times: &[f64]) -> String {
        let stretch = if self.thumbnail {
            times.len().div_ceil(THUMBNAIL_POINTS).max(1)
        } else {
            1
        };
        let mut path = String::new();
        for (i, chunk) in times.chunks(stretch).enumerate() {
            let Ok(time) = stats::median(chunk) else {
                continue;
            };
            let command = if path.is_empty() { 'M' } else { 'L' };
            let iteration = (i * stretch) as f64 + 1.0;
            path.push_str(&format!(
                "{command}{} {}",
                self.x_of(iteration),
                self.y_of(time)
            ));
        }
        path
    }
}

/// One label a column at the right end of its curves, moved apart where they would touch.
fn end_labels(frame: &Frame, measured: &[(&Column, &str, usize, &Invocation)]) -> Vec<EndLabel> {
    let mut labels: Vec<EndLabel> = Vec::new();
    let mut done: Vec<&str> = Vec::new();
    for (column, colour, ..) in measured {
        if done.contains(&column.id.as_str()) {
            continue;
        }
        done.push(&column.id);
        let own = measured.iter().filter(|(c, ..)| c.id == column.id);
        let ends: Vec<f64> = own
            .filter_map(|(.., i)| i.iterations_s.last().copied())
            .collect();
        let Ok(end) = stats::median(&ends) else {
            continue;
        };
        labels.push(EndLabel {
            colour: (*colour).to_owned(),
            text: column.name().to_owned(),
            x: frame.right + 10.0,
            y: frame.y_of(end) + 4.0,
        });
    }
    labels.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut lowest = frame.top;
    for label in &mut labels {
        label.y = label.y.max(lowest);
        lowest = label.y + 17.0;
    }
    let overflow = (lowest - 17.0 - frame.bottom).max(0.0);
    for label in &mut labels {
        label.y = round(label.y - overflow);
    }
    labels
}
