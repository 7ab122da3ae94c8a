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
//! mean over the same benchmarks between neighbouring runs. It is of times, or of what is counted in
//! place of them where the executor's clock counts.

use std::collections::BTreeMap;

use stats::noise::{Noise, learn};
use stats::steps::{Kind, Rule, changes};
use stats::{Bootstrap, Estimate, Interval, median};

use crate::measure::{Followed, Measure, Observed};
use crate::policy::{Limit, Policy};
use crate::{Side, Verdict};

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
        /// Times, or what is counted in place of them.
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
    let mut executors: Vec<&str> = wanted
        .iter()
        .map(|(followed, ..)| followed.key.executor.as_str())
        .collect();
    executors.sort_unstable();
    executors.dedup();
    let means = policy.geometric_mean.map_or(0, |_| executors.len());
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
        judged.extend(
            executors
                .iter()
                .map(|executor| judge.mean(executor, candidate, limit)),
        );
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
    sides: Vec<&'a Vec<Vec<f64>>>,
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
        let pooled = self.pooled(&past);
        if pooled.is_empty() {
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
        match self.bootstrap.ratio(&label, now, &pooled) {
            Ok(change) => {
                let runs = past.sides.len().min(self.policy.baseline_runs);
                let least = process_error(&pooled, now.len());
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
        let good: Vec<(&str, &Vec<Vec<f64>>, f64)> = runs
            .iter()
            .filter_map(|run| {
                let side = run.side.as_ref().ok()?;
                Some((run.build.as_str(), side, figure(side)?))
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

    /// The invocations of the last runs in one.
    fn pooled(&self, past: &Past<'_>) -> Vec<Vec<f64>> {
        let from = past.sides.len().saturating_sub(self.policy.baseline_runs);
        past.sides[from..]
            .iter()
            .flat_map(|side| side.iter().cloned())
            .collect()
    }

    /// The geometric mean of an executor's main measure over the benchmarks that both sides have.
    fn mean(&self, executor: &str, candidate: &Observations, limit: Limit) -> Judged {
        let of_executor =
            |followed: &&Followed| followed.is_main() && followed.key.executor.as_str() == executor;
        let mut kept: Vec<(&Followed, &Vec<Vec<f64>>, Vec<Vec<f64>>, usize)> = Vec::new();
        let mut missing = Vec::new();
        let mut measure = Measure::Time;
        for (followed, now) in candidate
            .iter()
            .filter(|(followed, _)| of_executor(followed))
        {
            measure = followed.measure;
            let past = self.past(followed);
            let runs = past.sides.len().min(self.policy.baseline_runs);
            match (&now.side, runs) {
                (Ok(now), 1..) => kept.push((followed, now, self.pooled(&past), runs)),
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
        let entries: Vec<(&str, &[Vec<f64>], &[Vec<f64>])> = kept
            .iter()
            .map(|(followed, now, before, _)| {
                (
                    followed.key.benchmark.as_str(),
                    now.as_slice(),
                    before.as_slice(),
                )
            })
            .collect();
        let label = ["gate mean", executor];
        let Ok(change) = self.bootstrap.geometric_mean(&label, &entries) else {
            return without_change(subject, Verdict::NoBaseline, String::new());
        };
        let runs = kept.iter().map(|(.., runs)| *runs).min().unwrap_or(1);
        let benchmarks: Vec<&Followed> = kept.iter().map(|(followed, ..)| *followed).collect();
        let squares = kept.iter().map(|(_, now, before, _)| {
            let error = process_error(before, now.len());
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
            figure(run.get(followed)?.side.as_ref().ok()?)
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

/// The standard deviation of a figure over so many processes, as a part, by how these processes
/// differ; 0 if they cannot tell.
fn process_error(processes: &[Vec<f64>], count: usize) -> f64 {
    let logs: Option<Vec<f64>> = processes
        .iter()
        .map(|values| median(values).ok().filter(|m| *m > 0.0).map(f64::ln))
        .collect();
    let Some(logs) = logs.filter(|logs| logs.len() > 1 && count > 0) else {
        return 0.0;
    };
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    (squares / (logs.len() - 1) as f64 / count as f64).sqrt()
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

/// One number for a run: the mean over invocations of the median over iterations.
pub fn figure(side: &[Vec<f64>]) -> Option<f64> {
    if side.is_empty() {
        return None;
    }
    let mut sum = 0.0;
    for iterations in side {
        sum += median(iterations).ok()? / side.len() as f64;
    }
    (sum > 0.0).then_some(sum)
}

/// The figure of a side that may have failed.
pub fn figure_of(side: &Side) -> Option<f64> {
    figure(side.as_ref().ok()?)
}
