//! Warm-up: whether an invocation reached a steady state, when, and how fast it then was.
//!
//! The method for long series is that of Barrett, Bolz-Tereick, Killick, Mount and Tratt,
//! "Virtual machine warmup blows hot and cold", OOPSLA 2017: set outliers aside, cut the series
//! at its change points, call the segments that are as fast as the last one the steady state,
//! and classify by what came before. Departures, each because our series are tens to hundreds of
//! iterations rather than thousands:
//!
//! - Outliers at the very start are kept, and so are more than [`LONELY`] in a row. In a series
//!   of 50 the slow first iteration *is* the warm-up, and the paper's filter would remove it.
//! - Equivalence allows the larger of the last segment's standard deviation and
//!   [`TOLERANCE`] of its mean. The paper's bound, the variance or 1 ms, has no consistent unit,
//!   and 1 ms is half of some of our iterations.
//! - "No steady state" means that the last quarter of the series still changes (the paper: the
//!   last 500 of 2000), or that what looks steady wanders: a process that goes up and down in
//!   stretches too short to pay for change points is one wide segment to PELT, yet its
//!   neighbouring iterations are more alike than its distant ones (von Neumann, 1941).
//!
//! Below [`LONG_SERIES`] iterations a change point costs more than the data can pay, and a
//! *short-series variant* decides instead, which reports name: the last half of the series sets
//! a band (median ± 3 standard deviations, at least [`SHORT_BAND`] of the median), in the manner of
//! ruby-bench's stopping rule on MAD / median. The deviation is the smaller of the scaled MAD and
//! what the quieter neighbours differ by: going up and down every few iterations must not widen the band
//! until all fits. The steady state begins at the first iteration
//! from which on four fifths lie in the band. Below [`SHORT_SERIES`] nothing can be said.
//!
//! The steady time is the median of the steady iterations. Without a steady state it is that of
//! the last half, so that a noisy machine does not empty the tables, and the class says so.

use crate::NoFigure;
use crate::changepoint::{Segment, segments};
use crate::describe::{MAD_TO_SIGMA, finite, mad, median, quantile};

/// From so many iterations on, change points decide.
pub const LONG_SERIES: usize = 40;
/// From so many on, the short-series variant does.
pub const SHORT_SERIES: usize = 5;
/// Levels closer than this part of the steady mean are one level.
pub const TOLERANCE: f64 = 0.02;
/// Half-width of the short-series band, at least, as a part of the median: what neighbouring
/// iterations of a program without a JIT differ by on a virtual machine that is not quiet.
pub const SHORT_BAND: f64 = 0.1;
/// Mean square successive difference / variance below which values wander: 2 for independent
/// noise, with a standard deviation of 2 / √n.
const WANDERING: f64 = 1.1;
/// The quarter point of |x − y| for independent standard normal x and y.
const QUARTER_DIFFERENCE: f64 = 0.450_6;
/// At most so many outliers in a row are set aside.
pub const LONELY: usize = 3;
/// Width of the sliding window in which outliers are looked for.
const WINDOW: usize = 200;

/// What an invocation, or all of them together, did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// As fast from the first iteration on.
    Flat,
    /// Became faster, then steady.
    WarmUp,
    /// Became slower, then steady.
    Slowdown,
    NoSteadyState,
    /// Some invocations were flat, some warmed up: both end at their best.
    GoodInconsistent,
    /// Invocations differ otherwise.
    Inconsistent,
    /// Too few iterations to judge.
    TooShort,
}

impl Class {
    pub fn label(self) -> &'static str {
        match self {
            Class::Flat => "flat",
            Class::WarmUp => "warm-up",
            Class::Slowdown => "slowdown",
            Class::NoSteadyState => "no steady state",
            Class::GoodInconsistent => "inconsistent (flat or warm-up)",
            Class::Inconsistent => "inconsistent",
            Class::TooShort => "too short",
        }
    }
}

/// Which rule decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    ChangePoints,
    ShortSeries,
    None,
}

impl Method {
    pub fn label(self) -> &'static str {
        match self {
            Method::ChangePoints => "change points (PELT)",
            Method::ShortSeries => "short series (MAD band)",
            Method::None => "fewer than 5 iterations",
        }
    }
}

/// One invocation, classified.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warmup {
    pub class: Class,
    pub method: Method,
    /// First iteration of the steady state, counted from 0; `None` without one.
    pub steady_from: Option<usize>,
    /// Time spent before the steady state, in the unit of the samples.
    pub time_to_steady: Option<f64>,
    /// Median of the steady iterations; without a steady state, of the last half.
    pub steady_time: f64,
    pub first_iteration: f64,
}

impl Warmup {
    /// Where the iterations begin that [`Warmup::steady_time`] was taken from.
    pub fn measured_from(&self, iterations: usize) -> usize {
        self.steady_from.unwrap_or(iterations / 2)
    }
}

