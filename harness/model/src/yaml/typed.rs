//! What may be typed: the keys and the form of their values, nothing about their meaning.
//!
//! Values that `meaning` may object to are [`Spanned`], so that it can point at them. The keys
//! are described in `suites/quick.yaml`, which uses most of them.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::{Clock, Configuration, Order, Target};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Experiment {
    pub experiment: Spanned<String>,
    #[serde(default)]
    pub about: String,
    pub seed: u64,
    #[serde(default)]
    pub order: Order,
    pub invocations: Spanned<u32>,
    pub baseline: Option<Spanned<String>>,
    /// In place of one.
    #[serde(default)]
    pub baselines: Vec<Spanned<String>>,
    pub programs: String,
    pub expected: Option<String>,
    /// Files with further suites and executors, relative to this one.
    #[serde(default)]
    pub include: Vec<String>,
    /// Defaults of all benchmarks.
    pub timeout_s: Spanned<u64>,
    pub memory_mb: Spanned<u64>,
    pub iterations: Option<Spanned<u32>>,
    #[serde(default)]
    pub hosts: Vec<Host>,
    #[serde(default)]
    pub suites: Option<Spanned<Vec<Suite>>>,
    #[serde(default)]
    pub executors: Option<Spanned<Vec<Executor>>>,
}

/// An included file: lists that go before the experiment's own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Included {
    #[serde(default)]
    pub hosts: Vec<Host>,
    pub suites: Option<Spanned<Vec<Suite>>>,
    pub executors: Option<Spanned<Vec<Executor>>>,
}

/// Another machine.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Host {
    pub name: Spanned<String>,
    pub label: Option<String>,
    pub target: Target,
    pub ssh: Option<Spanned<String>>,
    /// `ssh` if left out.
    pub command: Option<Spanned<Vec<String>>>,
    /// `kraitbench` if left out.
    pub folder: Option<Spanned<String>>,
    pub executable: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suite {
    pub name: Spanned<String>,
    #[serde(default = "one")]
    pub version: u32,
    pub title: Option<String>,
    #[serde(default)]
    pub note: String,
    /// Names of executors, or of entries that stand for several; all if left out.
    #[serde(default)]
    pub executors: Vec<Spanned<String>>,
    /// A catalogue of its own.
    pub expected: Option<String>,
    /// What its programs import.
    pub packages: Option<Packages>,
    #[serde(default)]
    pub tags: Vec<Spanned<String>>,
    /// Defaults of its benchmarks, before the experiment's.
    pub iterations: Option<Spanned<u32>>,
    pub timeout_s: Option<Spanned<u64>>,
    pub memory_mb: Option<Spanned<u64>>,
    pub benchmarks: Spanned<Vec<Benchmark>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Packages {
    pub environment: Spanned<String>,
    pub lists: Spanned<Vec<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Benchmark {
    pub name: Spanned<String>,
    /// `NAME.py` if left out.
    pub program: Option<Spanned<String>>,
    pub summary: Option<String>,
    /// The catalogue's default if left out, as are the iterations.
    pub size: Option<Spanned<u64>>,
    pub iterations: Option<Spanned<u32>>,
    #[serde(default)]
    pub tags: Vec<Spanned<String>>,
    #[serde(default)]
    pub arguments: Vec<String>,
    /// In place of one benchmark: one for each choice of a value for each.
    pub parameters: Option<Spanned<IndexMap<String, Vec<Parameter>>>>,
    pub digest: Option<String>,
    #[serde(default)]
    pub unchecked: bool,
    /// Names of executors, as a suite has them.
    #[serde(default)]
    pub fails_on: Vec<Spanned<String>>,
    pub timeout_s: Option<Spanned<u64>>,
    pub memory_mb: Option<Spanned<u64>>,
}

/// As it is typed: a size is a number, an argument may be either.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Parameter {
    Number(u64),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Executor {
    pub name: Spanned<String>,
    pub label: Option<String>,
    pub kind: Spanned<Kind>,
    pub path: Option<Spanned<String>>,
    pub command: Option<Spanned<Vec<String>>>,
    pub configuration: Option<Spanned<Configuration>>,
    pub target: Option<Spanned<Target>>,
    pub host: Option<Spanned<String>>,
    /// In place of one: an executor for each, and for each choice of several.
    #[serde(default)]
    pub configurations: Vec<Configuration>,
    #[serde(default)]
    pub targets: Vec<Spanned<Target>>,
    #[serde(default)]
    pub hosts: Vec<Spanned<String>>,
    #[serde(default)]
    pub clock: Clock,
    pub revision: Option<Spanned<String>>,
    /// Of crate `krait`, beside those of the configuration.
    #[serde(default)]
    pub features: Vec<Spanned<String>>,
    pub pgo: Option<Spanned<bool>>,
    #[serde(default)]
    pub arguments: Vec<String>,
    #[serde(default)]
    pub environment: IndexMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Krait,
    Cpython,
    Pypy,
    Command,
}

fn one() -> u32 {
    1
}
