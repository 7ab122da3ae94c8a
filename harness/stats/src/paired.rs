//! Two sides that were measured side by side: what their differences, round by round, amount to.
//!
//! The problem: a machine's speed moves by more than the change one looks for, within minutes. But
//! what two executors share (the minute, the hash seed, the file cache) falls on both when they run
//! one after the other, and cancels in their ratio. So the differences within rounds are what is
//! looked at, and rounds are what is counted: iterations of a process are no samples of their own.
//!
//! A process that was disturbed makes one difference wild. The mean of the middle (a quarter of the
//! differences is left out at either end) bears that, and its error follows from the variance of
//! the differences with the outer ones drawn in: Yuen, "The two-sample trimmed t for unequal
//! population variances", Biometrika 61(1), 1974, after Tukey and McLaughlin, Sankhyā A 25(3),
//! 1963. Few differences are asked for more by Student's distribution in place of the normal one.

use crate::NoFigure;
use crate::describe::finite;
use crate::normal::upper_point_t;

/// The part of the differences that is left out at either end.
const TRIMMED: f64 = 0.25;

/// The middle of some differences, and how far it may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Middle {
    pub value: f64,
    /// Standard error.
    pub error: f64,
    /// Degrees of freedom of the error.
    pub freedom: usize,
}

impl Middle {
    /// The value that chance exceeds with probability `chance` though there is no difference.
    pub fn threshold(&self, chance: f64) -> f64 {
        upper_point_t(chance, self.freedom) * self.error
    }

    /// The two ends of an interval of confidence of this level.
    pub fn interval(&self, level: f64) -> (f64, f64) {
        let reach = self.threshold((1.0 - level) / 2.0);
        (self.value - reach, self.value + reach)
    }
}

/// The mean of independent middles; none of no middles. Its degrees of freedom are those of Welch,
/// "The generalization of 'Student's' problem when several different population variances are
/// involved", Biometrika 34(1–2), 1947, after Satterthwaite: nearly those of one part if its error
/// outweighs the others.
pub fn mean(parts: &[Middle]) -> Option<Middle> {
    let count = parts.len() as f64;
    let squares: f64 = parts.iter().map(|part| part.error.powi(2)).sum();
    let shares = parts
        .iter()
        .map(|part| part.error.powi(4) / part.freedom.max(1) as f64);
    let freedom = match shares.sum() {
        0.0 => parts.iter().map(|part| part.freedom).sum(),
        shares => (squares * squares / shares) as usize,
    };
    (!parts.is_empty()).then(|| Middle {
        value: parts.iter().map(|part| part.value / count).sum(),
        error: squares.sqrt() / count,
        freedom: freedom.max(1),
    })
}

/// The middle of differences; at least two are needed for an error.
///
/// Errors: [`NoFigure::Empty`] (fewer than two), [`NoFigure::NotFinite`].
pub fn middle(differences: &[f64]) -> Result<Middle, NoFigure> {
    finite(differences)?;
    if differences.len() < 2 {
        return Err(NoFigure::Empty);
    }
    let mut sorted = differences.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let count = sorted.len();
    let cut = (TRIMMED * count as f64).floor() as usize;
    let kept = &sorted[cut..count - cut];
    let value = kept.iter().map(|v| v / kept.len() as f64).sum();
    let (low, high) = (kept[0], kept[kept.len() - 1]);
    let drawn_in: Vec<f64> = sorted.iter().map(|v| v.clamp(low, high)).collect();
    let mean: f64 = drawn_in.iter().map(|v| v / count as f64).sum();
    let squares: f64 = drawn_in.iter().map(|v| (v - mean).powi(2)).sum();
    let freedom = kept.len() - 1;
    Ok(Middle {
        value,
        error: (squares / (kept.len() * freedom) as f64).sqrt(),
        freedom,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn few_differences_are_a_plain_mean() {
        let found = middle(&[1.0, 2.0, 6.0]).unwrap();
        assert_eq!(found.value, 3.0);
        // Sum of squares 14 over 3 · 2.
        assert!((found.error - (14.0f64 / 6.0).sqrt()).abs() < 1e-12);
        assert_eq!(found.freedom, 2);
    }

    #[test]
    fn a_trimmed_mean_is_as_computed_by_hand() {
        // Ten values, two left out at either end: 3..=8, and drawn in to 3,3,3,4,5,6,7,8,8,8.
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        let found = middle(&values).unwrap();
        assert_eq!((found.value, found.freedom), (5.5, 5));
        // Sum of squares around 5.5: 3 · 6.25 + 2.25 + .25 + .25 + 2.25 + 3 · 6.25 = 42.5.
        assert!((found.error - (42.5f64 / 30.0).sqrt()).abs() < 1e-12);
        let mut wild = values;
        wild[9] = 1e6;
        assert_eq!(middle(&wild).unwrap(), found, "one wild value says nothing");
    }

    #[test]
    fn one_difference_and_no_number_are_no_middle() {
        assert_eq!(middle(&[1.0]), Err(NoFigure::Empty));
        assert_eq!(middle(&[1.0, f64::NAN]), Err(NoFigure::NotFinite));
    }

    proptest! {
        #[test]
        fn it_moves_and_scales_with_its_values(
            values in proptest::collection::vec(-10.0f64..10.0, 2..40),
            by in -5.0f64..5.0,
            factor in 0.1f64..10.0,
        ) {
            let plain = middle(&values).unwrap();
            let moved: Vec<f64> = values.iter().map(|v| v * factor + by).collect();
            let moved = middle(&moved).unwrap();
            prop_assert!((moved.value - (plain.value * factor + by)).abs() < 1e-9);
            prop_assert!((moved.error - plain.error * factor).abs() < 1e-9);
        }
    }
}
