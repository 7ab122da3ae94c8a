//! How often is the gate wrong on this machine? Tried on real samples whose truth is known.
//!
//! A run with many invocations of one executable is cut into make-believe nights: disjoint sets of
//! invocations, drawn without replacement, a history of some and a candidate. Nothing changed
//! between them, so a gate that fails is a false alarm. With the samples of a second executable
//! that is known to be slower as candidates, a gate that fails is right.
//!
//! What this shows is how the gate's rules bear the noise from process to process, with its real
//! distribution. What it does not show is drift: invocations of one run are hours apart at most, so
//! nights differ by less here than they do.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use stats::Bootstrap;

use crate::judged::{Observations, judge_run};
use crate::measure::{Followed, Observed};
use crate::paired::judge_sides;
use crate::policy::Policy;
use crate::{Gate, gate};

/// What a trial is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    pub comparisons: usize,
    /// Make-believe nights of the history.
    pub nights: usize,
    /// Processes a night, for each benchmark.
    pub invocations: usize,
    pub seed: u64,
}

/// Why there is no trial.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTrial {
    #[error(
        "{series} has {there} invocations, and {needed} are needed: {nights} nights and a candidate of {each}"
    )]
    TooFew {
        series: String,
        there: usize,
        needed: usize,
        nights: usize,
        each: usize,
    },
    #[error("there is no series with samples")]
    Nothing,
    #[error("the two have no series in common")]
    NothingInCommon,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    pub failed: usize,
    pub comparisons: usize,
}

impl Rate {
    pub fn value(self) -> f64 {
        self.failed as f64 / self.comparisons.max(1) as f64
    }
}

/// All samples of an executor, by series; invocations stand at the same place in each.
type Pool<'a> = BTreeMap<Followed, &'a Vec<Vec<f64>>>;

/// The gate on candidates of `candidate` against histories of `baseline`; the same executor for
/// both gives the rate of false alarms.
///
/// # Errors
/// There are not enough samples.
pub fn trial(
    bootstrap: &Bootstrap,
    policy: &Policy,
    observations: &Observations,
    (baseline, candidate): (&str, &str),
    trial: Trial,
) -> Result<Rate, NoTrial> {
    let is_same = baseline == candidate;
    let before = pool(observations, baseline, policy);
    if before.is_empty() {
        return Err(NoTrial::Nothing);
    }
    let mut now = pool(observations, candidate, policy);
    now.retain(|followed, _| before.contains_key(followed));
    if now.is_empty() {
        return Err(NoTrial::NothingInCommon);
    }
    let before: Pool<'_> = before
        .into_iter()
        .filter(|(f, _)| now.contains_key(f))
        .collect();
    let of_history = trial.nights * trial.invocations;
    let needed = of_history + if is_same { trial.invocations } else { 0 };
    enough(&before, needed, trial)?;
    enough(&now, trial.invocations, trial)?;
    let mut rng = ChaCha8Rng::seed_from_u64(trial.seed);
    let mut failed = 0;
    for _ in 0..trial.comparisons {
        let mut sets = Sets::new(&mut rng);
        let history: Vec<Observations> = (0..trial.nights)
            .map(|night| {
                sets.night(
                    &before,
                    "history",
                    night * trial.invocations,
                    trial.invocations,
                )
            })
            .collect();
        let tonight = match is_same {
            true => sets.night(&now, "history", of_history, trial.invocations),
            false => sets.night(&now, "candidate", 0, trial.invocations),
        };
        let judged = judge_run(bootstrap, policy, &tonight, &history);
        let outcome = gate(judged.iter().map(|one| one.verdict));
        failed += usize::from(matches!(outcome, Gate::Regression | Gate::BenchmarkFailed));
    }
    Ok(Rate {
        failed,
        comparisons: trial.comparisons,
    })
}

