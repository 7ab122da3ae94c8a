//! The gate between two executors of one interleaved run, such as two commits.
//!
//! A night is judged by its history, because nothing of that night says how fast the old build was
//! then. Where both were measured one after the other, round by round, it does: each round's ratio
//! is a comparison under the same circumstances (the same minute, the same hash seed), and how these
//! ratios differ is the noise ([`stats::paired`]). No history is needed, and a drift of the machine
//! is none of either side. The policy is that of the other gate: the chance of a false alarm for the
//! whole, floors, least effects.
//!
//! The mean over benchmarks has as its error that of independent parts: rounds of two benchmarks
//! have no process in common.

use std::collections::BTreeMap;

use stats::noise::{Learned, Noise};
use stats::paired::{Middle, mean, middle};
use stats::{Estimate, Interval, median};

use crate::figure::singles;
use crate::judged::{Judged, Observations, Subject, chances, judged, without_change};
use crate::measure::{Followed, Measure};
use crate::policy::Policy;
use crate::{Side, Verdict};

/// Judges `candidate` against `base`, two executors of the same run, by all that the policy wants
/// judged of both.
pub fn judge_pair(
    policy: &Policy,
    observations: &Observations,
    base: &str,
    candidate: &str,
) -> Vec<Judged> {
    let of_candidate = |followed: &&Followed| followed.key.executor.as_str() == candidate;
    let series: Vec<(&Followed, &Side, Option<&Side>)> = observations
        .iter()
        .filter(|(followed, _)| of_candidate(followed) && policy.limit(followed).is_some())
        .map(|(followed, now)| (followed, &now.side, side_of(observations, base, followed)))
        // The main measure has to be there; of what else only one side tells there is nothing to say.
        .filter(|(followed, _, before)| followed.is_main() || before.is_some())
        .collect();
    judge_sides(policy, candidate, &series)
}

/// Series of a candidate, each with the sides that are compared.
pub(crate) fn judge_sides(
    policy: &Policy,
    candidate: &str,
    series: &[(&Followed, &Side, Option<&Side>)],
) -> Vec<Judged> {
    let mut means: BTreeMap<Measure, Averaged> = BTreeMap::new();
    if policy.geometric_mean.is_some() {
        let averaged = |key: &model::SeriesKey| Measure::averaged(key.clock);
        let judged = series
            .iter()
            .filter(|(followed, ..)| averaged(&followed.key).contains(&followed.measure));
        means.extend(judged.map(|(followed, ..)| (followed.measure, Averaged::default())));
        if means.is_empty() {
            means.insert(Measure::Time, Averaged::default());
        }
    }
    let (chance, chance_of_mean) = chances(policy, series.len(), means.len());
    let mut all = Vec::new();
    for (followed, now, before) in series {
        let Some(limit) = policy.limit(followed) else {
            continue;
        };
        let subject = Subject::Series((*followed).clone());
        let compared = differences(followed.measure, now, *before);
        for (measure, of) in &mut means {
            match &compared {
                Ok(found) if *measure == followed.measure => of.parts.push(*found),
                // What has no main figure has none of another measure.
                Err((_, cause)) if followed.is_main() => {
                    of.missing.push((followed.label(), cause.clone()));
                }
                _ => {}
            }
        }
        all.push(match compared {
            Ok(found) => decided(subject, found, chance, limit),
            Err((verdict, cause)) => without_change(subject, verdict, cause),
        });
    }
    for (measure, Averaged { parts, missing }) in means {
        let Some(limit) = policy.geometric_mean else {
            continue;
        };
        let (n, m) = (parts.len(), parts.len() + missing.len());
        let subject = Subject::Mean {
            executor: candidate.to_owned(),
            measure,
            n,
            m,
            missing,
        };
        all.push(match mean(&parts) {
            Some(found) => decided(subject, found, chance_of_mean, limit),
            None => without_change(subject, Verdict::NoBaseline, String::new()),
        });
    }
    all
}

/// What a mean is over, and what is missing in it: benchmark and cause.
#[derive(Default)]
struct Averaged {
    parts: Vec<Middle>,
    missing: Vec<(String, String)>,
}

/// The same series of the other executor: of the same benchmark under the same circumstances; the
/// configuration may be another.
fn side_of<'a>(
    observations: &'a Observations,
    base: &str,
    followed: &Followed,
) -> Option<&'a Side> {
    let same = |other: &&Followed| {
        let (mut other, executor) = ((*other).clone(), other.key.executor.as_str() == base);
        other.key.executor = followed.key.executor.clone();
        other.key.configuration = followed.key.configuration;
        executor && other == *followed
    };
    let found = observations.keys().find(same)?;
    Some(&observations[found].side)
}

/// What the rounds' ratios amount to, as logarithms; or the verdict that there is none, and why.
fn differences(
    measure: Measure,
    now: &Side,
    before: Option<&Side>,
) -> Result<Middle, (Verdict, String)> {
    let now = now
        .as_ref()
        .map_err(|cause| (Verdict::Failed, cause.clone()))?;
    let before = match before {
        Some(Ok(before)) => before,
        Some(Err(cause)) => {
            let note = format!("the baseline failed: {cause}");
            return Err((Verdict::NoBaseline, note));
        }
        None => return Err((Verdict::NoBaseline, String::new())),
    };
    let untold = |why: String| (Verdict::Undecided, why);
    if now.len() != before.len() {
        let (now, before) = (now.len(), before.len());
        return Err(untold(format!(
            "{now} processes against {before} are no pairs"
        )));
    }
    if measure.is_best() {
        let found = stats::best::of_rounds(&singles(now), &singles(before));
        return found.map_err(|why| untold(why.to_string()));
    }
    let ratios: Result<Vec<f64>, _> = now
        .iter()
        .zip(before)
        .map(|(now, before)| Ok((median(now)? / median(before)?).ln()))
        .collect();
    let found = ratios.and_then(|ratios| middle(&ratios));
    found.map_err(|why: stats::NoFigure| untold(why.to_string()))
}

