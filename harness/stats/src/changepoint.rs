//! Change points in a series of iteration times: where its level or its noise changes.
//!
//! The idea: choose the segmentation with the least sum of costs, where a segment's cost is
//! twice the negative log-likelihood of its best normal distribution and every change pays a
//! penalty. Trying all segmentations is exponential; optimal partitioning is quadratic; PELT
//! (Killick, Fearnhead and Eckley, "Optimal detection of changepoints with a linear
//! computational cost", JASA 107(500), 2012) forgets a start as soon as it can no longer win,
//! which makes long series linear in practice. Cost in mean *and* variance, and the penalty
//! 15 · ln n, are those of Barrett, Bolz-Tereick, Killick, Mount and Tratt, "Virtual machine
//! warmup blows hot and cold", OOPSLA 2017.
//!
//! One departure: variances are floored at the square of [`RESOLUTION`] times the series'
//! median. Otherwise two equal neighbours have variance 0, likelihood infinity, and every
//! repeated clock reading is a segment. The floor is relative, so segments do not depend on the
//! unit of time.

use crate::NoFigure;
use crate::describe::{finite, median_in_place};

/// Differences below this part of the median are not looked at.
pub const RESOLUTION: f64 = 0.001;

/// Fewest values that have a mean and a variance.
pub const MIN_SEGMENT: usize = 2;

/// Values `start..end` of the series, with their mean and standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    pub start: usize,
    pub end: usize,
    pub mean: f64,
    pub sigma: f64,
}

/// The segments of `values`, in order and without gaps; one segment if nothing changes.
///
/// Errors: [`NoFigure::Empty`], [`NoFigure::NotFinite`], [`NoFigure::NotPositive`] (for a median
/// of zero or less: the floor needs a positive level).
pub fn segments(values: &[f64]) -> Result<Vec<Segment>, NoFigure> {
    let level = median_in_place(&mut finite(values)?);
    if level <= 0.0 {
        return Err(NoFigure::NotPositive);
    }
    let sums = PrefixSums::of(values, level);
    let ends = pelt(&sums, 15.0 * (values.len() as f64).ln());
    let mut start = 0;
    Ok(ends
        .into_iter()
        .map(|end| {
            let (mean, variance) = sums.mean_and_variance(start, end);
            let segment = Segment {
                start,
                end,
                mean: mean * level,
                sigma: variance.sqrt() * level,
            };
            start = end;
            segment
        })
        .collect())
}

/// Ends of the segments of the cheapest segmentation.
fn pelt(sums: &PrefixSums, penalty: f64) -> Vec<usize> {
    let n = sums.len();
    if n < 2 * MIN_SEGMENT {
        return vec![n];
    }
    // `best[t]` is the least cost of the first t values, `from[t]` where its last segment starts.
    let mut best = vec![f64::INFINITY; n + 1];
    let mut from = vec![0usize; n + 1];
    best[0] = -penalty;
    let mut starts: Vec<usize> = vec![0];
    for t in MIN_SEGMENT..=n {
        for &start in &starts {
            let cost = best[start] + sums.cost(start, t) + penalty;
            if cost < best[t] {
                best[t] = cost;
                from[t] = start;
            }
        }
        // A start whose cost exceeds the best even without a penalty can never win later.
        starts.retain(|&start| best[start] + sums.cost(start, t) <= best[t]);
        // The start that is long enough from the next value on.
        let next = t + 1 - MIN_SEGMENT;
        if next >= MIN_SEGMENT {
            starts.push(next);
        }
    }
    let mut ends = Vec::new();
    let mut t = n;
    while t > 0 {
        ends.push(t);
        t = from[t];
    }
    ends.reverse();
    ends
}

/// Sums of the values and of their squares, centred on 1 by dividing by the level: squares of
/// nearly equal large numbers would cancel.
struct PrefixSums {
    value: Vec<f64>,
    square: Vec<f64>,
}

impl PrefixSums {
    fn of(values: &[f64], level: f64) -> PrefixSums {
        let mut sums = PrefixSums {
            value: vec![0.0],
            square: vec![0.0],
        };
        let (mut value_sum, mut square_sum) = (0.0, 0.0);
        for value in values {
            let offset = value / level - 1.0;
            value_sum += offset;
            square_sum += offset * offset;
            sums.value.push(value_sum);
            sums.square.push(square_sum);
        }
        sums
    }

    fn len(&self) -> usize {
        self.value.len() - 1
    }

    fn mean_and_variance(&self, start: usize, end: usize) -> (f64, f64) {
        let count = (end - start) as f64;
        let mean = (self.value[end] - self.value[start]) / count;
        let square = (self.square[end] - self.square[start]) / count;
        (mean + 1.0, (square - mean * mean).max(0.0))
    }

    /// Twice the negative log-likelihood of the normal distribution that fits best.
    fn cost(&self, start: usize, end: usize) -> f64 {
        let count = (end - start) as f64;
        let (_, variance) = self.mean_and_variance(start, end);
        let floored = variance.max(RESOLUTION * RESOLUTION);
        count * ((std::f64::consts::TAU * floored).ln() + 1.0)
    }
}
