//! What an experiment means, after [`crate::yaml`] has read what was typed.
//!
//! Preconditions live here: names are unique, every benchmark has its limits and its expected
//! digest, the baseline is one of the executors. Whoever holds an [`Experiment`] need not check.

use crate::{BenchmarkName, Configuration, ExecutorName, ExperimentName, SuiteName, Target};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What is to be measured: every benchmark on every executor, in so many invocations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    pub name: ExperimentName,
    /// A sentence on what it is for.
    pub about: String,
    /// Seeds the order of the plan and the bootstrap of its analysis.
    pub seed: u64,
    pub order: Order,
    /// Processes per benchmark and executor.
    pub invocations: u32,
    /// What everything is compared with.
    pub baseline: Option<ExecutorName>,
    /// The folder of the programs, as typed: relative to the experiment's file.
    pub programs: PathBuf,
    pub suites: Vec<Suite>,
    pub executors: Vec<Executor>,
}

/// In which order invocations are run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Rounds: each round runs every benchmark once on every executor, benchmarks shuffled,
    /// and for each benchmark its executors one after another, shuffled too. Slow drift of the
    /// machine then falls on all executors alike. What one normally wants.
    #[default]
    Interleaved,
    /// Everything shuffled.
    Shuffled,
    /// As written: all invocations of a benchmark on an executor one after another.
    Batch,
}

/// Benchmarks that are averaged together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suite {
    pub name: SuiteName,
    /// Another version is another series.
    pub version: u32,
    /// The heading in the report.
    pub title: String,
    pub note: String,
    pub benchmarks: Vec<Benchmark>,
}

/// One program with its arguments, its limits and the result it must give.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Benchmark {
    pub name: BenchmarkName,
    /// The version that the catalogue knows; the program must state the same.
    pub version: Option<u32>,
    /// File name below [`Experiment::programs`].
    pub program: String,
    pub summary: String,
    pub size: u64,
    /// Iterations within one process.
    pub iterations: u32,
    /// Further arguments, after `--size` and `--iterations`.
    pub arguments: Vec<String>,
    pub expected: Expected,
    pub limits: Limits,
}

/// What the program's digest is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    Digest(String),
    /// Said explicitly with `unchecked: true`; the iterations must still agree among themselves.
    Unchecked,
}

/// What one process may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    pub time_s: u64,
    /// Resident memory of the whole process group.
    pub memory_bytes: u64,
}

/// Something that runs a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Executor {
    pub name: ExecutorName,
    /// As people say it.
    pub label: String,
    pub kind: ExecutorKind,
    pub configuration: Configuration,
    /// `None` is the host's own.
    pub target: Option<Target>,
    /// The commit that it is built from; `None` is the tree at hand.
    #[serde(default)]
    pub revision: Option<String>,
    /// Arguments between the executable and the program.
    pub arguments: Vec<String>,
    /// Added to the otherwise cleared environment of its processes.
    pub environment: IndexMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum ExecutorKind {
    /// Our interpreter; without a path, what `kraitbench build` leaves in `bin/`.
    Krait {
        path: Option<PathBuf>,
    },
    Cpython {
        path: PathBuf,
    },
    Pypy {
        path: PathBuf,
    },
    /// Any command line that takes a program and its arguments at its end.
    Command {
        command: Vec<String>,
    },
}

impl Experiment {
    pub fn executor(&self, name: &ExecutorName) -> Option<&Executor> {
        self.executors
            .iter()
            .find(|executor| executor.name == *name)
    }

    /// How many processes a whole run has.
    pub fn invocation_count(&self) -> usize {
        let benchmarks: usize = self.suites.iter().map(|suite| suite.benchmarks.len()).sum();
        benchmarks * self.executors.len() * self.invocations as usize
    }
}

impl ExecutorKind {
    pub fn as_str(&self) -> &'static str {
        match self {
            ExecutorKind::Krait { .. } => "krait",
            ExecutorKind::Cpython { .. } => "cpython",
            ExecutorKind::Pypy { .. } => "pypy",
            ExecutorKind::Command { .. } => "command",
        }
    }
}
