//! Changes in the history of a series: nights at which its level moved for good.
//!
//! The problem: a history is a noisy number a night, over months. Compared night with night,
//! noise alone gives alarms, and a regression of one and a half standard deviations drowns,
//! though over weeks it is plain to see. Matteson and James's E-divisive, brought to performance
//! data by Daly, Brown, Ingo, O'Leary and Bradford, "The use of change point detection to
//! identify software performance regressions in a continuous integration system", ICPE 2020,
//! splits the history where the energy statistic is greatest, asks whether chance would do as
//! well, and goes on in both parts. Departures, each for a fault of the plain form on our data:
//!
//! - *Seeded stretches.* A regression that is fixed after some weeks leaves both ends of the
//!   history alike, and no single split of the whole shows it. So splits are tried on a fixed
//!   system of overlapping stretches of all lengths (Kovács, Bühlmann, Li and Munk, "Seeded
//!   binary segmentation", Biometrika 110(1), 2023), and of those that are significant the
//!   narrowest is taken first (Baranowski, Chen and Fryzlewicz, "Narrowest-over-threshold
//!   detection of multiple change points", JRSS B 81(3), 2019).
//! - *Significance* is the chance that the greatest standardised difference of means over all
//!   splits of a stretch of mere noise would be as large, by the approximation of Gombay and
//!   Horváth, "On the rate of approximations for maximum likelihood tests in change-point
//!   models", Journal of Multivariate Analysis 56(1), 1996. Permutations, the usual way, cost a
//!   thousand times as much and give another answer for another seed. Values are clipped at
//!   [`CLIP`] standard deviations, so that one wild night is no step.
//! - *Placement.* Each change is moved, between its neighbours, to where two levels fit best.
//! - *Drift is told from steps.* Where a straight line fits between the neighbours of a change
//!   as well as two levels do, there is no night to blame, and it is called a drift.
//!
//! Everything is done on logarithms: changes are ratios and the unit does not matter.

use crate::NoFigure;
use crate::describe::{MAD_TO_SIGMA, median_in_place};
use crate::energy::best_split;
use crate::normal;

/// Values farther from a level than this many standard deviations count as that far.
pub const CLIP: f64 = 3.0;
/// Fewest nights that make a level.
pub const MIN_NIGHTS: usize = 4;
/// What the choice of a place costs two levels against a line: on histories with known truth, 1
/// leaves twice as many alarms in drifts, 2 loses the first true steps.
const PLACE_COST: f64 = 1.5;
/// Each length of stretches is this part of the next longer.
const SHRINK: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// What a change looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Step,
    Drift,
}

/// A change of level. Night `at` is the first of the new level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    pub at: usize,
    /// The nights between which it was estimated: from the change before to the one after.
    pub from: usize,
    pub to: usize,
    pub kind: Kind,
    /// Level after / level before.
    pub magnitude: f64,
    /// Size in standard deviations of one night.
    pub sigmas: f64,
    /// The chance that noise alone would show as much.
    pub chance: f64,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Changes likelier than this by chance are none.
    pub chance: f64,
    /// Changes smaller than this part are not told, 0.01 for one per cent.
    pub least_magnitude: f64,
}

impl Default for Rule {
    fn default() -> Rule {
        Rule {
            chance: 0.002,
            least_magnitude: 0.0,
        }
    }
}

/// The changes in a history, oldest first.
///
/// Errors: [`NoFigure::Empty`], [`NoFigure::NotFinite`], [`NoFigure::NotPositive`].
pub fn changes(history: &[f64], rule: &Rule) -> Result<Vec<Change>, NoFigure> {
    if history.is_empty() {
        return Err(NoFigure::Empty);
    }
    if history.iter().any(|v| !v.is_finite()) {
        return Err(NoFigure::NotFinite);
    }
    if history.iter().any(|v| *v <= 0.0) {
        return Err(NoFigure::NotPositive);
    }
    let logs: Vec<f64> = history.iter().map(|v| v.ln()).collect();
    let Some(scale) = Scale::of(&logs) else {
        return Ok(Vec::new());
    };
    let scaled: Vec<f64> = logs.iter().map(|v| v / scale.sigma).collect();
    let mut at = candidates(&scaled, &scale, rule.chance);
    let mut left = usize::MAX;
    while at.len() < left {
        left = at.len();
        place(&scaled, &mut at);
        prune(&scaled, &scale, rule.chance, &mut at);
    }
    let described = (0..at.len()).map(|i| describe(&scaled, &scale, &at, i));
    let least = (1.0 + rule.least_magnitude).ln();
    Ok(described
        .filter(|change| change.magnitude.ln().abs() >= least)
        .collect())
}

