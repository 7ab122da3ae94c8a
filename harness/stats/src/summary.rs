//! Warm-up of a whole series: what its invocations did, together, with intervals.
//!
//! Each invocation is classified by itself ([`crate::warmup`]). Over invocations the class says
//! whether they agree; the iteration and the seconds until steady are medians over those that
//! became steady, as long as all did: with one that never did, the paper (Barrett et al., 2017)
//! gives no such figure, and neither do we. Intervals resample invocations.

use crate::bootstrap::{self, Bootstrap, Estimate, Label};
use crate::describe::{median, median_in_place};
use crate::warmup::{Class, Method, Warmup, classify, combine};
use crate::{Interval, NoFigure};

/// A series' warm-up.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub class: Class,
    /// The rules that decided, each once, in the order in which invocations used them.
    pub methods: Vec<Method>,
    /// First steady iteration, counted from 1; `None` if an invocation has none.
    pub steady_iteration: Option<Estimate>,
    /// Until then, in the samples' unit.
    pub time_to_steady: Option<Estimate>,
    /// Over the steady iterations; over the last halves of invocations that have none.
    pub steady_time: Estimate,
    /// First iteration / steady time: how much colder a cold start is.
    pub first_ratio: Estimate,
    pub invocations: Vec<Warmup>,
}

/// Classifies all invocations of a series and sums them up.
///
/// Errors: [`NoFigure::Empty`] (no invocation, or one without iterations),
/// [`NoFigure::NotFinite`], [`NoFigure::NotPositive`].
pub fn summarise(
    bootstrap: &Bootstrap,
    label: Label<'_>,
    series: &[Vec<f64>],
) -> Result<Summary, NoFigure> {
    let each: Result<Vec<Warmup>, NoFigure> = series.iter().map(|one| classify(one)).collect();
    let each = each?;
    let classes: Vec<Class> = each.iter().map(|one| one.class).collect();
    let mut methods: Vec<Method> = Vec::new();
    for one in &each {
        if !methods.contains(&one.method) {
            methods.push(one.method);
        }
    }
    let steady: Vec<Vec<f64>> = each
        .iter()
        .zip(series)
        .map(|(one, values)| values[one.measured_from(values.len())..].to_vec())
        .collect();
    let labelled = |what: &'static str| [label, &[what]].concat();
    let from: Option<Vec<f64>> = each
        .iter()
        .map(|one| one.steady_from.map(|from| from as f64 + 1.0))
        .collect();
    let spent: Option<Vec<f64>> = each.iter().map(|one| one.time_to_steady).collect();
    let over = |what, values: Option<Vec<f64>>| {
        values.and_then(|values| middle(bootstrap, &labelled(what), &values).ok())
    };
    let ratios: Vec<f64> = each
        .iter()
        .map(|one| one.first_iteration / one.steady_time)
        .collect();
    Ok(Summary {
        class: combine(&classes),
        methods,
        steady_iteration: over("steady iteration", from),
        time_to_steady: over("time to steady", spent),
        steady_time: bootstrap.centre(&labelled("steady time"), &steady)?,
        first_ratio: middle(bootstrap, &labelled("first ratio"), &ratios)?,
        invocations: each,
    })
}

/// The median over invocations, with its interval.
fn middle(bootstrap: &Bootstrap, label: Label<'_>, values: &[f64]) -> Result<Estimate, NoFigure> {
    let value = median(values)?;
    let mut rng = bootstrap.stream(label, "");
    let mut drawn = values.to_vec();
    let interval: Option<Interval> = bootstrap.interval(values.len() == 1, || {
        bootstrap::draw(values, &mut drawn, &mut rng);
        median_in_place(&mut drawn)
    });
    Ok(Estimate { value, interval })
}
