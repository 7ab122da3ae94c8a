//! What a run leaves behind: runs, invocations, samples, and the key of a series.

use crate::{
    BenchmarkName, ClockKind, Configuration, Criterion, Environment, ExecutorName, Experiment,
    Fact, Host, Isolation, Outcome, Provenance, Share, SuiteName, Target,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A run's name: when it began and what it is of. Sorts by time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId(pub String);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Names one planned process. The same plan gives the same ids, so that an interrupted run
/// knows what it has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InvocationId(pub String);

impl fmt::Display for InvocationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// All that samples must agree in to be of one series. A criterion completes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeriesKey {
    pub suite: SuiteName,
    pub suite_version: u32,
    pub benchmark: BenchmarkName,
    /// As the program states it; 0 if it never did.
    pub benchmark_version: u32,
    pub size: u64,
    /// Further arguments, as passed, separated by blanks.
    pub arguments: String,
    pub executor: ExecutorName,
    pub configuration: Configuration,
    pub target: Target,
    pub host: String,
    pub clock: ClockKind,
    /// [`Provenance::build_id`] of the executor.
    pub build: String,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    pub criterion: Criterion,
    /// `None` for a criterion of the whole process.
    pub iteration: Option<u32>,
    /// In the criterion's unit.
    pub value: f64,
}

/// What the program said of itself and its interpreter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reported {
    pub implementation: String,
    pub python: String,
    pub platform: String,
    /// The `environment` object of its `end` record, as printed.
    pub environment: serde_json::Map<String, serde_json::Value>,
}

/// One process and what it yielded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invocation {
    pub id: InvocationId,
    pub run: RunId,
    pub key: SeriesKey,
    /// Which of the invocations of its benchmark and executor.
    pub index: u32,
    /// Its place in the run's order.
    pub position: u32,
    /// RFC 3339, UTC.
    pub started_at: String,
    pub command: Vec<String>,
    pub outcome: Outcome,
    pub isolation: Isolation,
    pub reported: Reported,
    /// The last lines that were no records.
    pub stdout_tail: String,
    pub stderr_tail: String,
    pub samples: Vec<Sample>,
    /// Criteria that were to be measured and could not be, and why.
    #[serde(default)]
    pub absent: Vec<Fact>,
}

/// An executor as it was found at the run's start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunExecutor {
    pub name: ExecutorName,
    pub target: Target,
    pub clock: ClockKind,
    /// The command line before the program; empty if it is missing.
    pub command: Vec<String>,
    /// What was found, or why it was not and what to do about it.
    pub provenance: Result<Provenance, String>,
    /// Whether it is not there because it could not be built.
    #[serde(default)]
    pub not_built: bool,
}

/// A run's header: what was planned, on what, with what. An experiment that names hosts has a run
/// for each share of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub id: RunId,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// Digest of everything that the plan depends on. Only a run with the same digest is resumed.
    pub plan: String,
    /// How many invocations a whole run has.
    pub planned: u32,
    /// Whose share of the experiment it is.
    #[serde(default, skip_serializing_if = "Share::is_this")]
    pub share: Share,
    pub experiment: Experiment,
    /// The experiment as its author wrote it.
    pub experiment_text: String,
    /// Those of its share.
    pub executors: Vec<RunExecutor>,
    pub host: Host,
    pub environment: Environment,
}

/// The samples of one series and criterion, `[invocation][iteration]`; a criterion of the whole
/// process has one value for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    pub key: SeriesKey,
    pub criterion: Criterion,
    pub values: Vec<Vec<f64>>,
}
