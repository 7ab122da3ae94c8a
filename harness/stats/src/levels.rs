//! Which level the noise comes from, and where to repeat.
//!
//! Kalibera and Jones, "Rigorous benchmarking in reasonable time", ISMM 2013, treat a measurement
//! as nested random effects: builds differ (layout of the code, order of linking), invocations of
//! one build differ (layout of memory, hash seeds), iterations of one invocation differ. The
//! variance seen between means of one level holds a share of all levels below, which is taken
//! off; what is left says where the noise arises. From that and from what a repetition costs
//! follow the numbers of repetitions that give the narrowest interval for the time spent.
//!
//! Departure: numbers of repetitions may differ within a level; the harmonic mean stands for
//! them, as is usual for unbalanced designs.

use crate::NoFigure;
use crate::describe::finite;

/// `[build][invocation][iteration]`.
pub type Builds = [Vec<Vec<f64>>];

/// Variances by origin, in the square of the samples' unit. `None` where a level was not
/// repeated, so that nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Components {
    pub iteration: Option<f64>,
    pub invocation: Option<f64>,
    pub build: Option<f64>,
}

/// Estimates where the variance arises. An estimate below 0 means that the level adds nothing,
/// and is given as 0.
///
/// Errors: [`NoFigure::Empty`] (no sample, or a build or invocation without), [`NoFigure::NotFinite`].
pub fn components(builds: &Builds) -> Result<Components, NoFigure> {
    let invocations: Vec<&Vec<f64>> = builds.iter().flatten().collect();
    if invocations.is_empty() || builds.iter().any(Vec::is_empty) {
        return Err(NoFigure::Empty);
    }
    for invocation in &invocations {
        finite(invocation)?;
    }
    let means: Vec<Vec<f64>> = builds
        .iter()
        .map(|build| build.iter().map(|iterations| mean(iterations)).collect())
        .collect();
    let build_means: Vec<f64> = means.iter().map(|of_build| mean(of_build)).collect();
    let within = pooled(invocations.iter().map(|iterations| iterations.as_slice()));
    let between = pooled(means.iter().map(Vec::as_slice));
    let top = pooled(std::iter::once(build_means.as_slice()));
    let iterations_each = harmonic(invocations.iter().map(|iterations| iterations.len()));
    let invocations_each = harmonic(means.iter().map(Vec::len));
    // Where a lower level was not repeated, its share cannot be told apart and stays in.
    let without = |seen: Option<f64>, below: Option<f64>, each: f64| {
        Some((seen? - below.unwrap_or(0.0) / each).max(0.0))
    };
    Ok(Components {
        iteration: within,
        invocation: without(between, within, iterations_each),
        build: without(top, between, invocations_each),
    })
}

/// What one more repetition costs, in any one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    pub iteration: f64,
    pub invocation: f64,
    pub build: f64,
}

/// How many iterations an invocation and how many invocations a build should have: equation (3)
/// of Kalibera and Jones. At least 1 each; `None` where the variances do not say. A level above
/// that adds no noise makes the number below it as large as you like: it is cut at 1000.
pub fn repetitions(components: &Components, costs: &Costs) -> (Option<u32>, Option<u32>) {
    let best = |below: Option<f64>, above: Option<f64>, cost_below: f64, cost_above: f64| {
        let (below, above) = (below?, above?);
        let count = (cost_above / cost_below * below / above).sqrt();
        (!count.is_nan()).then(|| count.ceil().clamp(1.0, 1000.0) as u32)
    };
    (
        best(
            components.iteration,
            components.invocation,
            costs.iteration,
            costs.invocation,
        ),
        best(
            components.invocation,
            components.build,
            costs.invocation,
            costs.build,
        ),
    )
}

fn mean(values: &[f64]) -> f64 {
    values.iter().map(|v| v / values.len() as f64).sum()
}

/// The unbiased variance within groups, over all groups that have two values or more.
fn pooled<'a>(groups: impl Iterator<Item = &'a [f64]>) -> Option<f64> {
    let (mut squares, mut freedom) = (0.0, 0usize);
    for group in groups {
        let centre = mean(group);
        squares += group.iter().map(|v| (v - centre).powi(2)).sum::<f64>();
        freedom += group.len() - 1;
    }
    (freedom > 0).then(|| squares / freedom as f64)
}

fn harmonic(counts: impl Iterator<Item = usize>) -> f64 {
    let (mut count, mut sum) = (0.0, 0.0);
    for each in counts {
        count += 1.0;
        sum += 1.0 / each as f64;
    }
    count / sum
}