/// The noise of one night.
#[derive(Clone, Copy, Debug)]
struct Scale {
    sigma: f64,
    /// Variance of clipped noise in units of `sigma`²: below 1 for a normal distribution,
    /// more where tails are heavy.
    clipped_variance: f64,
}

impl Scale {
    /// From differences of neighbours; `None` if there is no noise, or too little history.
    fn of(logs: &[f64]) -> Option<Scale> {
        if logs.len() < 2 * MIN_NIGHTS {
            return None;
        }
        let differences = logs.windows(2).map(|two| (two[1] - two[0]).abs());
        let mut sizes: Vec<f64> = differences.collect();
        let sigma = MAD_TO_SIGMA * median_in_place(&mut sizes) / std::f64::consts::SQRT_2;
        // Half of all nights equal their neighbours: the mean has to do.
        let mean = sizes.iter().sum::<f64>() / sizes.len() as f64;
        let floor = mean * std::f64::consts::PI.sqrt() / 2.0 / 4.0;
        let sigma = sigma.max(floor);
        if sigma <= 1e-12 {
            return None;
        }
        let unit = sigma * std::f64::consts::SQRT_2;
        let squares = sizes.iter().map(|size| (size / unit).min(CLIP).powi(2));
        Some(Scale {
            sigma,
            clipped_variance: squares.sum::<f64>() / sizes.len() as f64,
        })
    }
}

/// Splits of seeded stretches that are significant, narrowest first, none inside the stretch of
/// another that was taken.
fn candidates(values: &[f64], scale: &Scale, chance: f64) -> Vec<usize> {
    let mut taken: Vec<usize> = Vec::new();
    for (start, end) in stretches(values.len()) {
        if taken.iter().any(|at| start < *at && *at < end) {
            continue;
        }
        if chance_of_difference(&values[start..end], scale) > chance {
            continue;
        }
        if let Some(split) = best_split(&values[start..end], MIN_NIGHTS) {
            taken.push(start + split.at);
        }
    }
    taken.sort_unstable();
    taken
}

/// Overlapping stretches of all lengths, short ones first.
fn stretches(nights: usize) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    let mut length = nights as f64;
    while length >= 2.0 * MIN_NIGHTS as f64 {
        let whole = length.ceil() as usize;
        let count = (2.0 * (nights as f64 / length).ceil()) as usize - 1;
        for i in 0..count {
            let start = match count {
                1 => 0,
                _ => ((nights - whole) as f64 * i as f64 / (count - 1) as f64).round() as usize,
            };
            all.push((start, start + whole));
        }
        length *= SHRINK;
    }
    all.reverse();
    all
}

/// How likely noise alone reaches the greatest standardised difference of means over all splits
/// of a stretch.
fn chance_of_difference(values: &[f64], scale: &Scale) -> f64 {
    let n = values.len();
    let centre = median_in_place(&mut values.to_vec());
    let clipped: Vec<f64> = values
        .iter()
        .map(|v| (v - centre).clamp(-CLIP, CLIP))
        .collect();
    let total: f64 = clipped.iter().sum();
    let (mut sum, mut greatest) = (0.0f64, 0.0f64);
    for (i, value) in clipped.iter().enumerate().take(n - MIN_NIGHTS) {
        sum += value;
        let left = (i + 1) as f64;
        if i + 1 >= MIN_NIGHTS {
            let right = n as f64 - left;
            let off = sum - total * left / n as f64;
            greatest = greatest.max(off * off * n as f64 / (left * right));
        }
    }
    let z = (greatest / scale.clipped_variance).sqrt();
    chance_of_greatest(z, n)
}

