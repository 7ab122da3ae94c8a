//! What a gate lets pass: the policy, as a maintainer writes it.
//!
//! ```yaml
//! false_alarms: 0.01        # chance that the whole gate fails though nothing changed
//! look_back: 60             # earlier runs from which each series' noise is learned
//! baseline_runs: 5          # of them, the last so many are what the candidate is compared with
//! assumed_noise: 0.02       # of a series without a history
//! measures:                 # what is judged; what is left out is not
//!   time: {floor: 0.01, least_effect: 0.02}
//!   best-time: {floor: 0.01, least_effect: 0.02}
//!   peak-memory: {floor: 0.01, least_effect: 0.05}
//! geometric_mean: {floor: 0.003, least_effect: 0.01}
//! series:                   # exceptions; the last that fits counts
//!   - {benchmark: nbody, measure: time, least_effect: 0.1}
//! ```
//!
//! A change counts if it exceeds what chance does (the threshold learned from the series' own
//! history, never below `floor`) and what matters (`least_effect`). Both are parts: 0.02 is 2 %.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::measure::{Followed, Measure};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    pub false_alarms: f64,
    pub look_back: usize,
    pub baseline_runs: usize,
    pub assumed_noise: f64,
    pub measures: BTreeMap<Measure, Limit>,
    pub geometric_mean: Option<Limit>,
    pub series: Vec<Exception>,
}

/// How much may go by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub floor: f64,
    pub least_effect: f64,
}

/// Other limits for the series that it fits; what is left out fits all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    pub benchmark: Option<String>,
    pub executor: Option<String>,
    pub measure: Option<Measure>,
    pub floor: Option<f64>,
    pub least_effect: Option<f64>,
    /// Do not judge it at all.
    #[serde(default)]
    pub ignore: bool,
}

/// A policy that cannot be meant.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BadPolicy {
    #[error("`{key}` is {value}; it is a part from 0 to {most}: 0.01 is one per cent")]
    Part {
        key: &'static str,
        value: f64,
        most: f64,
    },
    #[error("`{key}` is 0; at least one run is needed")]
    NoRuns { key: &'static str },
}

impl Default for Policy {
    /// What is judged without a policy: all measures, and the mean.
    fn default() -> Policy {
        let limit = |floor, least_effect| Limit {
            floor,
            least_effect,
        };
        Policy {
            false_alarms: 0.01,
            look_back: 60,
            baseline_runs: 5,
            assumed_noise: 0.02,
            measures: BTreeMap::from([
                (Measure::Time, limit(0.01, 0.02)),
                (Measure::BestTime, limit(0.01, 0.02)),
                (Measure::TimeToSteady, limit(0.05, 0.1)),
                (Measure::JitSeconds, limit(0.05, 0.1)),
                (Measure::TraceMemory, limit(0.01, 0.05)),
                (Measure::PeakMemory, limit(0.01, 0.05)),
                (Measure::Instructions, limit(0.002, 0.01)),
            ]),
            geometric_mean: Some(limit(0.002, 0.01)),
            series: Vec::new(),
        }
    }
}

impl Policy {
    /// Looks at what types cannot say.
    ///
    /// # Errors
    /// The first number that cannot be meant.
    pub fn sound(self) -> Result<Policy, BadPolicy> {
        part("false_alarms", self.false_alarms, 0.5)?;
        part("assumed_noise", self.assumed_noise, 10.0)?;
        if self.false_alarms == 0.0 {
            let key = "false_alarms";
            let (value, most) = (0.0, 0.5);
            return Err(BadPolicy::Part { key, value, most });
        }
        for (key, runs) in [
            ("look_back", self.look_back),
            ("baseline_runs", self.baseline_runs),
        ] {
            if runs == 0 {
                return Err(BadPolicy::NoRuns { key });
            }
        }
        for limit in self.measures.values().chain(&self.geometric_mean) {
            part("floor", limit.floor, 10.0)?;
            part("least_effect", limit.least_effect, 10.0)?;
        }
        for exception in &self.series {
            part("floor", exception.floor.unwrap_or(0.0), 10.0)?;
            part("least_effect", exception.least_effect.unwrap_or(0.0), 10.0)?;
        }
        Ok(self)
    }

    /// The limits of a series; `None` if it is not judged.
    pub fn limit(&self, followed: &Followed) -> Option<Limit> {
        let mut limit = self.measures.get(&followed.measure).copied();
        for exception in self.series.iter().filter(|one| one.fits(followed)) {
            if exception.ignore {
                limit = None;
            } else if exception.floor.is_some() || exception.least_effect.is_some() {
                let base = limit.unwrap_or(Limit {
                    floor: 0.0,
                    least_effect: 0.0,
                });
                limit = Some(Limit {
                    floor: exception.floor.unwrap_or(base.floor),
                    least_effect: exception.least_effect.unwrap_or(base.least_effect),
                });
            }
        }
        limit
    }
}

impl Exception {
    fn fits(&self, followed: &Followed) -> bool {
        let same = |wanted: &Option<String>, name: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == name)
        };
        same(&self.benchmark, followed.key.benchmark.as_str())
            && same(&self.executor, followed.key.executor.as_str())
            && self.measure.is_none_or(|wanted| wanted == followed.measure)
    }
}

fn part(key: &'static str, value: f64, most: f64) -> Result<(), BadPolicy> {
    if (0.0..=most).contains(&value) {
        Ok(())
    } else {
        Err(BadPolicy::Part { key, value, most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::yaml;
    use proptest::prelude::*;

    const GOOD: &str = "\
false_alarms: 0.02
look_back: 30
baseline_runs: 3
assumed_noise: 0.03
measures:
  time: {floor: 0.01, least_effect: 0.02}
  peak-memory: {floor: 0.01, least_effect: 0.05}
geometric_mean: {floor: 0.003, least_effect: 0.01}
series:
  - {benchmark: nbody, measure: time, least_effect: 0.1}
  - {executor: pypy, ignore: true}
";

    #[test]
    fn a_policy_is_read_as_it_is_written() {
        let policy: Policy = yaml::parse("p", GOOD).unwrap();
        let policy = policy.sound().unwrap();
        assert_eq!(
            (policy.look_back, policy.measures.len(), policy.series.len()),
            (30, 2, 2)
        );
        for bad in [".nan", ".inf", "-0.1", "1e999", "11"] {
            let text = GOOD.replace("least_effect: 0.02", &format!("least_effect: {bad}"));
            let read = yaml::parse::<Policy>("p", &text);
            assert!(read.map_or(true, |policy| policy.sound().is_err()), "{bad}");
        }
    }

    proptest! {
        /// One place of a good policy is replaced by something else: it is read or it is told.
        #[test]
        fn no_policy_upsets_its_reader(at in 0..GOOD.len(), length in 0..30_usize, new in "[-a-z0-9.:{}\\[\\],&*!|>'\"% \n]{0,12}") {
            let end = (at + length).min(GOOD.len());
            let text = format!("{}{new}{}", &GOOD[..at], &GOOD[end..]);
            if let Ok(policy) = yaml::parse::<Policy>("p", &text)
                && let Ok(policy) = policy.sound()
            {
                let limits = policy.measures.values().chain(&policy.geometric_mean);
                let finite = |limit: &Limit| limit.floor.is_finite() && limit.least_effect.is_finite();
                prop_assert!(limits.clone().all(finite));
                prop_assert!(policy.baseline_runs > 0 && policy.look_back > 0);
            }
        }
    }
}
