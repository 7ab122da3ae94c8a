//! Where a stretch of values splits best into two of different distribution.
//!
//! The statistic of E-divisive: Matteson and James, "A nonparametric approach for multiple change
//! point analysis of multivariate data", JASA 109(505), 2014, after Székely and Rizzo's energy
//! distance, with exponent 1. It compares the mean distance between values of both sides with the
//! mean distances within each; it asks for no distribution and one wild value moves it little.
//!
//! Cost: quadratic in the number of values, without a matrix of distances: moving one value from
//! the right side to the left changes the three sums by that value's own distances.

/// The best split of a stretch: the right side begins at `at`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Split {
    pub at: usize,
    pub energy: f64,
}

/// The split with the greatest energy that leaves `least` values on each side; `None` if the
/// stretch is too short. `least` is at least 2, since one value has no distance within.
pub(crate) fn best_split(values: &[f64], least: usize) -> Option<Split> {
    let least = least.max(2);
    let n = values.len();
    if n < 2 * least {
        return None;
    }
    let mut within_left = 0.0;
    let mut within_right = 0.0;
    for (i, value) in values.iter().enumerate() {
        within_right += distances(*value, &values[i + 1..]);
    }
    let (mut between, mut best) = (0.0, None::<Split>);
    for (i, value) in values.iter().enumerate().take(n - least) {
        let (to_left, to_right) = (
            distances(*value, &values[..i]),
            distances(*value, &values[i + 1..]),
        );
        within_left += to_left;
        within_right -= to_right;
        between += to_right - to_left;
        let at = i + 1;
        if at >= least {
            let (left, right) = (at as f64, (n - at) as f64);
            let energy = left * right / (left + right)
                * (2.0 * between / (left * right)
                    - 2.0 * within_left / (left * (left - 1.0))
                    - 2.0 * within_right / (right * (right - 1.0)));
            if best.is_none_or(|found| energy > found.energy) {
                best = Some(Split { at, energy });
            }
        }
    }
    best
}

fn distances(value: f64, others: &[f64]) -> f64 {
    others.iter().map(|other| (value - other).abs()).sum()
}
