//! Rank tests: is one sample larger than another, whatever their distribution?
//!
//! The rank-sum test of Wilcoxon, "Individual comparisons by ranking methods", Biometrics
//! Bulletin 1(6), 1945, and Mann and Whitney; and Wilcoxon's signed-rank test in the form that
//! HPT needs (see [`crate::reliability`]), where pairs that do not differ share their ranks
//! between both sides.
//!
//! Small samples are counted exactly: the number of ways in which chance gives at least this sum,
//! by the usual recurrence over ranks. Ties have their mean rank; ranks are doubled so that they
//! stay whole numbers, and the count is then of the permutations of the very ranks seen, which
//! stays exact with ties. Large samples use the normal approximation with correction for ties
//! and continuity.

use crate::NoFigure;
use crate::describe::finite;
use crate::normal::upper_tail;

/// Up to so many values in all, the rank-sum test is counted.
const EXACT_VALUES: usize = 40;
/// Up to so many pairs, the signed-rank test is counted.
const EXACT_PAIRS: usize = 60;

/// The probability that chance alone makes `x` look at least so much larger than `y`.
///
/// Errors: [`NoFigure::Empty`], [`NoFigure::NotFinite`] on either side.
pub fn rank_sum(x: &[f64], y: &[f64]) -> Result<f64, NoFigure> {
    let mut all = finite(x)?;
    all.extend(finite(y)?);
    let ranks = doubled_ranks(&all);
    let sum: u64 = ranks[..x.len()].iter().sum();
    if all.len() <= EXACT_VALUES {
        return Ok(exact_rank_sum(&ranks, x.len(), sum));
    }
    let (n, m) = (x.len() as f64, y.len() as f64);
    let count = n + m;
    let mean = n * (count + 1.0) / 2.0;
    let spread = ranks
        .iter()
        .map(|rank| (*rank as f64 / 2.0 - (count + 1.0) / 2.0).powi(2))
        .sum::<f64>();
    let variance = n * m * spread / (count * (count - 1.0));
    Ok(tail(sum as f64 / 2.0, mean, variance))
}

/// The probability that chance alone gives the positive differences at least this sum of ranks.
/// Differences of exactly 0 give half their ranks to either side.
///
/// Errors: [`NoFigure::Empty`], [`NoFigure::NotFinite`].
pub fn signed_rank(differences: &[f64]) -> Result<f64, NoFigure> {
    let sizes: Vec<f64> = finite(differences)?.iter().map(|d| d.abs()).collect();
    let ranks = doubled_ranks(&sizes);
    // Doubled once more by halving the zeros' ranks.
    let mut sum = 0;
    let mut free = Vec::new();
    let mut fixed = 0;
    for (difference, rank) in differences.iter().zip(&ranks) {
        if *difference == 0.0 {
            fixed += rank;
        } else {
            free.push(2 * rank);
            sum += if *difference > 0.0 { 2 * rank } else { 0 };
        }
    }
    if free.len() <= EXACT_PAIRS {
        return Ok(exact_signed(&free, sum));
    }
    let mean = free.iter().sum::<u64>() as f64 / 2.0 + fixed as f64;
    let variance: f64 = free.iter().map(|rank| (*rank as f64 / 2.0).powi(2)).sum();
    // In units of a quarter rank; the correction for continuity is half a rank.
    Ok(tail(
        (sum + fixed) as f64 / 4.0,
        mean / 4.0,
        variance / 16.0,
    ))
}

fn tail(seen: f64, mean: f64, variance: f64) -> f64 {
    if variance <= 0.0 {
        return 1.0;
    }
    upper_tail((seen - mean - 0.5) / variance.sqrt())
}

/// Ranks from 1, twice each; equal values have the mean of their ranks.
fn doubled_ranks(values: &[f64]) -> Vec<u64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let value = values[order[start]];
        let equal = |&&at: &&usize| values[at] == value;
        let length = order[start..].iter().take_while(equal).count();
        for &at in &order[start..start + length] {
            ranks[at] = (2 * start + length + 1) as u64;
        }
        start += length;
    }
    ranks
}

/// The part of all choices of `count` ranks whose sum is at least `sum`.
fn exact_rank_sum(ranks: &[u64], count: usize, sum: u64) -> f64 {
    let total: u64 = ranks.iter().sum();
    let width = total as usize + 1;
    // `ways[k][s]`: choices of k of the ranks so far with the sum s.
    let mut ways = vec![vec![0.0f64; width]; count + 1];
    ways[0][0] = 1.0;
    for &rank in ranks {
        let rank = rank as usize;
        for k in (1..=count).rev() {
            let (fewer, more) = ways.split_at_mut(k);
            let from = &fewer[k - 1];
            for s in rank..width {
                more[0][s] += from[s - rank];
            }
        }
    }
    let all: f64 = ways[count].iter().sum();
    let beyond: f64 = ways[count][sum as usize..].iter().sum();
    beyond / all
}

/// The part of all choices of signs whose positive ranks sum to at least `sum`.
fn exact_signed(ranks: &[u64], sum: u64) -> f64 {
    let width = ranks.iter().sum::<u64>() as usize + 1;
    let mut chance = vec![0.0f64; width];
    chance[0] = 1.0;
    for &rank in ranks {
        let rank = rank as usize;
        for s in (0..width).rev() {
            let with = if s >= rank { chance[s - rank] } else { 0.0 };
            chance[s] = (chance[s] + with) / 2.0;
        }
    }
    chance[sum as usize..].iter().sum::<f64>().min(1.0)
}
