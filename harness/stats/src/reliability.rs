//! How reliably one side is faster over a whole suite.
//!
//! A geometric mean is one number of many programs; it does not say whether the next program
//! would be faster too. Chen, Chen, Guo, Temam, Wu and Hu, "Statistical performance comparisons
//! of computers", HPCA 2012 (IEEE Transactions on Computers 64(5), 2015), propose HPT, which
//! assumes no distribution: for each benchmark the rank-sum test says whether the sides differ at
//! all; where they do, the difference of medians counts, where not, zero; the signed-rank test
//! over these differences gives the confidence that one side is faster. Asked of a side made
//! slower by a factor, the same test gives the speed-up that holds at a wished confidence.
//!
//! One departure: differences are of logarithms, so that a benchmark of a minute does not
//! outrank all others, and the reliability does not depend on units.

use crate::NoFigure;
use crate::describe::median;
use crate::ranks::{rank_sum, signed_rank};

/// Sides of a benchmark whose rank sums are likelier than this by chance do not differ.
const DIFFERENT: f64 = 0.05;

/// The samples of one benchmark, one for each invocation: times of both sides.
#[derive(Clone, Debug)]
pub struct Pair {
    pub ours: Vec<f64>,
    pub theirs: Vec<f64>,
}

/// The confidence, 0 to 1, that ours is faster over the suite by more than `factor` (1 for
/// "faster at all").
///
/// Errors: [`NoFigure::Empty`] (no benchmark, or one without samples), [`NoFigure::NotFinite`],
/// [`NoFigure::NotPositive`].
pub fn reliability(suite: &[Pair], factor: f64) -> Result<f64, NoFigure> {
    if !factor.is_finite() {
        return Err(NoFigure::NotFinite);
    }
    if factor <= 0.0 {
        return Err(NoFigure::NotPositive);
    }
    let differences: Result<Vec<f64>, NoFigure> =
        suite.iter().map(|pair| advantage(pair, factor)).collect();
    Ok(1.0 - signed_rank(&differences?)?)
}

/// The greatest factor by which ours is faster with the given confidence. Below 1 it says how
/// much slower ours may be.
///
/// Errors: as [`reliability`].
pub fn reliable_speedup(suite: &[Pair], confidence: f64) -> Result<f64, NoFigure> {
    reliability(suite, 1.0)?;
    let (mut low, mut high) = (-16.0f64, 16.0f64);
    // Reliability falls as the factor grows: 40 halvings of 2⁻¹⁶..2¹⁶ leave nothing to see.
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if reliability(suite, middle.exp2())? >= confidence {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(low.exp2())
}

/// ln(theirs / (ours · factor)) of the medians, or 0 where the samples do not differ.
fn advantage(pair: &Pair, factor: f64) -> Result<f64, NoFigure> {
    if pair.ours.iter().chain(&pair.theirs).any(|v| *v <= 0.0) {
        return Err(NoFigure::NotPositive);
    }
    let slowed: Vec<f64> = pair.ours.iter().map(|v| v * factor).collect();
    let faster = rank_sum(&pair.theirs, &slowed)?;
    let slower = rank_sum(&slowed, &pair.theirs)?;
    if faster.min(slower) > DIFFERENT {
        return Ok(0.0);
    }
    Ok((median(&pair.theirs)? / median(&slowed)?).ln())
}
