//! The gate: a candidate run against earlier ones, under a policy.
//!
//! For each series: its earlier runs since its level last changed say how much it moves by itself
//! ([`stats::noise`]); the last few of them, pooled, are the baseline. The candidate is slower if
//! its ratio to the baseline exceeds the threshold of noise and the least effect, and its
//! bootstrap interval lies above 1. The chance of a false alarm that the policy allows is for the
//! whole gate: half of it is for the means and half for the series, each divided by their number
//! (Bonferroni), so that a gate over a thousand series fails for nothing as rarely as one over ten,
//! and what a maintainer asks first, whether all became slower, is not drowned by the number of
//! its parts.
//!
//! A short history knows too little of a series' noise, and what is assumed instead may be far
//! too little. So noise is never taken for less than what the processes of the runs at hand show:
//! the standard error of a run's figure from their spread.
//!
//! Small regressions of everything are what single series cannot show: noise hides them in each.
//! The geometric mean of an executor is judged as a series of its own; its noise is that of the
//! mean over the same benchmarks between neighbouring runs. It is of times and of best times, or of
//! what is counted in place of them where the executor's clock counts.

use std::collections::BTreeMap;

use stats::noise::{Noise, learn};
use stats::steps::{Kind, Rule, changes};
use stats::{Bootstrap, Estimate, Interval};

use crate::Verdict;
use crate::figure::{self, Processes, process_error};
use crate::measure::{Followed, Measure, Observed};
use crate::policy::{Limit, Policy};

/// A run as the gate sees it.
pub type Observations = BTreeMap<Followed, Observed>;

/// What became of one series.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub subject: Subject,
    pub verdict: Verdict,
    /// Candidate / baseline; above 1 is worse.
    pub change: Option<Estimate>,
    /// What the ratio had to exceed; 0 where it was not judged.
    pub limit: f64,
    pub noise: Option<Noise>,
    /// Runs that the baseline was pooled from.
    pub baseline_runs: usize,
    pub note: String,
}

/// What a judgement is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    Series(Followed),
    /// The geometric mean over an executor's benchmarks, n of m.
    Mean {
        executor: String,
        /// Times, the best of them, or what is counted in place of them.
        measure: Measure,
        n: usize,
        m: usize,
        /// Benchmark and cause.
        missing: Vec<(String, String)>,
    },
}

/// Judges all that the policy wants judged. `earlier` is oldest first.
pub fn judge_run(
    bootstrap: &Bootstrap,
    policy: &Policy,
    candidate: &Observations,
    earlier: &[Observations],
) -> Vec<Judged> {
    let earlier = &earlier[earlier.len().saturating_sub(policy.look_back)..];
    let wanted: Vec<(&Followed, &Observed, Limit)> = candidate
        .iter()
        .filter_map(|(followed, now)| Some((followed, now, policy.limit(followed)?)))
        .collect();
    let mut averaged: Vec<(&str, Measure)> = wanted
        .iter()
        .flat_map(|(followed, ..)| {
            let executor = followed.key.executor.as_str();
            let main = Measure::main(followed.key.clock);
            let more = Measure::averaged(followed.key.clock).contains(&followed.measure);
            let own = more.then_some(followed.measure);
            own.into_iter()
                .chain([main])
                .map(move |measure| (executor, measure))
        })
        .collect();
    averaged.sort_unstable();
    averaged.dedup();
    let means = policy.geometric_mean.map_or(0, |_| averaged.len());
    let (chance, chance_of_mean) = chances(policy, wanted.len(), means);
    let judge = Judge {
        bootstrap,
        policy,
        earlier,
        chance,
        chance_of_mean,
    };
    let mut judged: Vec<Judged> = wanted
        .iter()
        .map(|(followed, now, limit)| judge.series(followed, now, *limit))
        .collect();
    if let Some(limit) = policy.geometric_mean {
        judged.extend(averaged.iter().map(|of| judge.mean(*of, candidate, limit)));
    }
    judged
}

/// The chance of a false alarm for one of so many series, and for one of so many means.
pub(crate) fn chances(policy: &Policy, series: usize, means: usize) -> (f64, f64) {
    let half = match means {
        0 => policy.false_alarms,
        _ => policy.false_alarms / 2.0,
    };
    (half / series.max(1) as f64, half / means.max(1) as f64)
}

