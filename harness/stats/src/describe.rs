//! Order statistics: median, quantiles and the median absolute deviation.
//!
//! Medians rather than means inside an invocation, because iteration times are skewed to the
//! right by collections, compilation and the rest of the machine.

use crate::NoFigure;

/// The median: the middle value, or the mean of the two middle ones.
///
/// Errors: [`NoFigure::Empty`], [`NoFigure::NotFinite`].
pub fn median(values: &[f64]) -> Result<f64, NoFigure> {
    let mut copy = finite(values)?;
    Ok(median_in_place(&mut copy))
}

/// The `p`-quantile with linear interpolation between order statistics: definition 7 of
/// Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician
/// 50(4), 1996. `p` is clamped to 0..=1.
///
/// Errors: [`NoFigure::Empty`], [`NoFigure::NotFinite`] (also for a NaN `p`).
pub fn quantile(values: &[f64], p: f64) -> Result<f64, NoFigure> {
    if p.is_nan() {
        return Err(NoFigure::NotFinite);
    }
    let mut copy = finite(values)?;
    copy.sort_unstable_by(f64::total_cmp);
    Ok(quantile_of_sorted(&copy, p))
}

/// The median absolute deviation from the median, unscaled: Rousseeuw and Croux, "Alternatives
/// to the median absolute deviation", JASA 88(424), 1993. Multiply by [`MAD_TO_SIGMA`] to
/// compare it with a standard deviation.
///
/// Errors: as [`median`]. One sample has the deviation 0.
pub fn mad(values: &[f64]) -> Result<f64, NoFigure> {
    let centre = median(values)?;
    let mut deviations: Vec<f64> = values.iter().map(|v| (v - centre).abs()).collect();
    Ok(median_in_place(&mut deviations))
}

/// The standard deviation of what the values are a sample of.
///
/// Errors: [`NoFigure::Empty`] for fewer than two, [`NoFigure::NotFinite`].
pub fn deviation(values: &[f64]) -> Result<f64, NoFigure> {
    let values = finite(values)?;
    if values.len() < 2 {
        return Err(NoFigure::Empty);
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Ok((squares / (count - 1.0)).sqrt())
}

/// What makes the MAD of a normal distribution its standard deviation: 1 / Φ⁻¹(3/4).
pub const MAD_TO_SIGMA: f64 = 1.482_602_218_505_602;

/// MAD / median: how noisy a series is, without a unit. One sample says nothing: [`NoFigure::Empty`].
pub fn relative_spread(values: &[f64]) -> Result<f64, NoFigure> {
    if values.len() < 2 {
        return Err(NoFigure::Empty);
    }
    let centre = median(values)?;
    if centre <= 0.0 {
        return Err(NoFigure::NotPositive);
    }
    Ok(mad(values)? / centre)
}

/// A copy of the values, if there are any and all are finite.
pub(crate) fn finite(values: &[f64]) -> Result<Vec<f64>, NoFigure> {
    if values.is_empty() {
        Err(NoFigure::Empty)
    } else if values.iter().any(|v| !v.is_finite()) {
        Err(NoFigure::NotFinite)
    } else {
        Ok(values.to_vec())
    }
}

/// Median by selection, in linear time; the slice is reordered and must not be empty.
pub(crate) fn median_in_place(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Halves first: the sum of two large values must not overflow.
    if even {
        lower / 2.0 + *upper / 2.0
    } else {
        *upper
    }
}

/// As [`quantile`], for values already sorted and not empty.
pub(crate) fn quantile_of_sorted(sorted: &[f64], p: f64) -> f64 {
    let place = p.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let weight = place - below as f64;
    sorted[below] * (1.0 - weight) + sorted[above] * weight
}