/// Classifies one invocation.
///
/// Errors: [`NoFigure::Empty`], [`NoFigure::NotFinite`], [`NoFigure::NotPositive`].
pub fn classify(iterations: &[f64]) -> Result<Warmup, NoFigure> {
    finite(iterations)?;
    if iterations.iter().any(|v| *v <= 0.0) {
        return Err(NoFigure::NotPositive);
    }
    let (class, method, steady_from) = if iterations.len() >= LONG_SERIES {
        let (class, from) = by_change_points(iterations)?;
        (class, Method::ChangePoints, from)
    } else if iterations.len() >= SHORT_SERIES {
        let (class, from) = by_band(iterations)?;
        (class, Method::ShortSeries, from)
    } else {
        (Class::TooShort, Method::None, None)
    };
    let measured = &iterations[steady_from.unwrap_or(iterations.len() / 2)..];
    Ok(Warmup {
        class,
        method,
        steady_from,
        time_to_steady: steady_from
            .map(|from| iterations[..from].iter().fold(0.0, |sum, v| sum + v)),
        steady_time: median(measured)?,
        first_iteration: iterations[0],
    })
}

/// The class of all invocations together; `TooShort` if there are none.
pub fn combine(classes: &[Class]) -> Class {
    let all = |one: Class| classes.iter().all(|c| *c == one);
    let Some(&first) = classes.first() else {
        return Class::TooShort;
    };
    if all(first) {
        first
    } else if classes.contains(&Class::NoSteadyState) {
        Class::NoSteadyState
    } else if classes
        .iter()
        .all(|c| matches!(c, Class::Flat | Class::WarmUp))
    {
        Class::GoodInconsistent
    } else {
        Class::Inconsistent
    }
}

fn by_change_points(iterations: &[f64]) -> Result<(Class, Option<usize>), NoFigure> {
    let kept = without_outliers(iterations)?;
    let values: Vec<f64> = kept.iter().map(|&i| iterations[i]).collect();
    let parts = segments(&values)?;
    let last = parts[parts.len() - 1];
    let slack = last.sigma.max(TOLERANCE * last.mean);
    let differs = |part: &&Segment| (part.mean - last.mean).abs() > slack;
    let changing = parts.iter().rev().find(differs);
    let settled = changing.map_or(0, |part| part.end);
    let steady_from = if settled == 0 { 0 } else { kept[settled] };
    let too_late = steady_from > iterations.len() - iterations.len() / 4;
    if too_late || wanders(&values[settled..]) {
        return Ok((Class::NoSteadyState, None));
    }
    if changing.is_none() {
        return Ok((Class::Flat, Some(0)));
    }
    let was_faster = parts.iter().any(|part| part.mean < last.mean - slack);
    let class = if was_faster {
        Class::Slowdown
    } else {
        Class::WarmUp
    };
    Ok((class, Some(steady_from)))
}

/// Whether values go up and down for stretches at a time, by more than levels may differ.
fn wanders(values: &[f64]) -> bool {
    let n = values.len() as f64;
    let mean = values.iter().map(|v| v / n).sum::<f64>();
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    let steps = values.windows(2).map(|two| (two[1] - two[0]).powi(2));
    let successive = steps.sum::<f64>() / (n - 1.0);
    variance.sqrt() > TOLERANCE * mean && successive < WANDERING * variance
}

/// Indices of the iterations that are no outliers. An outlier lies farther than three times
/// P90 − P10 from the median of the window around it, and is one of at most [`LONELY`] in a row:
/// more than that is a level. A run of them at the start is kept.
fn without_outliers(iterations: &[f64]) -> Result<Vec<usize>, NoFigure> {
    let mut kept = Vec::with_capacity(iterations.len());
    let mut run: Vec<usize> = Vec::new();
    for (i, value) in iterations.iter().enumerate() {
        let low = i
            .saturating_sub(WINDOW / 2)
            .min(iterations.len().saturating_sub(WINDOW));
        let window = &iterations[low..(low + WINDOW).min(iterations.len())];
        let reach = 3.0 * (quantile(window, 0.9)? - quantile(window, 0.1)?);
        if (value - median(window)?).abs() <= reach {
            kept.push(i);
            run.clear();
            continue;
        }
        run.push(i);
        match run.len() {
            _ if run[0] == 0 || run.len() > LONELY + 1 => kept.push(i),
            length if length == LONELY + 1 => kept.extend_from_slice(&run),
            _ => {}
        }
    }
    Ok(kept)
}

fn by_band(iterations: &[f64]) -> Result<(Class, Option<usize>), NoFigure> {
    let n = iterations.len();
    let tail = &iterations[n / 2..];
    let level = median(tail)?;
    let differences: Vec<f64> = tail.windows(2).map(|two| (two[1] - two[0]).abs()).collect();
    let sigma = (quantile(&differences, 0.25)? / QUARTER_DIFFERENCE).min(MAD_TO_SIGMA * mad(tail)?);
    let reach = (3.0 * sigma).max(SHORT_BAND * level);
    let inside = |value: &f64| (value - level).abs() <= reach;
    let settled = |from: usize| {
        let rest = &iterations[from..];
        let good = rest.iter().filter(|v| inside(v)).count();
        inside(&rest[0]) && good * 5 >= rest.len() * 4
    };
    // The last iterations alone prove nothing: at least the last quarter has to be steady.
    let latest = n - (n / 4).max(2);
    match (0..=latest).find(|&from| settled(from)) {
        None => Ok((Class::NoSteadyState, None)),
        Some(0) => Ok((Class::Flat, Some(0))),
        Some(from) => {
            let before = median(&iterations[..from])?;
            let class = if before < level {
                Class::Slowdown
            } else {
                Class::WarmUp
            };
            Ok((class, Some(from)))
        }
    }
}