/// The gate between two executors on rounds of an interleaved run, drawn without replacement for
/// each comparison: with the same executable under both names the rate of false alarms.
///
/// # Errors
/// There are not enough samples.
pub fn trial_of_pairs(
    policy: &Policy,
    observations: &Observations,
    (baseline, candidate): (&str, &str),
    trial: Trial,
) -> Result<Rate, NoTrial> {
    let before = pool(observations, baseline, policy);
    let now = pool(observations, candidate, policy);
    if before.is_empty() {
        return Err(NoTrial::Nothing);
    }
    let both: Vec<&Followed> = now.keys().filter(|f| before.contains_key(*f)).collect();
    if both.is_empty() {
        return Err(NoTrial::NothingInCommon);
    }
    enough(&before, trial.invocations, trial)?;
    enough(&now, trial.invocations, trial)?;
    let mut rng = ChaCha8Rng::seed_from_u64(trial.seed);
    let mut failed = 0;
    for _ in 0..trial.comparisons {
        let mut sets = Sets::new(&mut rng);
        // The same rounds of both.
        let old = sets.night(&before, "rounds", 0, trial.invocations);
        let new = sets.night(&now, "rounds", 0, trial.invocations);
        let series: Vec<_> = both
            .iter()
            .map(|followed| {
                let old = old.get(*followed).map(|observed| &observed.side);
                (*followed, &new[*followed].side, old)
            })
            .collect();
        let judged = judge_sides(policy, candidate, &series);
        let outcome = gate(judged.iter().map(|one| one.verdict));
        failed += usize::from(matches!(outcome, Gate::Regression | Gate::BenchmarkFailed));
    }
    Ok(Rate {
        failed,
        comparisons: trial.comparisons,
    })
}

/// The series of an executor that the policy judges, under keys without what tells executors apart.
fn pool<'a>(observations: &'a Observations, executor: &str, policy: &Policy) -> Pool<'a> {
    let mut pool = Pool::new();
    for (followed, observed) in observations {
        let is_judged = policy.limit(followed).is_some();
        if followed.key.executor.as_str() != executor || !is_judged {
            continue;
        }
        let Ok(side) = &observed.side else { continue };
        let mut followed = followed.clone();
        if let Ok(name) = model::ExecutorName::new("either") {
            followed.key.executor = name;
        }
        followed.key.configuration = model::Configuration::Stock;
        pool.insert(followed, side);
    }
    pool
}

fn enough(pool: &Pool<'_>, needed: usize, trial: Trial) -> Result<(), NoTrial> {
    match pool.iter().find(|(_, side)| side.len() < needed) {
        None => Ok(()),
        Some((followed, side)) => Err(NoTrial::TooFew {
            series: format!("{} of {}", followed.measure, followed.key.benchmark),
            there: side.len(),
            needed,
            nights: trial.nights,
            each: trial.invocations,
        }),
    }
}

/// Orders in which invocations are taken, drawn once for each benchmark and purpose: the measures
/// of one process stay together, and what one night took no other takes.
struct Sets<'a> {
    rng: &'a mut ChaCha8Rng,
    orders: BTreeMap<(String, &'static str), Vec<usize>>,
}