/// Gombay and Horváth's approximation for `n` values with splits between [`MIN_NIGHTS`] and
/// n − [`MIN_NIGHTS`].
fn chance_of_greatest(z: f64, n: usize) -> f64 {
    if z < 1.5 {
        return 1.0;
    }
    let edge = MIN_NIGHTS as f64 / n as f64;
    let spread = 2.0 * ((1.0 - edge) / edge).ln();
    let height = z * (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    (height * (spread - spread / (z * z) + 4.0 / (z * z)))
        .max(2.0 * normal::upper_tail(z))
        .min(1.0)
}

/// Moves each change to where two levels fit best between its neighbours.
fn place(values: &[f64], at: &mut [usize]) {
    for _ in 0..3 {
        for i in 0..at.len() {
            let (from, to) = neighbours(values.len(), at, i);
            at[i] = best_place(values, from, at[i], to);
        }
    }
}

fn best_place(values: &[f64], from: usize, at: usize, to: usize) -> usize {
    let before = level(&values[from..at]);
    let after = level(&values[at..to]);
    let cost = |value: f64, level: f64| (value - level).powi(2).min(CLIP * CLIP);
    // Moving night i from the right side to the left changes the fit by this much.
    let (mut sum, mut best) = (0.0, (f64::INFINITY, at));
    for (i, value) in values.iter().enumerate().take(to - MIN_NIGHTS).skip(from) {
        sum += cost(*value, before) - cost(*value, after);
        if i + 1 >= from + MIN_NIGHTS && sum < best.0 {
            best = (sum, i + 1);
        }
    }
    best.1
}

/// The mean of what lies within the clip of the median.
fn level(values: &[f64]) -> f64 {
    let centre = median_in_place(&mut values.to_vec());
    let clipped = values.iter().map(|v| (v - centre).clamp(-CLIP, CLIP));
    centre + clipped.sum::<f64>() / values.len() as f64
}

/// Takes out, least significant first, what between its neighbours is no longer significant.
fn prune(values: &[f64], scale: &Scale, chance: f64, at: &mut Vec<usize>) {
    loop {
        let worst = (0..at.len())
            .map(|i| {
                let (from, to) = neighbours(values.len(), at, i);
                (chance_of_difference(&values[from..to], scale), i)
            })
            .max_by(|one, other| one.0.total_cmp(&other.0));
        match worst {
            Some((found, i)) if found > chance => drop(at.remove(i)),
            _ => return,
        }
    }
}

fn neighbours(nights: usize, at: &[usize], i: usize) -> (usize, usize) {
    let from = if i == 0 { 0 } else { at[i - 1] };
    (from, at.get(i + 1).copied().unwrap_or(nights))
}

fn describe(values: &[f64], scale: &Scale, at: &[usize], i: usize) -> Change {
    let (from, to) = neighbours(values.len(), at, i);
    let sigmas = level(&values[at[i]..to]) - level(&values[from..at[i]]);
    Change {
        at: at[i],
        from,
        to,
        kind: kind(values, from, at[i], to),
        magnitude: (sigmas * scale.sigma).exp(),
        sigmas,
        chance: chance_of_difference(&values[from..to], scale),
    }
}

/// Whether two levels or a straight line fit the stretch better. Two levels have a place, which
/// was chosen as the best of all: for that they owe [`PLACE_COST`] · ln n of their fit, as a
/// further parameter does by Schwarz, "Estimating the dimension of a model", Annals of Statistics
/// 6(2), 1978.
fn kind(values: &[f64], from: usize, at: usize, to: usize) -> Kind {
    let cost = |value: f64, level: f64| (value - level).powi(2).min(CLIP * CLIP);
    let misfit = |part: &[f64]| {
        let level = level(part);
        part.iter().map(|v| cost(*v, level)).sum::<f64>()
    };
    let two_levels = misfit(&values[from..at]) + misfit(&values[at..to]);
    let line = Line::through(&values[from..to]);
    let straight = values[from..to]
        .iter()
        .enumerate()
        .map(|(i, v)| cost(*v, line.at(i as f64)));
    let owed = PLACE_COST * ((to - from) as f64).ln();
    if straight.sum::<f64>() <= two_levels + owed {
        Kind::Drift
    } else {
        Kind::Step
    }
}

/// A straight line by least squares.
struct Line {
    level: f64,
    slope: f64,
    middle: f64,
}

impl Line {
    fn through(values: &[f64]) -> Line {
        let n = values.len() as f64;
        let middle = (n - 1.0) / 2.0;
        let level = values.iter().sum::<f64>() / n;
        let (mut product, mut square) = (0.0, 0.0);
        for (i, value) in values.iter().enumerate() {
            let along = i as f64 - middle;
            product += along * (value - level);
            square += along * along;
        }
        let slope = if square > 0.0 { product / square } else { 0.0 };
        Line {
            level,
            slope,
            middle,
        }
    }

    fn at(&self, place: f64) -> f64 {
        self.level + self.slope * (place - self.middle)
    }
}
