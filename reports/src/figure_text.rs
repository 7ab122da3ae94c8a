//! Figures as text: three significant digits, a unit that fits, and sentences.

use crate::view::{BreakEvenView, Column, Estimate, Figures, Mean, MeanOf, View};

/// Three significant digits, without an exponent: `0.0123`, `4.21`, `358`.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = (2 - magnitude).clamp(0, 9) as usize;
    let text = format!("{value:.decimals$}");
    // 9.996 rounds up to 10.00: one digit too many.
    let digits = text
        .bytes()
        .filter(u8::is_ascii_digit)
        .skip_while(|d| *d == b'0')
        .count();
    if decimals > 0 && digits > 3 {
        format!("{value:.*}", decimals - 1)
    } else {
        text
    }
}

/// A number on an axis: no zeros that say nothing.
pub(crate) fn tick(value: f64) -> String {
    let text = number(value);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A time with its unit.
pub(crate) fn seconds(value: f64) -> String {
    let (scale, unit) = time_unit(value);
    format!("{} {unit}", number(value / scale))
}

/// A count of instructions.
pub(crate) fn instructions(value: f64) -> String {
    let (scale, unit) = match value.abs() {
        v if v >= 1e12 => (1e12, " T"),
        v if v >= 1e9 => (1e9, " G"),
        v if v >= 1e6 => (1e6, " M"),
        v if v >= 1e3 => (1e3, " k"),
        _ => (1.0, ""),
    };
    format!("{}{unit} instr.", number(value / scale))
}

/// A column's main figure: a time, or where the clock counts the instructions of a process.
pub(crate) fn main_figure(figures: &Figures) -> String {
    match figures.instructions {
        Some(count) => instructions(count.value),
        None => seconds(figures.steady_s.value),
    }
}

/// Its interval, in the unit that the figure has.
pub(crate) fn main_interval(figures: &Figures) -> String {
    match figures.instructions {
        Some(count) => interval(&count, instructions),
        None => seconds_interval(&figures.steady_s),
    }
}

/// The unit in which a time of this size is read best: (seconds in it, its name).
pub(crate) fn time_unit(value: f64) -> (f64, &'static str) {
    match value.abs() {
        v if v >= 1.0 => (1.0, "s"),
        v if v >= 1e-3 => (1e-3, "ms"),
        v if v >= 1e-6 => (1e-6, "µs"),
        0.0 => (1.0, "s"),
        _ => (1e-9, "ns"),
    }
}

pub(crate) const MIB: f64 = 1024.0 * 1024.0;

pub(crate) fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", number(bytes as f64 / MIB))
}

/// `[low, high]`, both through `text`; empty without an interval.
pub(crate) fn interval(estimate: &Estimate, text: impl Fn(f64) -> String) -> String {
    match estimate.interval {
        Some((low, high)) => format!("[{}, {}]", text(low), text(high)),
        None => String::new(),
    }
}

/// A time's interval in the unit of the time itself.
pub(crate) fn seconds_interval(estimate: &Estimate) -> String {
    let (scale, _) = time_unit(estimate.value);
    interval(estimate, |v| number(v / scale))
}

pub(crate) fn break_even(value: BreakEvenView) -> String {
    match value {
        BreakEvenView::NotApplicable => "–".to_owned(),
        BreakEvenView::At(iteration) => iteration.to_string(),
        BreakEvenView::NotWithin(iterations) => format!("never in {iterations}"),
    }
}

/// How a speed-up reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Faster,
    Slower,
    /// 1 lies in the interval, or without an interval the figure shows as 1.00.
    Even,
}

pub(crate) fn direction(speedup: &Estimate) -> Direction {
    let even = match speedup.interval {
        Some((low, high)) => low <= 1.0 && high >= 1.0,
        None => number(speedup.value) == "1.00",
    };
    match even {
        true => Direction::Even,
        false if speedup.value >= 1.0 => Direction::Faster,
        false => Direction::Slower,
    }
}

/// The estimate of 1 / value.
pub(crate) fn inverse(estimate: &Estimate) -> Estimate {
    let interval = estimate.interval.map(|(low, high)| (1.0 / high, 1.0 / low));
    Estimate {
        value: 1.0 / estimate.value,
        interval,
    }
}

/// `2.31 times faster than X [2.20, 2.43]`, or slower by 1 / mean, or no difference that the
/// interval would show.
pub(crate) fn comparison(speedup: &Estimate, than: &str) -> String {
    let (shown, word) = match direction(speedup) {
        Direction::Even => {
            let span = interval(speedup, number);
            let doubt = if span.is_empty() {
                ""
            } else {
                ": no difference is shown"
            };
            let text = format!("{} times the speed of {than} {span}", number(speedup.value));
            return format!("{}{doubt}", text.trim_end());
        }
        Direction::Faster => (*speedup, "faster"),
        Direction::Slower => (inverse(speedup), "slower"),
    };
    let span = interval(&shown, number);
    format!("{} times {word} than {than} {span}", number(shown.value))
        .trim_end()
        .to_owned()
}

impl View {
    /// What is compared with, by name; `None` if nothing is.
    pub(crate) fn compared_with(&self) -> Option<String> {
        let names: Vec<&str> = self.baselines().map(Column::name).collect();
        let (last, before) = names.split_last()?;
        Some(match before {
            [] => (*last).to_owned(),
            _ => format!("{} and {last}", before.join(", ")),
        })
    }
}

/// What a mean says, as a sentence without its subject's name.
pub(crate) fn mean_sentence(mean: &Mean, baseline: &Column) -> String {
    let than = baseline.name();
    let over = match mean.of {
        MeanOf::Steady => "The geometric mean of",
        MeanOf::FirstIteration => "In the first iteration, the geometric mean of",
        MeanOf::Memory => "The geometric mean of the peak memory of",
    };
    let of = format!("{over} {} of {} benchmarks", mean.n, mean.m);
    match (&mean.estimate, mean.of) {
        (None, _) => format!("No benchmark of {} can be compared with {than}.", mean.m),
        (Some(estimate), MeanOf::Memory) => {
            let span = interval(estimate, number);
            let text = format!(
                "{of} is {} times that of {than} {span}",
                number(estimate.value)
            );
            format!("{}.", text.trim_end())
        }
        (Some(estimate), _) if baseline.counts() => {
            let (shown, word) = match estimate.value >= 1.0 {
                true => (*estimate, "fewer"),
                false => (inverse(estimate), "more"),
            };
            let span = interval(&shown, number);
            let text = format!(
                "{of} is {} times {word} instructions than {than} {span}",
                number(shown.value)
            );
            format!("{}.", text.trim_end())
        }
        (Some(estimate), _) => format!("{of} is {}.", comparison(estimate, than)),
    }
}
