//! Warm-up curves: the time of every iteration, a line for each invocation, geometry for the SVG
//! template.

use serde::Serialize;

use crate::axes::{self, EndLabel, Point, Tick};
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
    #[serde(flatten)]
    frame: axes::Frame,
    unit: String,
    y_ticks: Vec<Tick>,
    x_ticks: Vec<Tick>,
    curves: Vec<Curve>,
    labels: Vec<EndLabel>,
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
    let plot = Plot::new(axes, thumbnail, low, high, most);
    let curves: Vec<Curve> = measured
        .iter()
        .map(|(column, colour, i, inv)| plot.curve(column, colour, *i, inv))
        .collect();
    let (unit, unit_name) = time_unit(high);
    Some(CurveChart {
        id,
        title: format!("Time of each iteration of {}", benchmark.name),
        unit: unit_name.to_owned(),
        y_ticks: plot.frame.y_ticks(plot.y, |time| tick(time / unit)),
        x_ticks: plot.x_ticks(),
        labels: plot.end_labels(&measured),
        frame: plot.frame,
        curves,
    })
}

/// Where the plot lies in the picture, and its two axes.
struct Plot {
    frame: axes::Frame,
    most: usize,
    x: Scale,
    y: Scale,
}

impl Plot {
    fn new(axes: Axes, thumbnail: bool, low: f64, high: f64, most: usize) -> Plot {
        let y = match axes {
            Axes::Linear => Scale::linear(high),
            Axes::LogTime | Axes::LogBoth => Scale::log(low, high),
        };
        let max = most.max(2) as f64;
        let x = match axes {
            Axes::LogBoth => Scale::Log { min: 1.0, max },
            Axes::Linear | Axes::LogTime => Scale::Linear { max },
        };
        let frame = match thumbnail {
            true => axes::Frame::small(110.0),
            false => axes::Frame::large(420.0, 18.0, 44.0),
        };
        Plot { frame, most, x, y }
    }

    /// Iterations count from 1, and the first one stands at the left edge.
    fn x_of(&self, iteration: f64) -> f64 {
        let place = match self.x {
            Scale::Linear { max } => (iteration - 1.0) / (max - 1.0),
            Scale::Log { .. } => self.x.place(iteration),
        };
        self.frame.x(place)
    }

    fn y_of(&self, time: f64) -> f64 {
        self.frame.y(self.y.place(time))
    }

    fn x_ticks(&self) -> Vec<Tick> {
        if self.frame.small {
            return Vec::new();
        }
        let last = self.most.max(1) as f64;
        let round_ones = match self.x {
            Scale::Linear { max } => Scale::linear(max).ticks(),
            Scale::Log { .. } => self.x.ticks(),
        };
        let inner = round_ones
            .into_iter()
            .filter(|v| *v > 1.0 && *v <= last && v.fract() == 0.0);
        let all = std::iter::once(1.0).chain(inner);
        all.map(|iteration| Tick {
            at: self.x_of(iteration),
            label: tick(iteration),
            anchor: "middle",
        })
        .collect()
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
        let show_points = !self.frame.small && count <= MAX_POINTS || count == 1;
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
        let stretch = match self.frame.small {
            true => times.len().div_ceil(THUMBNAIL_POINTS).max(1),
            false => 1,
        };
        let stretches = times.chunks(stretch).enumerate();
        axes::path(stretches.filter_map(|(i, chunk)| {
            let time = stats::median(chunk).ok()?;
            let iteration = (i * stretch) as f64 + 1.0;
            Some((self.x_of(iteration), self.y_of(time)))
        }))
    }

    /// One label a column at the right end of its curves.
    fn end_labels(&self, measured: &[(&Column, &str, usize, &Invocation)]) -> Vec<EndLabel> {
        let mut columns: Vec<(&Column, &str)> = Vec::new();
        for (column, colour, ..) in measured {
            if !columns.iter().any(|(known, _)| known.id == column.id) {
                columns.push((column, colour));
            }
        }
        self.frame
            .end_labels(columns.into_iter().filter_map(|(column, colour)| {
                let own = measured.iter().filter(|(one, ..)| one.id == column.id);
                let ends: Vec<f64> = own
                    .filter_map(|(.., run)| run.iterations_s.last().copied())
                    .collect();
                let end = self.y_of(stats::median(&ends).ok()?);
                Some((colour.to_owned(), column.name().to_owned(), end))
            }))
    }
}
