//! Findings and their states, bisection under noise, and means of two runs.

use std::collections::BTreeMap;

use model::{BenchmarkName, ClockKind, Configuration, ExecutorName, SeriesKey, SuiteName, Target};
use stats::steps::Rule;
use stats::{Bootstrap, Estimate, Interval};

use crate::bisect::{Answer, Blame, Search, answer};
use crate::history::{Accepted, Direction, Kept, Series, State, findings};
use crate::judged::Observations;
use crate::measure::{Followed, Measure, Observed};
use crate::release::{columns, mean};

/// Beside its times, the best of each process.
pub(crate) fn with_best_times(mut all: Observations) -> Observations {
    let bests: Observations = all
        .iter()
        .map(|(followed, observed)| {
            let least = |values: &Vec<f64>| vec![values.iter().copied().fold(f64::MAX, f64::min)];
            let side = observed.side.clone();
            let side = side.map(|side| side.iter().map(least).collect());
            let (key, build) = (followed.key.clone(), observed.build.clone());
            let measure = Measure::BestTime;
            (Followed { key, measure }, Observed { build, side })
        })
        .collect();
    all.extend(bests);
    all
}

pub(crate) fn followed(benchmark: &str, measure: Measure) -> Followed {
    Followed {
        key: SeriesKey {
            suite: SuiteName::new("suite").unwrap(),
            suite_version: 1,
            benchmark: BenchmarkName::new(benchmark).unwrap(),
            benchmark_version: 1,
            size: 1,
            arguments: String::new(),
            executor: ExecutorName::new("krait").unwrap(),
            configuration: Configuration::Jit,
            target: Target::X86_64,
            host: "host".to_owned(),
            clock: ClockKind::Native,
            build: String::new(),
        },
        measure,
    }
}

fn noise(i: usize) -> f64 {
    let mixed = (i as u64 + 3).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    1.0 + 0.01 * (((mixed >> 40) % 2001) as f64 / 1000.0 - 1.0)
}

fn series(levels: &[(usize, f64)]) -> (Series, Vec<String>) {
    let all = levels
        .iter()
        .flat_map(|&(n, level)| std::iter::repeat_n(level, n));
    let nights: Vec<(usize, f64)> = all.enumerate().map(|(i, v)| (i, v * noise(i))).collect();
    let runs = (0..nights.len()).map(|i| format!("run-{i:03}")).collect();
    let followed = followed("nbody", Measure::Time);
    (Series { followed, nights }, runs)
}

fn states(levels: &[(usize, f64)], kept: &Kept) -> Vec<(usize, Direction, State)> {
    let (series, runs) = series(levels);
    findings(&[series], &runs, kept, &Rule::default())
        .into_iter()
        .map(|finding| (finding.after, finding.direction, finding.state))
        .collect()
}

#[test]
fn a_change_is_new_then_confirmed_then_fixed() {
    let none = Kept::default();
    assert_eq!(
        states(&[(40, 1.0), (5, 1.2)], &none),
        [(40, Direction::Worse, State::New)]
    );
    assert_eq!(
        states(&[(40, 1.0), (20, 1.2)], &none),
        [(40, Direction::Worse, State::Confirmed)]
    );
    let by = "run-060".to_owned();
    assert_eq!(
        states(&[(40, 1.0), (20, 1.2), (20, 1.0)], &none),
        [
            (40, Direction::Worse, State::Fixed { by }),
            (60, Direction::Better, State::Confirmed)
        ]
    );
}

#[test]
fn an_accepted_change_keeps_its_reason_though_its_place_moves() {
    let accepted = |run: &str, direction| Kept {
        accepted: vec![Accepted {
            series: followed("nbody", Measure::Time),
            direction,
            run: run.to_owned(),
            reason: "checks overflow now".to_owned(),
            at: "2026-01-01T00:00:00Z".to_owned(),
        }],
        released: Vec::new(),
    };
    let levels = [(40, 1.0), (20, 1.2)];
    let reason = "checks overflow now".to_owned();
    for run in ["run-040", "run-038", "run-043"] {
        let told = states(&levels, &accepted(run, Direction::Worse));
        assert_eq!(
            told[0].2,
            State::Accepted {
                reason: reason.clone()
            },
            "{run}"
        );
    }
    for kept in [
        accepted("run-030", Direction::Worse),
        accepted("run-040", Direction::Better),
        accepted("gone", Direction::Worse),
    ] {
        assert_eq!(states(&levels, &kept)[0].2, State::Confirmed);
    }
    // What is kept comes back from its text.
    let text = serde_json::to_string(&accepted("run-040", Direction::Worse)).unwrap();
    let back: Kept = serde_json::from_str(&text).unwrap();
    assert_eq!(back, accepted("run-040", Direction::Worse));
}

#[test]
fn a_search_finds_the_commit_and_goes_around_holes() {
    let find = |commits: usize, first_bad: usize, holes: &[usize]| {
        let (mut search, mut measured) = (Search::over(commits), 0);
        while let Some(at) = search.next() {
            measured += 1;
            let told = match at {
                at if holes.contains(&at) => Answer::Untold,
                at if at >= first_bad => Answer::Bad,
                _ => Answer::Good,
            };
            search.tell(at, told);
        }
        (search.blame(), measured)
    };
    for first_bad in 1..64 {
        let (blame, measured) = find(64, first_bad, &[]);
        assert_eq!((blame.good, blame.bad), (first_bad - 1, first_bad));
        assert!(measured <= 6, "{measured}");
    }
    assert_eq!(find(2, 1, &[]), (Blame { good: 0, bad: 1 }, 0));
    assert_eq!(find(10, 5, &[4, 5]).0, Blame { good: 3, bad: 6 });
}

#[test]
fn an_answer_waits_for_its_interval() {
    let of = |low, high| {
        let interval = Some(Interval { low, high });
        let value = (low + high) / 2.0;
        answer(Estimate { value, interval }, 1.21)
    };
    assert_eq!(of(0.98, 1.05), Some(Answer::Good));
    assert_eq!(of(1.15, 1.25), Some(Answer::Bad));
    assert_eq!(of(1.05, 1.15), None);
}

fn observations(rows: &[(&str, Result<f64, &str>)]) -> Observations {
    let mut all = BTreeMap::new();
    for (name, level) in rows {
        let side = match level {
            Ok(level) => Ok((0..5).map(|i| vec![level * noise(i)]).collect()),
            Err(cause) => Err((*cause).to_owned()),
        };
        let build = "b".to_owned();
        all.insert(followed(name, Measure::Time), Observed { build, side });
    }
    all
}

#[test]
fn a_mean_of_two_runs_is_over_what_both_have() {
    let boot = Bootstrap::new(1);
    let old = observations(&[
        ("a", Ok(2.0)),
        ("b", Ok(2.0)),
        ("c", Ok(1.0)),
        ("d", Ok(1.0)),
        ("gone", Ok(1.0)),
    ]);
    let new = observations(&[
        ("a", Ok(1.0)),
        ("b", Ok(1.0)),
        ("c", Ok(1.2)),
        ("d", Err("crash: SIGSEGV")),
        ("e", Ok(1.0)),
    ]);
    let columns = columns(&new);
    assert_eq!(columns.len(), 1, "all are of one executor");
    let mean = mean(&boot, &columns[0], &new, &old);
    assert_eq!((mean.n, mean.m), (3, 5));
    let expected = (2.0f64 * 2.0 / 1.2).cbrt();
    assert!((mean.speedup.unwrap().value - expected).abs() < 1e-9);
}
