//! Intervals of confidence by hierarchical resampling.
//!
//! The problem: iterations of one process share its memory layout, its hash seed and the traces
//! that it happened to compile, so a thousand iterations of one process are not a thousand
//! samples of the program's speed. Kalibera and Jones, "Rigorous benchmarking in reasonable
//! time", ISMM 2013, treat the levels (build, process, iteration) as nested random effects.
//! Following Davison and Hinkley, "Bootstrap methods and their application", 1997, section 3.8,
//! a resample draws invocations with replacement and, within each drawn, iterations with
//! replacement; the interval is the percentile interval of Efron and Tibshirani, "An
//! introduction to the bootstrap", 1993, chapter 13.
//!
//! The statistic of a series is the mean over its invocations of the median over each one's
//! iterations: robust against single slow iterations, yet honest about a program that has two
//! speeds from process to process.
//!
//! Builds are the level above: the same sources built twice differ in layout, by as much as two
//! changes one cares for. [`Bootstrap::ratio_of_builds`] resamples them first. With one build on
//! either side there is nothing to draw from, and the interval is that of [`Bootstrap::ratio`].
//!
//! What the interval does not cover: with one invocation, the variation between processes; with
//! one build, that between builds; and never that between hosts. With one single sample on both
//! sides there is no interval at all.
//!
//! Each series draws from a ChaCha stream of its own, chosen by its label: an interval depends
//! on the seed and on its own samples, not on which other benchmarks were in the run.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::NoFigure;
use crate::describe::quantile_of_sorted;
use crate::levels::Builds;
use crate::medians::Values;

/// Names that tell one random stream from another, such as benchmark and executor.
pub type Label<'a> = &'a [&'a str];

/// The two ends of an interval of confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// A value with its interval; `None` where the samples allow none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub interval: Option<Interval>,
}

/// How to resample. The seed belongs in every report.
#[derive(Clone, Copy, Debug)]
pub struct Bootstrap {
    pub seed: u64,
    pub resamples: usize,
    /// Coverage, such as 0.95.
    pub level: f64,
}

impl Bootstrap {
    /// 2000 resamples for 95 %: the ends are then the 50th value from either side.
    pub fn new(seed: u64) -> Bootstrap {
        Bootstrap {
            seed,
            resamples: 2000,
            level: 0.95,
        }
    }

    /// The centre of one series.
    ///
    /// Errors: [`NoFigure::Empty`] (no invocation, or one without iterations),
    /// [`NoFigure::NotFinite`].
    pub fn centre(&self, label: Label<'_>, invocations: &[Vec<f64>]) -> Result<Estimate, NoFigure> {
        let value = centre(invocations)?;
        let mut rng = self.stream(label, "");
        let mut scratch = Vec::new();
        let drawn = Drawn::of(invocations);
        let interval = self.interval(is_single(invocations), || {
            drawn.centre(&mut rng, &mut scratch)
        });
        Ok(Estimate { value, interval })
    }

    /// Centre of `numerator` / centre of `denominator`.
    ///
    /// Errors: as [`Bootstrap::centre`], and [`NoFigure::NotPositive`] for a sample that is not
    /// above zero.
    pub fn ratio(
        &self,
        label: Label<'_>,
        numerator: &[Vec<f64>],
        denominator: &[Vec<f64>],
    ) -> Result<Estimate, NoFigure> {
        let value = self.ratio_value(numerator, denominator)?;
        let mut rng = self.stream(label, "");
        let mut scratch = Vec::new();
        let (above, below) = (Drawn::of(numerator), Drawn::of(denominator));
        let interval = self.interval(is_single(numerator) && is_single(denominator), || {
            let above = above.centre(&mut rng, &mut scratch);
            above / below.centre(&mut rng, &mut scratch)
        });
        Ok(Estimate { value, interval })
    }

    /// Centre of `numerator` / centre of `denominator` where each is `[build][invocation]
    /// [iteration]`; the centre of a side is the mean over its builds.
    ///
    /// Errors: as [`Bootstrap::ratio`].
    pub fn ratio_of_builds(
        &self,
        label: Label<'_>,
        numerator: &Builds,
        denominator: &Builds,
    ) -> Result<Estimate, NoFigure> {
        let value = positive_build_centre(numerator)? / positive_build_centre(denominator)?;
        if !value.is_finite() {
            return Err(NoFigure::NotFinite);
        }
        let mut rng = self.stream(label, "");
        let mut scratch = Vec::new();
        let single = |side: &Builds| side.len() == 1 && is_single(&side[0]);
        let drawn =
            |side: &Builds| -> Vec<Drawn> { side.iter().map(|build| Drawn::of(build)).collect() };
        let (above, below) = (drawn(numerator), drawn(denominator));
        let interval = self.interval(single(numerator) && single(denominator), || {
            let above = resampled_build_centre(&above, &mut rng, &mut scratch);
            above / resampled_build_centre(&below, &mut rng, &mut scratch)
        });
        Ok(Estimate { value, interval })
    }

    /// The ratio without an interval; errors as [`Bootstrap::ratio`].
    pub fn ratio_value(
        &self,
        numerator: &[Vec<f64>],
        denominator: &[Vec<f64>],
    ) -> Result<f64, NoFigure> {
        let value = positive_centre(numerator)? / positive_centre(denominator)?;
        if value.is_finite() {
            Ok(value)
        } else {
            Err(NoFigure::NotFinite)
        }
    }

