//! The JIT's counters iteration by iteration, in strips under the warm-up curve and on its axis:
//! a step in the curve can be seen to be a trace being compiled.
//!
//! Counters are told as totals since the process began. A strip shows what each iteration added,
//! as columns, or for an amount of memory the level, as a line. Of several processes the first is
//! shown: processes do not compile at the same iterations, and a mean of them would show steps
//! that none has.

use serde::Serialize;

use crate::axes::round;
use crate::figure_text::{number, seconds};
use crate::view::{Column, CounterCurve, Invocation};

#[derive(Serialize)]
pub(crate) struct Strip {
    pub name: String,
    pub column: String,
    pub colour: String,
    /// The greatest value, at the strip's top.
    pub most: String,
    /// What the counter came to.
    pub end: String,
    pub columns: Vec<Bar>,
    pub line: String,
}

#[derive(Serialize)]
pub(crate) struct Bar {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    title: String,
}

/// What a strip shows, in the order of the page: counters of these names, summed.
struct Kind {
    name: &'static str,
    counters: &'static [&'static str],
    /// Also all counters that begin so.
    prefix: Option<&'static str>,
    is_level: bool,
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "loops and bridges compiled",
        counters: &["TOTAL_COMPILED_LOOPS", "TOTAL_COMPILED_BRIDGES"],
        prefix: None,
        is_level: false,
    },
    Kind {
        name: "time in tracing and backend",
        counters: &["TRACING seconds", "BACKEND seconds"],
        prefix: None,
        is_level: false,
    },
    Kind {
        name: "operations recorded",
        counters: &["RECORDED_OPS"],
        prefix: None,
        is_level: false,
    },
    Kind {
        name: "traces aborted",
        counters: &[],
        prefix: Some("ABORT_"),
        is_level: false,
    },
    Kind {
        name: "machine code",
        counters: &["machine code bytes"],
        prefix: None,
        is_level: true,
    },
];

pub(crate) const HEIGHT: f64 = 46.0;
/// The curve's own edges: the axes must agree.
pub(crate) const LEFT: f64 = 64.0;
pub(crate) const RIGHT: f64 = 970.0;

/// The strips of one process; none without counters.
pub(crate) fn of(run: &Invocation, column: &Column, colour: &str, most: usize) -> Vec<Strip> {
    KINDS
        .iter()
        .filter_map(|kind| strip(kind, run, column, colour, most))
        .collect()
}

fn strip(
    kind: &Kind,
    run: &Invocation,
    column: &Column,
    colour: &str,
    most: usize,
) -> Option<Strip> {
    let wanted = |curve: &&CounterCurve| {
        kind.counters.contains(&curve.name.as_str())
            || kind
                .prefix
                .is_some_and(|prefix| curve.name.starts_with(prefix))
    };
    let curves: Vec<&CounterCurve> = run.jit_curves.iter().filter(wanted).collect();
    let unit = curves.first()?.unit.clone();
    let count = curves.iter().map(|curve| curve.values.len()).max()?;
    let totals: Vec<f64> = (0..count)
        .map(|i| {
            let told = curves.iter().filter_map(|curve| curve.values.get(i));
            told.map(|value| value.unwrap_or(0.0)).sum()
        })
        .collect();
    let last = *totals.last()?;
    // A strip of zeros says nothing that its absence does not.
    if last <= 0.0 {
        return None;
    }
    let shown = match kind.is_level {
        true => totals,
        false => increments(&totals),
    };
    let highest = shown.iter().copied().fold(0.0, f64::max);
    let text = |value: f64| match unit.as_str() {
        "s" => seconds(value),
        "bytes" => format!("{} KiB", number(value / 1024.0)),
        _ => format!("{}", value.round()),
    };
    let place = Place { most, highest };
    Some(Strip {
        name: kind.name.to_owned(),
        column: column.name().to_owned(),
        colour: colour.to_owned(),
        most: text(highest),
        end: match kind.is_level {
            true => format!("at the end {}", text(last)),
            false => format!("in all {}", text(last)),
        },
        columns: match kind.is_level {
            true => Vec::new(),
            false => place.columns(&shown, text),
        },
        line: match kind.is_level {
            true => place.line(&shown),
            false => String::new(),
        },
    })
}

/// What each iteration added. A counter that falls was reset, which adds nothing.
fn increments(totals: &[f64]) -> Vec<f64> {
    let before = std::iter::once(0.0).chain(totals.iter().copied());
    let pairs = totals.iter().zip(before);
    pairs.map(|(now, before)| (now - before).max(0.0)).collect()
}

struct Place {
    most: usize,
    highest: f64,
}

impl Place {
    fn x_of(&self, iteration: usize) -> f64 {
        let last = (self.most.max(2) - 1) as f64;
        LEFT + iteration as f64 / last * (RIGHT - LEFT)
    }

    fn columns(&self, values: &[f64], text: impl Fn(f64) -> String) -> Vec<Bar> {
        let width = ((RIGHT - LEFT) / self.most.max(1) as f64 * 0.7).clamp(1.0, 14.0);
        let room = HEIGHT - 8.0;
        let with_value = values.iter().enumerate().filter(|(_, value)| **value > 0.0);
        with_value
            .map(|(i, value)| {
                let height = (value / self.highest * room).max(1.0);
                Bar {
                    x: round(self.x_of(i) - width / 2.0),
                    y: round(HEIGHT - height),
                    width: round(width),
                    height: round(height),
                    title: format!("iteration {}: {}", i + 1, text(*value)),
                }
            })
            .collect()
    }

    fn line(&self, values: &[f64]) -> String {
        let points = values.iter().enumerate().map(|(i, value)| {
            let y = HEIGHT - value / self.highest * (HEIGHT - 8.0);
            format!("{} {}", round(self.x_of(i)), round(y))
        });
        format!("M{}", points.collect::<Vec<_>>().join("L"))
    }
}
