//! Runs in the forms of other tools: written for them to read, and read from what they wrote.
//!
//! | form | what it is | of ours it holds |
//! |---|---|---|
//! | [`pyperf`] | the JSON of pyperf and pyperformance | every iteration, warm-ups apart |
//! | [`rebench`] | the data file of ReBench, a table with comments | every iteration |
//! | [`codespeed`] | what is posted to a Codespeed server | one value a benchmark, with its spread |
//! | [`bencher`] | Bencher's metric format | one value a benchmark, with its range |
//!
//! *Writing* starts from one executor's times in a run ([`Exported`]). *Reading* gives
//! [`Reading`]s, which are the same for all forms; [`adopt`] makes runs of them that the store
//! takes like its own. What a form does not say is asked of whoever imports, never made up; what
//! it says and we have no word for is kept under a name that begins with the form's.
//!
//! Pure: text to values and values to text. The formats were taken from the tools' own writers and
//! readers, which are also what the tests hold ours against.

pub mod adopt;
pub mod bencher;
pub mod codespeed;
pub mod exported;
pub mod pyperf;
pub mod rebench;
mod units;

use jiff::Timestamp;
use model::Sample;

pub use adopt::{Adopted, Naming, adopt};
pub use exported::{Exported, Series};

#[cfg(test)]
mod tests;

/// One benchmark on one executor, as a file of another tool tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Empty if the form has no word for it.
    pub executor: String,
    pub suite: String,
    pub benchmark: String,
    pub arguments: String,
    pub host: Option<String>,
    pub at: Option<Timestamp>,
    pub commit: Option<String>,
    /// By process.
    pub invocations: Vec<Vec<Sample>>,
}

/// Why a file of another tool could not be taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    #[error("this is no file of {form}: {what}")]
    Form { form: &'static str, what: String },
    #[error("{place}: {what}")]
    Value { place: String, what: String },
    #[error("it holds no sample")]
    Empty,
    #[error("it does not say when {run} was measured; say so with `--at 2026-01-31T04:00:00Z`")]
    NoTime { run: String },
    #[error("it does not say what measured; name it with `--executor NAME`")]
    NoExecutor,
    #[error(
        "it holds several executors ({known}), so `--executor` cannot name them all; leave it out"
    )]
    SeveralExecutors { known: String },
}

/// Where in a file something is wrong; other people's names may hold anything, and are cut.
fn wrong(place: &str, what: impl Into<String>) -> NotRead {
    let place = place
        .chars()
        .take(80)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    NotRead::Value {
        place,
        what: what.into(),
    }
}

/// A number that can be a sample.
fn usable(place: &str, value: f64) -> Result<f64, NotRead> {
    match value.is_finite() && value >= 0.0 {
        true => Ok(value),
        false => Err(wrong(
            place,
            format!("{value} is no sample: a finite number, 0 or more, is needed"),
        )),
    }
}

/// A time as these tools write it, with an offset or, as UTC, without.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()
}
