//! Statistics of the harness: samples to figures, as pure functions.
//!
//! Each method names its source, and says where it departs from it and why. Nothing here panics
//! on data: an empty series, a NaN or a non-positive time is a [`NoFigure`] that the caller has
//! to show. All randomness comes from a seeded ChaCha stream, so that a report computed again
//! from the same store says the same.
//!
//! - [`describe`]: median, quantiles, spread.
//! - [`best`]: what a program takes where nothing disturbs it.
//! - [`bootstrap`]: intervals by resampling invocations, then iterations.
//! - [`geomean`]: the mean of ratios over what both sides completed, "n of m".
//! - [`changepoint`]: PELT segments of a series.
//! - [`warmup`]: whether and when an invocation reached a steady state.
//! - [`summary`]: the warm-up of all invocations of a series together.
//! - [`breakeven`]: when a slow start has paid for itself.
//! - [`levels`]: whether noise comes from builds, invocations or iterations, and what to repeat.
//! - [`effect`]: how large a difference is, as a ratio and as a chance.
//! - [`noise`]: how much a series moves when nothing has changed.
//! - [`paired`]: differences of two sides that were measured side by side.
//! - [`ranks`], [`reliability`]: tests without a distribution, and HPT over a suite.
//! - [`steps`]: changes over the nights of a history, by `energy` statistics.

pub mod best;
pub mod bootstrap;
pub mod breakeven;
pub mod changepoint;
pub mod describe;
pub mod effect;
mod energy;
pub mod geomean;
pub mod levels;
mod medians;
pub mod noise;
pub mod normal;
pub mod paired;
pub mod ranks;
pub mod reliability;
pub mod steps;
pub mod summary;
pub mod warmup;

#[cfg(test)]
mod inference_tests;
#[cfg(test)]
mod steps_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod truth_tests;

pub use bootstrap::{Bootstrap, Estimate, Interval, Label};
pub use breakeven::BreakEven;
pub use describe::{deviation, mad, median, quantile, relative_spread};
pub use geomean::{
    Entry, MeanOverIntersection, geometric_mean, mean_over_intersection, means_by_group,
};
pub use warmup::{Class, Method, Warmup};

/// Why there is no figure; the alternative to a NaN that travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFigure {
    /// No sample at all.
    Empty,
    /// A NaN or an infinity among the samples.
    NotFinite,
    /// Zero or less where a ratio or a logarithm needs a positive value.
    NotPositive,
}

impl std::fmt::Display for NoFigure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NoFigure::Empty => "no samples",
            NoFigure::NotFinite => "a sample is not a finite number",
            NoFigure::NotPositive => "a sample is zero or negative",
        })
    }
}

impl std::error::Error for NoFigure {}
