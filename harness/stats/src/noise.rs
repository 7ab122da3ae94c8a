//! How much a series moves when nothing has changed: the noise floor that a verdict must clear.
//!
//! A threshold of so many per cent for all series is too low for some and too high for others:
//! identical code gives ±0.2 % on one benchmark and ±3 % on the next. So each series' own noise
//! is learned, from two sources that need no labels:
//!
//! - *A/A pairs*: two runs of the same build differ by noise alone.
//! - *History*: neighbouring nights mostly have the same speed. Differences between neighbours
//!   (von Neumann, "Distribution of the ratio of the mean square successive difference to the
//!   variance", Annals of Mathematical Statistics 12(4), 1941) see a real step once and a drift
//!   hardly at all, while the spread around the mean would take both for noise.
//!
//! All is in logarithms, so noise is relative. The scale is robust (the median of absolute
//! differences), so that the steps among the differences do not count as noise; but measured
//! noise has heavier tails than a normal distribution, and a threshold from the middle alone
//! would be crossed too often. So the far quantile of the differences counts too, in the manner
//! of rustc-perf's fence Q3 + 3 · IQR, and the larger of both is the threshold. The scale of few
//! differences is itself a guess: what chance exceeds is asked of Student's distribution, with as
//! many degrees of freedom as there are differences.

use crate::NoFigure;
use crate::describe::{MAD_TO_SIGMA, median_in_place, quantile_of_sorted};
use crate::normal::{upper_point, upper_point_t};

/// Fewest differences from which a scale is learned.
pub const MIN_DIFFERENCES: usize = 6;

/// Where a noise floor comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    FromAa,
    FromHistory,
    FromBoth,
    /// From pairs of one run ([`crate::paired`]), for this comparison alone.
    FromPairs,
    /// Too little was there to learn from.
    Assumed,
}

impl Learned {
    pub fn label(self) -> &'static str {
        match self {
            Learned::FromAa => "A/A runs",
            Learned::FromHistory => "history",
            Learned::FromBoth => "A/A runs and history",
            Learned::FromPairs => "pairs",
            Learned::Assumed => "assumed",
        }
    }
}

/// The noise of one run's figure, relative: 0.01 is one per cent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Standard deviation of the logarithm of one run's figure.
    pub sigma: f64,
    /// The fence of rustc-perf's kind on the differences of two runs; 0 if assumed.
    pub fence: f64,
    pub learned: Learned,
    /// How many differences it was learned from.
    pub differences: usize,
}

/// Learns the noise of a series from pairs of figures of one build (`aa`) and of neighbouring runs
/// of different builds. With fewer than [`MIN_DIFFERENCES`] differences in all, `assumed` stands for it.
///
/// Errors: [`NoFigure::NotFinite`], [`NoFigure::NotPositive`].
pub fn learn(
    aa: &[(f64, f64)],
    neighbours: &[(f64, f64)],
    assumed: f64,
) -> Result<Noise, NoFigure> {
    let all: Result<Vec<f64>, NoFigure> = aa
        .iter()
        .chain(neighbours)
        .map(|(one, other)| difference(*one, *other))
        .collect();
    let mut sizes = all?;
    let count = sizes.len();
    if count < MIN_DIFFERENCES {
        return Ok(Noise {
            sigma: assumed,
            fence: 0.0,
            learned: Learned::Assumed,
            differences: count,
        });
    }
    // A difference has the variance of two figures.
    let sigma = MAD_TO_SIGMA * median_in_place(&mut sizes) / std::f64::consts::SQRT_2;
    sizes.sort_unstable_by(f64::total_cmp);
    let quarter = |part| quantile_of_sorted(&sizes, part);
    Ok(Noise {
        sigma,
        fence: quarter(0.75) + 3.0 * (quarter(0.75) - quarter(0.25)),
        learned: match (aa.is_empty(), neighbours.is_empty()) {
            (true, _) => Learned::FromHistory,
            (false, true) => Learned::FromAa,
            (false, false) => Learned::FromBoth,
        },
        differences: count,
    })
}

impl Noise {
    /// The relative change that chance exceeds with probability `chance`, upwards, between one
    /// run and the mean of `against` runs; 1.02 means 2 % more.
    pub fn threshold(&self, chance: f64, against: usize) -> f64 {
        let spread = (1.0 + 1.0 / against.max(1) as f64).sqrt();
        let deviations = match self.learned {
            Learned::Assumed => upper_point(chance),
            _ => upper_point_t(chance, self.differences),
        };
        let middle = deviations * self.sigma * spread;
        // The fence is on differences of two runs.
        let tail = self.fence * spread / std::f64::consts::SQRT_2;
        middle.max(tail).exp()
    }
}

fn difference(one: f64, other: f64) -> Result<f64, NoFigure> {
    if !one.is_finite() || !other.is_finite() {
        Err(NoFigure::NotFinite)
    } else if one <= 0.0 || other <= 0.0 {
        Err(NoFigure::NotPositive)
    } else {
        Ok((one / other).ln().abs())
    }
}