    /// Geometric mean of the ratios of all (name, numerator, denominator). In each resample
    /// every benchmark is resampled by its own stream, and the mean is taken anew.
    ///
    /// Errors: as [`Bootstrap::ratio`]; [`NoFigure::Empty`] without entries.
    pub fn geometric_mean(
        &self,
        label: Label<'_>,
        entries: &[(&str, &[Vec<f64>], &[Vec<f64>])],
    ) -> Result<Estimate, NoFigure> {
        let ratios: Result<Vec<f64>, NoFigure> = entries
            .iter()
            .map(|(_, numerator, denominator)| self.ratio_value(numerator, denominator))
            .collect();
        let value = crate::geomean::geometric_mean(&ratios?)?;
        let mut streams: Vec<ChaCha8Rng> = entries
            .iter()
            .map(|(name, _, _)| self.stream(label, name))
            .collect();
        let mut scratch = Vec::new();
        let sides: Vec<(Drawn, Drawn)> = entries
            .iter()
            .map(|(_, numerator, denominator)| (Drawn::of(numerator), Drawn::of(denominator)))
            .collect();
        let single = entries.iter().all(|(_, n, d)| is_single(n) && is_single(d));
        let interval = self.interval(single, || {
            let mut sum = 0.0;
            for ((above, below), rng) in sides.iter().zip(&mut streams) {
                let above = above.centre(rng, &mut scratch);
                sum += (above / below.centre(rng, &mut scratch)).ln();
            }
            (sum / entries.len() as f64).exp()
        });
        Ok(Estimate { value, interval })
    }

    /// The percentile interval of what `draw` gives, or `None` where there is nothing to draw.
    pub(crate) fn interval(&self, single: bool, mut draw: impl FnMut() -> f64) -> Option<Interval> {
        if single || self.resamples == 0 || !(self.level > 0.0 && self.level < 1.0) {
            return None;
        }
        let mut values: Vec<f64> = (0..self.resamples).map(|_| draw()).collect();
        values.sort_unstable_by(f64::total_cmp);
        let tail = (1.0 - self.level) / 2.0;
        let low = quantile_of_sorted(&values, tail);
        let high = quantile_of_sorted(&values, 1.0 - tail);
        (low.is_finite() && high.is_finite()).then_some(Interval { low, high })
    }

    pub(crate) fn stream(&self, label: Label<'_>, last: &str) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(fingerprint(label.iter().copied().chain([last])));
        rng
    }
}

/// FNV-1a over the words with a separator, so that ("a", "bc") and ("ab", "c") differ.
fn fingerprint<'a>(words: impl Iterator<Item = &'a str>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for word in words {
        for byte in word.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

/// Whether there is only one sample in all, so that resampling would only repeat it.
fn is_single(invocations: &[Vec<f64>]) -> bool {
    invocations.len() == 1 && invocations[0].len() == 1
}

/// Mean over invocations of the median over iterations.
fn centre(invocations: &[Vec<f64>]) -> Result<f64, NoFigure> {
    if invocations.is_empty() {
        return Err(NoFigure::Empty);
    }
    let mut sum = 0.0;
    for iterations in invocations {
        sum += crate::median(iterations)? / invocations.len() as f64;
    }
    Ok(sum)
}

fn positive_centre(invocations: &[Vec<f64>]) -> Result<f64, NoFigure> {
    let value = centre(invocations)?;
    if invocations.iter().flatten().any(|v| *v <= 0.0) {
        return Err(NoFigure::NotPositive);
    }
    Ok(value)
}

fn positive_build_centre(builds: &Builds) -> Result<f64, NoFigure> {
    if builds.is_empty() {
        return Err(NoFigure::Empty);
    }
    let centres: Result<Vec<f64>, NoFigure> =
        builds.iter().map(|build| positive_centre(build)).collect();
    let count = builds.len() as f64;
    Ok(centres?.iter().map(|centre| centre / count).sum())
}

/// One build is not drawn: it would only use up random numbers, and the interval would differ
/// from that of the same samples without the level.
fn resampled_build_centre(builds: &[Drawn], rng: &mut ChaCha8Rng, scratch: &mut Vec<f64>) -> f64 {
    let mut sum = 0.0;
    for build in builds {
        let drawn = match builds.len() {
            1 => build,
            count => &builds[index(rng, count)],
        };
        sum += drawn.centre(rng, scratch);
    }
    sum / builds.len() as f64
}

/// Fills `into` with values of `from`, drawn with replacement.
pub(crate) fn draw(from: &[f64], into: &mut [f64], rng: &mut ChaCha8Rng) {
    for value in into {
        *value = from[index(rng, from.len())];
    }
}

/// A side of which resamples are drawn; its samples must have passed [`centre`].
struct Drawn(Vec<Values>);

impl Drawn {
    fn of(invocations: &[Vec<f64>]) -> Drawn {
        Drawn(
            invocations
                .iter()
                .map(|values| Values::of(values))
                .collect(),
        )
    }

    /// [`centre`] of one resample.
    fn centre(&self, rng: &mut ChaCha8Rng, scratch: &mut Vec<f64>) -> f64 {
        let mut sum = 0.0;
        for _ in &self.0 {
            // One half says which invocation, the other which of its medians.
            let dice = rng.next_u64();
            let at = ((dice >> 32) * self.0.len() as u64) >> 32;
            sum += self.0[at as usize].draw(dice as u32, rng, scratch);
        }
        sum / self.0.len() as f64
    }
}

/// A number below `bound`, the same on hosts of any word size. The bias of taking the high half
/// of the product is below bound / 2⁶⁴.
pub(crate) fn index(rng: &mut ChaCha8Rng, bound: usize) -> usize {
    ((u128::from(rng.next_u64()) * bound as u128) >> 64) as usize
}
