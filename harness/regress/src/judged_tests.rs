//! The gate on known changes, and how often it cries wolf: with noise drawn from measured
//! residuals it fails in at most one of a hundred comparisons of the same with the same.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use stats::Bootstrap;

use crate::history_tests::{followed, with_best_times};
use crate::judged::{Judged, Observations, Subject, judge_run};
use crate::measure::{Measure, Observed};
use crate::policy::{BadPolicy, Exception, Limit, Policy};
use crate::{Gate, Verdict, gate};

/// The residuals of nights that the statistics are tested with, in standard deviations.
fn residuals() -> Vec<f64> {
    let text = include_str!("../../stats/src/residuals.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let words = lines.flat_map(str::split_whitespace);
    words.map(|word| word.parse().unwrap()).collect()
}

struct Nights {
    rng: ChaCha8Rng,
    pool: Vec<f64>,
    benchmarks: usize,
    sigma: f64,
}

impl Nights {
    fn new(seed: u64, benchmarks: usize, sigma: f64) -> Nights {
        Nights {
            rng: ChaCha8Rng::seed_from_u64(seed),
            pool: residuals(),
            benchmarks,
            sigma,
        }
    }

    fn residual(&mut self) -> f64 {
        self.pool[(self.rng.next_u64() % self.pool.len() as u64) as usize]
    }

    /// A run in which everything takes `factor` as long. A night shifts all invocations of a
    /// benchmark; each invocation and each iteration has its own noise on top.
    fn run(&mut self, factor: f64) -> Observations {
        let mut all = BTreeMap::new();
        for benchmark in 0..self.benchmarks {
            let night = self.sigma * self.residual();
            let side = (0..5).map(|_| {
                let invocation = night + self.sigma * self.residual();
                let iteration = |_| {
                    let noise = invocation + 0.5 * self.sigma * self.residual();
                    factor * (benchmark + 1) as f64 * noise.exp()
                };
                (0..10).map(iteration).collect()
            });
            let side = Ok(side.collect());
            let name = format!("b{benchmark}");
            let build = String::new();
            all.insert(followed(&name, Measure::Time), Observed { build, side });
        }
        all
    }
}

fn verdicts(judged: &[Judged]) -> Vec<Verdict> {
    judged.iter().map(|one| one.verdict).collect()
}

/// How many of 200 gates fail, each with a history of 20 nights of its own.
fn failures(factor: f64, sigma: f64) -> usize {
    let boot = Bootstrap {
        resamples: 400,
        ..Bootstrap::new(1)
    };
    let policy = Policy::default();
    let failed = (0..200).filter(|seed| {
        let mut nights = Nights::new(*seed, 12, sigma);
        let earlier: Vec<Observations> = (0..20).map(|_| nights.run(1.0)).collect();
        let candidate = nights.run(factor);
        let judged = judge_run(&boot, &policy, &candidate, &earlier);
        gate(verdicts(&judged)) == Gate::Regression
    });
    failed.count()
}

#[test]
fn the_same_against_the_same_passes() {
    let wrong = failures(1.0, 0.01);
    assert!(wrong <= 2, "{wrong} of 200 gates failed for nothing");
}

#[test]
fn five_per_cent_slower_is_caught() {
    let caught = failures(1.05, 0.01);
    assert!(caught >= 190, "{caught} of 200 slow-downs were caught");
}

fn one_benchmark(levels: &[f64]) -> Vec<Observations> {
    let mut nights = Nights::new(9, 1, 0.004);
    levels.iter().map(|level| nights.run(*level)).collect()
}

fn judge_last(levels: &[f64], policy: &Policy) -> Judged {
    let mut runs = one_benchmark(levels);
    let candidate = runs.pop().unwrap();
    judge_run(&Bootstrap::new(1), policy, &candidate, &runs).remove(0)
}

#[test]
fn the_baseline_begins_where_the_level_last_changed() {
    // After an improvement by a fifth, going back to the old level is a regression.
    let mut levels = vec![1.0; 20];
    levels.extend([0.8; 15]);
    levels.push(1.0);
    let judged = judge_last(&levels, &Policy::default());
    assert_eq!(judged.verdict, Verdict::Slower);
    assert!((judged.change.unwrap().value - 1.25).abs() < 0.03);
}

#[test]
fn a_history_teaches_the_threshold_and_the_floor_bounds_it() {
    let quiet = judge_last(&[1.0; 20], &Policy::default());
    assert_eq!(quiet.verdict, Verdict::Same);
    assert!(quiet.limit >= 1.02 && quiet.limit < 1.06, "{}", quiet.limit);
    let strict = Limit {
        floor: 0.2,
        least_effect: 0.0,
    };
    let policy = Policy {
        measures: BTreeMap::from([(Measure::Time, strict)]),
        ..Policy::default()
    };
    let mut levels = vec![1.0; 20];
    levels.push(1.15);
    assert_eq!(
        judge_last(&levels, &Policy::default()).verdict,
        Verdict::Slower
    );
    assert_eq!(judge_last(&levels, &policy).verdict, Verdict::Same);
}

#[test]
fn without_a_history_there_is_no_baseline_and_failures_fail() {
    let policy = Policy::default();
    let boot = Bootstrap::new(1);
    let runs = one_benchmark(&[1.0]);
    let judged = judge_run(&boot, &policy, &runs[0], &[]);
    assert_eq!(
        verdicts(&judged),
        [Verdict::NoBaseline, Verdict::NoBaseline]
    );
    let mut failed = runs[0].clone();
    for observed in failed.values_mut() {
        observed.side = Err("crash".to_owned());
    }
    let judged = judge_run(&boot, &policy, &failed, &runs);
    assert_eq!(judged[0].verdict, Verdict::Failed);
    let Subject::Mean { n, m, missing, .. } = &judged[1].subject else {
        panic!("the mean comes last");
    };
    assert_eq!((*n, *m), (0, 1));
    assert_eq!(missing[0].1, "crash");
    let judged = judge_run(&boot, &policy, &runs[0], &[failed]);
    assert_eq!(judged[0].verdict, Verdict::NoBaseline);
    assert_eq!(judged[0].note, "the baseline failed: crash");
}

#[test]
fn where_instructions_are_counted_the_mean_is_over_them() {
    let counted = |run: Observations| -> Observations {
        let each = run.into_iter().map(|(mut followed, observed)| {
            followed.measure = Measure::Instructions;
            followed.key.clock = model::ClockKind::GuestInstructions;
            (followed, observed)
        });
        each.collect()
    };
    let judged_of = |factor: f64| {
        let mut nights = Nights::new(5, 4, 0.002);
        let earlier: Vec<Observations> = (0..12).map(|_| counted(nights.run(1.0))).collect();
        let candidate = counted(nights.run(factor));
        judge_run(&Bootstrap::new(1), &Policy::default(), &candidate, &earlier)
    };
    for (factor, verdict) in [(1.0, Verdict::Same), (1.03, Verdict::Slower)] {
        let judged = judged_of(factor);
        let mean = judged.last().unwrap();
        let Subject::Mean { measure, n, m, .. } = &mean.subject else {
            panic!("the mean comes last");
        };
        assert_eq!((*measure, *n, *m), (Measure::Instructions, 4, 4));
        assert_eq!(mean.verdict, verdict, "{factor}");
    }
}

#[test]
fn the_mean_of_the_best_times_counts_what_failed_as_missing() {
    let mut nights = Nights::new(9, 4, 0.002);
    let earlier: Vec<Observations> = (0..12).map(|_| with_best_times(nights.run(1.0))).collect();
    let mut candidate = with_best_times(nights.run(1.04));
    candidate.remove(&followed("b0", Measure::BestTime));
    candidate
        .get_mut(&followed("b0", Measure::Time))
        .unwrap()
        .side = Err("crash".to_owned());
    let judged = judge_run(&Bootstrap::new(1), &Policy::default(), &candidate, &earlier);
    let means: Vec<(Measure, usize, usize, &str, Verdict)> = judged
        .iter()
        .filter_map(|one| match &one.subject {
            Subject::Mean {
                measure,
                n,
                m,
                missing,
                ..
            } => Some((*measure, *n, *m, missing[0].1.as_str(), one.verdict)),
            Subject::Series(_) => None,
        })
        .collect();
    let slower = Verdict::Slower;
    assert_eq!(
        means,
        [
            (Measure::Time, 3, 4, "crash", slower),
            (Measure::BestTime, 3, 4, "crash", slower)
        ]
    );
}

#[test]
fn exceptions_fit_by_name_and_the_last_one_counts() {
    let exception = |benchmark: &str, least_effect| Exception {
        benchmark: Some(benchmark.to_owned()),
        executor: None,
        measure: None,
        floor: None,
        least_effect,
        ignore: least_effect.is_none(),
    };
    let policy = Policy {
        series: vec![
            exception("a", Some(0.1)),
            exception("a", Some(0.3)),
            exception("b", None),
        ],
        ..Policy::default()
    };
    let limit = |name| policy.limit(&followed(name, Measure::Time));
    assert_eq!(
        limit("a").map(|l| (l.floor, l.least_effect)),
        Some((0.01, 0.3))
    );
    assert_eq!(limit("b"), None);
    assert_eq!(limit("c").map(|l| l.least_effect), Some(0.02));
}

#[test]
fn numbers_that_cannot_be_meant_are_named() {
    let with = |change: fn(&mut Policy)| {
        let mut policy = Policy::default();
        change(&mut policy);
        policy.sound().unwrap_err()
    };
    let part = |key, value, most| BadPolicy::Part { key, value, most };
    assert_eq!(
        with(|p| p.false_alarms = 2.0),
        part("false_alarms", 2.0, 0.5)
    );
    assert_eq!(
        with(|p| p.false_alarms = 0.0),
        part("false_alarms", 0.0, 0.5)
    );
    assert_eq!(
        with(|p| p.assumed_noise = -1.0),
        part("assumed_noise", -1.0, 10.0)
    );
    assert!(matches!(
        with(|p| p.assumed_noise = f64::NAN),
        BadPolicy::Part { .. }
    ));
    assert_eq!(
        with(|p| p.look_back = 0),
        BadPolicy::NoRuns { key: "look_back" }
    );
    assert!(Policy::default().sound().is_ok());
}