impl<'a> Sets<'a> {
    fn new(rng: &'a mut ChaCha8Rng) -> Sets<'a> {
        Sets {
            rng,
            orders: BTreeMap::new(),
        }
    }

    fn night(
        &mut self,
        pool: &Pool<'_>,
        purpose: &'static str,
        from: usize,
        count: usize,
    ) -> Observations {
        let mut night = Observations::new();
        for (followed, side) in pool {
            let order = self.order(followed, purpose, side.len());
            let side = order[from..from + count]
                .iter()
                .map(|at| side[*at].clone())
                .collect();
            let observed = Observed {
                build: purpose.to_owned(),
                side: Ok(side),
            };
            night.insert(followed.clone(), observed);
        }
        night
    }

    fn order(&mut self, followed: &Followed, purpose: &'static str, length: usize) -> &[usize] {
        let key = &followed.key;
        let name = format!("{}/{} {}", key.suite, key.benchmark, length);
        let rng = &mut *self.rng;
        self.orders.entry((name, purpose)).or_insert_with(|| {
            let mut order: Vec<usize> = (0..length).collect();
            for last in (1..length).rev() {
                let other = (u128::from(rng.next_u64()) * (last as u128 + 1)) >> 64;
                order.swap(last, other as usize);
            }
            order
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history_tests::with_best_times;
    use crate::measure::Measure;
    use model::{
        BenchmarkName, ClockKind, Configuration, ExecutorName, SeriesKey, SuiteName, Target,
    };

    /// Two executors with as many invocations; `slower` multiplies the second one's times.
    fn observations(benchmarks: usize, invocations: usize, slower: f64) -> Observations {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut noise = move || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
        let mut all = Observations::new();
        for benchmark in 0..benchmarks {
            for (executor, factor) in [("a", 1.0), ("b", slower)] {
                let key = SeriesKey {
                    suite: SuiteName::new("s").unwrap(),
                    suite_version: 1,
                    benchmark: BenchmarkName::new(format!("b{benchmark}")).unwrap(),
                    benchmark_version: 1,
                    size: 1,
                    arguments: String::new(),
                    executor: ExecutorName::new(executor).unwrap(),
                    configuration: Configuration::Nojit,
                    target: Target::X86_64,
                    host: "h".to_owned(),
                    clock: ClockKind::Native,
                    build: String::new(),
                };
                let side = (0..invocations)
                    .map(|_| {
                        let shift = 1.0 + 0.02 * noise();
                        (0..6)
                            .map(|_| 1e6 * factor * shift * (1.0 + 0.01 * noise()))
                            .collect()
                    })
                    .collect();
                let measure = Measure::Time;
                let observed = Observed {
                    build: executor.to_owned(),
                    side: Ok(side),
                };
                all.insert(Followed { key, measure }, observed);
            }
        }
        all
    }

    const TRIAL: Trial = Trial {
        comparisons: 60,
        nights: 10,
        invocations: 3,
        seed: 7,
    };

    fn rate(slower: f64, pair: (&str, &str)) -> Result<Rate, NoTrial> {
        let mut bootstrap = Bootstrap::new(1);
        bootstrap.resamples = 300;
        trial(
            &bootstrap,
            &Policy::default(),
            &observations(4, 40, slower),
            pair,
            TRIAL,
        )
    }

    #[test]
    fn equal_executables_pass_and_a_slower_one_fails() {
        assert!(rate(1.05, ("a", "a")).unwrap().value() <= 0.02);
        assert!(rate(1.05, ("a", "b")).unwrap().value() >= 0.95);
        assert!(
            rate(0.95, ("a", "b")).unwrap().value() <= 0.02,
            "faster is no failure"
        );
        assert_eq!(
            rate(1.05, ("a", "b")),
            rate(1.05, ("a", "b")),
            "the seed decides"
        );
    }

    #[test]
    fn rounds_of_equal_executables_pass_and_of_a_slower_one_fail() {
        let rate = |slower: f64, pair| {
            let all = observations(4, 40, slower);
            let trial = Trial {
                invocations: 10,
                ..TRIAL
            };
            trial_of_pairs(&Policy::default(), &all, pair, trial)
        };
        assert!(rate(1.0, ("a", "b")).unwrap().value() <= 0.02);
        assert!(rate(1.05, ("a", "b")).unwrap().value() >= 0.95);
        assert_eq!(rate(1.0, ("a", "c")), Err(NoTrial::NothingInCommon));
        assert_eq!(rate(1.0, ("c", "a")), Err(NoTrial::Nothing));
    }

    #[test]
    fn a_short_history_of_a_noisy_machine_raises_no_alarm() {
        let mut noisy = observations(6, 40, 1.0);
        // Processes differ by a quarter: far more than what is assumed without a history.
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        for observed in noisy.values_mut() {
            for values in observed.side.as_mut().unwrap() {
                let part = (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
                values
                    .iter_mut()
                    .for_each(|value| *value *= 1.0 + 0.8 * part);
            }
        }
        let mut bootstrap = Bootstrap::new(1);
        bootstrap.resamples = 300;
        let short = Trial {
            nights: 3,
            invocations: 8,
            ..TRIAL
        };
        let rate = trial(&bootstrap, &Policy::default(), &noisy, ("a", "a"), short).unwrap();
        assert!(rate.value() <= 0.02, "{rate:?}");
    }

    /// The same on a processor that is half as fast while its sibling works, which is most of the
    /// time and changes faster than processes come and go; with the best time of each process.
    fn shared(slower: f64) -> Observations {
        let mut rng = ChaCha8Rng::seed_from_u64(13);
        let mut part = move || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let mut all = observations(8, 240, slower);
        for observed in all.values_mut() {
            for values in observed.side.as_mut().unwrap() {
                let disturbed = if part() < 0.6 { 1.7 } else { 1.0 };
                values.iter_mut().for_each(|value| *value *= disturbed);
            }
        }
        with_best_times(all)
    }

    #[test]
    fn a_shared_machine_hides_five_per_cent_from_the_mean_and_not_from_the_best() {
        let mut bootstrap = Bootstrap::new(1);
        bootstrap.resamples = 200;
        let shape = Trial {
            comparisons: 40,
            nights: 7,
            invocations: 30,
            seed: 3,
        };
        let only_the_mean = Policy {
            measures: BTreeMap::from([(Measure::Time, Policy::default().measures[&Measure::Time])]),
            ..Policy::default()
        };
        let (same, slower) = (shared(1.0), shared(1.05));
        let rate = |policy: &Policy, all: &Observations, candidate| {
            let nights = trial(&bootstrap, policy, all, ("a", candidate), shape).unwrap();
            let rounds = trial_of_pairs(policy, all, ("a", candidate), shape).unwrap();
            (nights.value(), rounds.value())
        };
        let (nights, rounds) = rate(&Policy::default(), &slower, "b");
        assert!(nights >= 0.95 && rounds >= 0.95, "{nights}, {rounds}");
        let (nights, rounds) = rate(&Policy::default(), &same, "b");
        assert!(nights <= 0.025 && rounds <= 0.025, "{nights}, {rounds}");
        let (nights, _) = rate(&only_the_mean, &slower, "b");
        assert!(nights < 0.5, "else there were nothing to mend: {nights}");
    }

    #[test]
    fn too_few_samples_are_no_trial() {
        let few = trial(
            &Bootstrap::new(1),
            &Policy::default(),
            &observations(1, 32, 1.0),
            ("a", "a"),
            TRIAL,
        );
        assert!(
            matches!(
                few,
                Err(NoTrial::TooFew {
                    there: 32,
                    needed: 33,
                    ..
                })
            ),
            "{few:?}"
        );
        assert_eq!(rate(1.0, ("a", "c")), Err(NoTrial::NothingInCommon));
        assert_eq!(rate(1.0, ("c", "a")), Err(NoTrial::Nothing));
    }

    #[test]
    fn nights_are_disjoint_and_measures_of_a_process_stay_together() {
        let sides: Vec<Vec<Vec<f64>>> = vec![(0..9).map(|i| vec![f64::from(i)]).collect(); 2];
        let all = observations(1, 9, 1.0);
        let time = all.keys().next().unwrap().clone();
        let memory = Followed {
            measure: Measure::PeakMemory,
            ..time.clone()
        };
        let pool: Pool<'_> = [(time.clone(), &sides[0]), (memory.clone(), &sides[1])].into();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut sets = Sets::new(&mut rng);
        let mut seen = Vec::new();
        for night in 0..3 {
            let night = sets.night(&pool, "history", 3 * night, 3);
            assert_eq!(night[&time].side, night[&memory].side);
            seen.extend(night[&time].side.clone().unwrap().concat());
        }
        seen.sort_by(f64::total_cmp);
        assert_eq!(seen, (0..9).map(f64::from).collect::<Vec<_>>());
    }
}
