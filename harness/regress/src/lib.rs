//! Verdicts: has a series become faster or slower than its baseline, and may the run pass?
//!
//! A verdict needs two things at once: a change large enough to matter (the magnitude floor) and
//! an interval that says it is not chance. Either alone is how published tools cry wolf: fixed
//! percentages on single numbers, or significance without size. Sameness is a claim too, and
//! needs an interval inside the floor on both sides (the two one-sided tests of Schuirmann, "A
//! comparison of the two one-sided tests procedure and the power approach", J. Pharmacokinetics
//! and Biopharmaceutics 15(6), 1987). What is neither is *undecided*, which is not a failure:
//! it asks for more samples.
//!
//! - [`compare`], [`judge`]: one series in two runs.
//! - [`measure`]: what is judged of a series, and how it is taken from its samples.
//! - [`figure`]: how a run's processes are taken together.
//! - [`policy`], [`judged`]: the gate, with thresholds that each series' history teaches.
//! - [`paired`]: the gate between two executors of one interleaved run.
//! - [`history`]: changes over months, and what became of them.
//! - [`derived`]: what is kept of a run so that a history is quickly read.
//! - [`bisect`]: which commit it was.
//! - [`release`]: two runs in the mean.
//! - [`trial`]: how often the gate is wrong on real samples.

pub mod bisect;
pub mod derived;
pub mod figure;
pub mod history;
pub mod judged;
pub mod measure;
pub mod paired;
pub mod policy;
pub mod release;
pub mod trial;

use stats::{Bootstrap, Estimate, Interval, Label};

use crate::measure::Measure;

#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod judged_tests;
#[cfg(test)]
mod tests;

/// What became of one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Faster,
    Slower,
    /// Shown to differ by less than the floor.
    Same,
    /// The samples allow no verdict.
    Undecided,
    /// Failed now; whether it did before is in the note.
    Failed,
    /// Nothing to compare with.
    NoBaseline,
}

impl Verdict {
    pub fn label(self) -> &'static str {
        match self {
            Verdict::Faster => "faster",
            Verdict::Slower => "slower",
            Verdict::Same => "same",
            Verdict::Undecided => "undecided",
            Verdict::Failed => "failed",
            Verdict::NoBaseline => "no baseline",
        }
    }
}

/// The smallest change that matters, as a part: 0.03 means 1.03 times slower or faster.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor(pub f64);

impl Default for Floor {
    /// Two builds of identical code differ by 2 to 3 % on a quiet machine.
    fn default() -> Floor {
        Floor(0.03)
    }
}

/// One side of a comparison: samples by invocation, or the cause of failure.
pub type Side = Result<Vec<Vec<f64>>, String>;

/// A verdict with its reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub verdict: Verdict,
    /// New / old; above 1 is slower.
    pub change: Option<Estimate>,
    /// What a reader has to know beside the verdict; often empty.
    pub note: String,
}

impl Comparison {
    fn without_change(verdict: Verdict, note: String) -> Comparison {
        Comparison {
            verdict,
            change: None,
            note,
        }
    }
}

/// Compares one series with its baseline of an earlier session.
pub fn compare(
    bootstrap: &Bootstrap,
    label: Label<'_>,
    measure: Measure,
    new: &Side,
    old: Option<&Side>,
    floor: Floor,
) -> Comparison {
    let new = match (new, old) {
        (Ok(new), _) => new,
        (Err(cause), Some(Err(before))) => {
            let note = format!("{cause}; failed before as well: {before}");
            return Comparison::without_change(Verdict::Failed, note);
        }
        (Err(cause), _) => return Comparison::without_change(Verdict::Failed, cause.clone()),
    };
    let old = match old {
        Some(Ok(old)) => old,
        Some(Err(cause)) => {
            let note = format!("the baseline failed: {cause}");
            return Comparison::without_change(Verdict::NoBaseline, note);
        }
        None => return Comparison::without_change(Verdict::NoBaseline, String::new()),
    };
    match figure::ratio(measure, bootstrap, label, new, &[old]) {
        Ok(change) => {
            let (verdict, note) = judge(change, floor);
            Comparison {
                verdict,
                change: Some(change),
                note: note.to_owned(),
            }
        }
        Err(why) => Comparison::without_change(Verdict::Undecided, why.to_string()),
    }
}

/// The verdict on a ratio new / old.
pub fn judge(change: Estimate, floor: Floor) -> (Verdict, &'static str) {
    let Some(Interval { low, high }) = change.interval else {
        return (
            Verdict::Undecided,
            "one sample on either side allows no verdict",
        );
    };
    let above = 1.0 + floor.0.max(0.0);
    let below = 1.0 / above;
    if low > 1.0 && change.value > above {
        (Verdict::Slower, "")
    } else if high < 1.0 && change.value < below {
        (Verdict::Faster, "")
    } else if low >= below && high <= above {
        (Verdict::Same, "")
    } else if low > 1.0 || high < 1.0 {
        (Verdict::Same, "differs by less than the floor")
    } else {
        (Verdict::Undecided, "the interval is wider than the floor")
    }
}

/// What a whole run amounts to, from good to bad; the number is the exit status. 2 is left out:
/// `make` returns it for any failure of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    Pass = 0,
    NoBaseline = 4,
    Regression = 3,
    BenchmarkFailed = 1,
}

impl Gate {
    pub fn exit_status(self) -> u8 {
        self as u8
    }

    fn severity(self) -> u8 {
        match self {
            Gate::Pass => 0,
            Gate::NoBaseline => 1,
            Gate::Regression => 2,
            Gate::BenchmarkFailed => 3,
        }
    }
}

/// The gate over all verdicts: a failure outweighs a regression, and that a missing baseline.
/// No verdict at all passes: there was nothing to do.
pub fn gate(verdicts: impl IntoIterator<Item = Verdict>) -> Gate {
    verdicts
        .into_iter()
        .map(|verdict| match verdict {
            Verdict::Failed => Gate::BenchmarkFailed,
            Verdict::Slower => Gate::Regression,
            Verdict::NoBaseline => Gate::NoBaseline,
            Verdict::Faster | Verdict::Same | Verdict::Undecided => Gate::Pass,
        })
        .max_by_key(|gate| gate.severity())
        .unwrap_or(Gate::Pass)
}