struct Judge<'a> {
    bootstrap: &'a Bootstrap,
    policy: &'a Policy,
    earlier: &'a [Observations],
    /// Of one false alarm, for one judgement.
    chance: f64,
    chance_of_mean: f64,
}

/// A series' earlier runs since its level last changed.
struct Past<'a> {
    sides: Vec<&'a Processes>,
    noise: Noise,
    /// Why the last of them has no samples, if so.
    last_failure: Option<&'a str>,
}

impl Judge<'_> {
    fn series(&self, followed: &Followed, now: &Observed, limit: Limit) -> Judged {
        let subject = Subject::Series(followed.clone());
        let past = self.past(followed);
        let now = match &now.side {
            Ok(now) => now,
            Err(cause) => {
                let note = match past.last_failure {
                    Some(before) => format!("{cause}; failed before as well: {before}"),
                    None => cause.clone(),
                };
                return without_change(subject, Verdict::Failed, note);
            }
        };
        let baseline = self.baseline(&past);
        if baseline.is_empty() {
            let note = past
                .last_failure
                .map_or_else(String::new, |cause| format!("the baseline failed: {cause}"));
            return without_change(subject, Verdict::NoBaseline, note);
        }
        let label = [
            "gate",
            followed.key.benchmark.as_str(),
            followed.key.executor.as_str(),
            followed.measure.as_str(),
        ];
        match figure::ratio(followed.measure, self.bootstrap, &label, now, baseline) {
            Ok(change) => {
                let runs = baseline.len();
                let least = process_error(followed.measure, baseline, now.len());
                let noise = at_least(past.noise, least);
                let threshold = noise.threshold(self.chance, runs);
                judged(subject, change, noise, runs, threshold, limit)
            }
            Err(why) => without_change(subject, Verdict::Undecided, why.to_string()),
        }
    }

    fn past(&self, followed: &Followed) -> Past<'_> {
        let runs: Vec<&Observed> = self
            .earlier
            .iter()
            .filter_map(|run| run.get(followed))
            .collect();
        let last_failure = runs.last().and_then(|run| run.side.as_ref().err());
        let good: Vec<(&str, &Processes, f64)> = runs
            .iter()
            .filter_map(|run| {
                let side = run.side.as_ref().ok()?;
                let figure = figure::figure(followed.measure, side)?;
                Some((run.build.as_str(), side, figure))
            })
            .collect();
        let figures: Vec<f64> = good.iter().map(|(.., figure)| *figure).collect();
        let told = changes(&figures, &Rule::default()).unwrap_or_default();
        let steps = told.iter().filter(|change| change.kind == Kind::Step);
        let good = &good[steps.map(|step| step.at).next_back().unwrap_or(0)..];
        let (mut of_one_build, mut of_two) = (Vec::new(), Vec::new());
        for two in good.windows(2) {
            let pair = (two[0].2, two[1].2);
            match two[0].0 == two[1].0 {
                true => of_one_build.push(pair),
                false => of_two.push(pair),
            }
        }
        Past {
            sides: good.iter().map(|(_, side, _)| *side).collect(),
            noise: self.noise(&of_one_build, &of_two),
            last_failure: last_failure.map(String::as_str),
        }
    }

    fn noise(&self, aa: &[(f64, f64)], neighbours: &[(f64, f64)]) -> Noise {
        let assumed = self.policy.assumed_noise;
        let learned = learn(aa, neighbours, assumed).or_else(|_| learn(&[], &[], assumed));
        learned.expect("there is nothing wrong with no pairs")
    }

    /// The last runs, which are the baseline.
    fn baseline<'p, 'a>(&self, past: &'p Past<'a>) -> &'p [&'a Processes] {
        &past.sides[past.sides.len().saturating_sub(self.policy.baseline_runs)..]
    }

    /// The geometric mean of an executor's figures of a measure over the benchmarks that both sides
    /// have.
    fn mean(
        &self,
        (executor, measure): (&str, Measure),
        candidate: &Observations,
        limit: Limit,
    ) -> Judged {
        let mains = candidate.iter().filter(|(followed, _)| {
            followed.is_main() && followed.key.executor.as_str() == executor
        });
        let mut kept: Vec<(Followed, &Processes, Vec<&Processes>)> = Vec::new();
        let mut missing = Vec::new();
        for (main, told) in mains {
            let followed = Followed {
                measure,
                ..main.clone()
            };
            // What failed has no other measure.
            let side = candidate.get(&followed).map_or(&told.side, |now| &now.side);
            let past = self.past(&followed);
            let baseline = self.baseline(&past);
            match (side, baseline.len()) {
                (Ok(now), 1..) => kept.push((followed, now, baseline.to_vec())),
                (Ok(_), 0) => missing.push((followed.label(), "no baseline".to_owned())),
                (Err(cause), _) => missing.push((followed.label(), cause.clone())),
            }
        }
        let (n, m) = (kept.len(), kept.len() + missing.len());
        let subject = Subject::Mean {
            executor: executor.to_owned(),
            measure,
            n,
            m,
            missing,
        };
        let entries: Vec<figure::Entry<'_>> = kept
            .iter()
            .map(|(followed, now, before)| (followed.key.benchmark.as_str(), *now, before.clone()))
            .collect();
        let label = ["gate mean", executor];
        let Ok(change) = figure::mean_ratio(measure, self.bootstrap, &label, &entries) else {
            return without_change(subject, Verdict::NoBaseline, String::new());
        };
        let runs = kept.iter().map(|(.., runs)| runs.len()).min().unwrap_or(1);
        let benchmarks: Vec<&Followed> = kept.iter().map(|(followed, ..)| followed).collect();
        let squares = kept.iter().map(|(_, now, before)| {
            let error = process_error(measure, before, now.len());
            error * error
        });
        let least = squares.sum::<f64>().sqrt() / n as f64;
        let noise = at_least(self.noise(&[], &self.mean_moves(&benchmarks)), least);
        let threshold = noise.threshold(self.chance_of_mean, runs);
        judged(subject, change, noise, runs, threshold, limit)
    }

    /// How the mean moved between neighbouring runs, each over what both have. A benchmark whose
    /// level stepped there is no noise; the median over benchmarks would hide it, so the mean
    /// is of what is left after the steps are taken out by the robust scale.
    fn mean_moves(&self, benchmarks: &[&Followed]) -> Vec<(f64, f64)> {
        let figure_in = |run: &Observations, followed: &Followed| {
            figure::figure(followed.measure, run.get(followed)?.side.as_ref().ok()?)
        };
        let moves = self.earlier.windows(2).filter_map(|two| {
            let logs: Vec<f64> = benchmarks
                .iter()
                .filter_map(|followed| {
                    Some((figure_in(&two[1], followed)? / figure_in(&two[0], followed)?).ln())
                })
                .collect();
            let whole = !logs.is_empty() && logs.len() * 2 >= benchmarks.len();
            whole.then(|| ((logs.iter().sum::<f64>() / logs.len() as f64).exp(), 1.0))
        });
        moves.collect()
    }
}