fn decided(subject: Subject, found: Middle, chance: f64, limit: crate::policy::Limit) -> Judged {
    let (low, high) = found.interval(0.95);
    let change = Estimate {
        value: found.value.exp(),
        interval: Some(Interval {
            low: low.exp(),
            high: high.exp(),
        }),
    };
    let noise = Noise {
        sigma: found.error,
        fence: 0.0,
        learned: Learned::FromPairs,
        differences: found.freedom + 1,
    };
    let threshold = found.threshold(chance).exp();
    judged(subject, change, noise, 1, threshold, limit)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::history_tests::followed;
    use crate::measure::Observed;
    use crate::{Gate, gate};

    /// Two executors of a machine whose speed wanders by a tenth from round to round.
    fn observations(seed: u64, rounds: usize, slower: f64) -> Observations {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut noise = move || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
        let mut all = Observations::new();
        for benchmark in 0..6 {
            let mut sides = [Vec::new(), Vec::new()];
            for _ in 0..rounds {
                let shared = 1.0 + 0.2 * noise();
                for (side, factor) in sides.iter_mut().zip([1.0, slower]) {
                    // One process of twenty is disturbed.
                    let wild = if noise() > 0.45 { 1.5 } else { 1.0 };
                    let own = 1.0 + 0.04 * noise();
                    side.push(vec![factor * shared * own * wild; 3]);
                }
            }
            for (name, side) in ["base", "candidate"].into_iter().zip(sides) {
                let mut followed = followed(&format!("b{benchmark}"), Measure::Time);
                followed.key.executor = model::ExecutorName::new(name).unwrap();
                let build = name.to_owned();
                all.insert(
                    followed,
                    Observed {
                        build,
                        side: Ok(side),
                    },
                );
            }
        }
        all
    }

    fn failures(slower: f64) -> usize {
        let fails = |seed: &u64| {
            let all = observations(*seed, 10, slower);
            let judged = judge_pair(&Policy::default(), &all, "base", "candidate");
            gate(judged.iter().map(|one| one.verdict)) == Gate::Regression
        };
        (0..200).filter(fails).count()
    }

    #[test]
    fn the_same_passes_and_five_per_cent_are_found_though_the_machine_wanders() {
        let (same, slower, faster) = (failures(1.0), failures(1.05), failures(0.95));
        assert!(same <= 2, "{same} of 200 failed for nothing");
        assert!(slower >= 190, "{slower} of 200 were found");
        assert_eq!(faster, 0, "faster is no failure");
    }

    #[test]
    fn where_instructions_are_counted_the_mean_is_over_them() {
        let counted = |slower: f64| -> Observations {
            let told = observations(3, 10, slower).into_iter();
            let each = told.map(|(mut followed, observed)| {
                followed.measure = Measure::Instructions;
                followed.key.clock = model::ClockKind::Callgrind;
                (followed, observed)
            });
            each.collect()
        };
        let judged = judge_pair(&Policy::default(), &counted(1.1), "base", "candidate");
        let mean = judged.last().unwrap();
        let Subject::Mean { measure, n, m, .. } = &mean.subject else {
            panic!("the mean comes last");
        };
        assert_eq!((*measure, *n, *m), (Measure::Instructions, 6, 6));
        assert_eq!(mean.verdict, Verdict::Slower);
    }

    #[test]
    fn what_has_no_pair_is_told() {
        let mut all = observations(1, 10, 1.0);
        let keys: Vec<Followed> = all.keys().cloned().collect();
        let of = |benchmark: &str, executor: &str| {
            let mut keys = keys.iter();
            let is_it = |f: &&Followed| {
                f.key.benchmark.as_str() == benchmark && f.key.executor.as_str() == executor
            };
            keys.find(is_it).unwrap().clone()
        };
        all.get_mut(&of("b0", "candidate")).unwrap().side = Err("crash".to_owned());
        all.get_mut(&of("b1", "base")).unwrap().side = Err("crash".to_owned());
        all.remove(&of("b2", "base"));
        if let Ok(side) = &mut all.get_mut(&of("b3", "base")).unwrap().side {
            side.pop();
        }
        let judged = judge_pair(&Policy::default(), &all, "base", "candidate");
        let verdicts: Vec<Verdict> = judged.iter().take(4).map(|one| one.verdict).collect();
        use Verdict::{Failed, NoBaseline, Undecided};
        assert_eq!(verdicts, [Failed, NoBaseline, NoBaseline, Undecided]);
        assert_eq!(judged[3].note, "10 processes against 9 are no pairs");
        let Subject::Mean { n, m, .. } = &judged[6].subject else {
            panic!("the mean comes last");
        };
        assert_eq!((*n, *m), (2, 6));
        assert_eq!(
            judge_pair(&Policy::default(), &all, "base", "nobody").len(),
            1
        );
        let mut only = of("b4", "candidate");
        let told = all[&only].clone();
        only.measure = Measure::PeakMemory;
        all.insert(only, told);
        let more = judge_pair(&Policy::default(), &all, "base", "candidate");
        assert_eq!(
            more.len(),
            judged.len(),
            "no baseline of what only one tells"
        );
    }
}
