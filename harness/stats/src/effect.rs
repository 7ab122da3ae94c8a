//! How large a difference is: as a ratio, and as a chance.
//!
//! A ratio of centres with its interval is what Kalibera and Jones ask for ("Quantifying
//! performance changes with effect size confidence intervals", 2012): a reader can tell a large
//! uncertain change from a small certain one. Beside it stands the probability of superiority of
//! Vargha and Delaney, "A critique and improvement of the CL common language effect size
//! statistics", Journal of Educational and Behavioral Statistics 25(2), 2000: how likely an
//! invocation of one side is faster than one of the other. It needs no unit, and is 1/2 where
//! the sides do not differ.

use crate::bootstrap::{Bootstrap, Estimate, Label};
use crate::describe::median;
use crate::{NoFigure, bootstrap};

/// Both measures of a difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// New / old; above 1 is slower.
    pub ratio: Estimate,
    /// The chance that an invocation of the new side takes longer than one of the old; ties
    /// count half.
    pub slower_chance: Estimate,
}

/// The effect between two sides, `[invocation][iteration]`.
///
/// Errors: as [`Bootstrap::ratio`].
pub fn effect(
    bootstrap: &Bootstrap,
    label: Label<'_>,
    new: &[Vec<f64>],
    old: &[Vec<f64>],
) -> Result<Effect, NoFigure> {
    let ratio = bootstrap.ratio(label, new, old)?;
    let (new, old) = (centres(new)?, centres(old)?);
    let mut rng = bootstrap.stream(label, "superiority");
    let (mut drawn_new, mut drawn_old) = (new.clone(), old.clone());
    let interval = bootstrap.interval(new.len() == 1 && old.len() == 1, || {
        bootstrap::draw(&new, &mut drawn_new, &mut rng);
        bootstrap::draw(&old, &mut drawn_old, &mut rng);
        superiority(&drawn_new, &drawn_old)
    });
    let value = superiority(&new, &old);
    Ok(Effect {
        ratio,
        slower_chance: Estimate { value, interval },
    })
}

/// Vargha and Delaney's A: P(x > y) + P(x = y) / 2. Neither may be empty.
fn superiority(x: &[f64], y: &[f64]) -> f64 {
    let of_pair = |x: f64, y: f64| match x.total_cmp(&y) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Less => 0.0,
    };
    let sum: f64 = x
        .iter()
        .flat_map(|x| y.iter().map(|y| of_pair(*x, *y)))
        .sum();
    sum / (x.len() * y.len()) as f64
}

fn centres(invocations: &[Vec<f64>]) -> Result<Vec<f64>, NoFigure> {
    invocations.iter().map(|values| median(values)).collect()
}
