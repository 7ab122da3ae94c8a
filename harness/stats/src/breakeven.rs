//! The break-even iteration: from when on a slow start has paid for itself.
//!
//! A user does not run iterations, a user waits for the work to be done; so what counts is the
//! cumulated time. The candidate breaks even at the first iteration from which its cumulated
//! time stays at or below the baseline's. "Stays": one lucky early iteration that is lost again
//! is no break-even.

use crate::NoFigure;
use crate::describe::{finite, median_in_place};

/// From which iteration, counted from 1, the candidate is ahead for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakEven {
    At(usize),
    /// Not within so many iterations.
    NotWithin(usize),
}

/// Compares two series of invocations. Over invocations the median of each iteration counts.
/// Where one side ran fewer iterations, its last half's median stands for the missing ones, up
/// to the length of the longer side: interpreters without a JIT are run for few iterations.
///
/// Errors: [`NoFigure::Empty`], [`NoFigure::NotFinite`] on either side.
pub fn break_even(candidate: &[Vec<f64>], baseline: &[Vec<f64>]) -> Result<BreakEven, NoFigure> {
    let candidate = typical(candidate)?;
    let baseline = typical(baseline)?;
    let length = candidate.len().max(baseline.len());
    let (tail, baseline_tail) = (tail_median(&candidate), tail_median(&baseline));
    let (mut spent, mut baseline_spent) = (0.0, 0.0);
    let mut ahead_since = None;
    for i in 0..length {
        spent += candidate.get(i).copied().unwrap_or(tail);
        baseline_spent += baseline.get(i).copied().unwrap_or(baseline_tail);
        if spent > baseline_spent {
            ahead_since = None;
        } else {
            ahead_since = ahead_since.or(Some(i + 1));
        }
    }
    Ok(ahead_since.map_or(BreakEven::NotWithin(length), BreakEven::At))
}

/// The median over invocations of each iteration, as far as the longest invocation goes.
fn typical(invocations: &[Vec<f64>]) -> Result<Vec<f64>, NoFigure> {
    let length = invocations.iter().map(Vec::len).max().unwrap_or(0);
    if length == 0 {
        return Err(NoFigure::Empty);
    }
    (0..length)
        .map(|i| {
            let here: Vec<f64> = invocations
                .iter()
                .filter_map(|v| v.get(i).copied())
                .collect();
            Ok(median_in_place(&mut finite(&here)?))
        })
        .collect()
}

fn tail_median(series: &[f64]) -> f64 {
    median_in_place(&mut series[series.len() / 2..].to_vec())
}