/// The judgement on a change that has to exceed what chance does and what matters.
pub(crate) fn judged(
    subject: Subject,
    change: Estimate,
    noise: Noise,
    runs: usize,
    threshold: f64,
    limit: Limit,
) -> Judged {
    let limit = threshold
        .max(1.0 + limit.floor)
        .max(1.0 + limit.least_effect);
    let (verdict, note) = decide(change, limit);
    Judged {
        subject,
        verdict,
        change: Some(change),
        limit,
        noise: Some(noise),
        baseline_runs: runs,
        note: note.to_owned(),
    }
}

fn at_least(noise: Noise, sigma: f64) -> Noise {
    Noise {
        sigma: noise.sigma.max(sigma),
        ..noise
    }
}

/// The verdict on a ratio that has to exceed a limit.
fn decide(change: Estimate, limit: f64) -> (Verdict, &'static str) {
    let Some(Interval { low, high }) = change.interval else {
        return (
            Verdict::Undecided,
            "one sample on either side allows no verdict",
        );
    };
    if change.value > limit && low > 1.0 {
        (Verdict::Slower, "")
    } else if change.value < 1.0 / limit && high < 1.0 {
        (Verdict::Faster, "")
    } else if change.value > limit || change.value < 1.0 / limit {
        (Verdict::Undecided, "the interval reaches over 1")
    } else {
        (Verdict::Same, "")
    }
}

pub(crate) fn without_change(subject: Subject, verdict: Verdict, note: String) -> Judged {
    Judged {
        subject,
        verdict,
        change: None,
        limit: 0.0,
        noise: None,
        baseline_runs: 0,
        note,
    }
}
