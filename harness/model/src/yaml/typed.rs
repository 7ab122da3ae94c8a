//! What may be typed: the keys and the form of their values, nothing about their meaning.
//!
//! Values that `meaning` may object to are [`Spanned`], so that it can point at them. The keys
//! are described in `suites/quick.yaml`, which uses most of them.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::{Configuration, Order, Target};

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
    pub programs: String,
    pub expected: Option<String>,
    /// Defaults of all benchmarks.
    pub timeout_s: Spanned<u64>,
    pub memory_mb: Spanned<u64>,
    pub suites: Spanned<Vec<Suite>>,
    pub executors: Spanned<Vec<Executor>>,
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
    pub benchmarks: Spanned<Vec<Benchmark>>,
}

#[derive(Debug, Deserialize)]
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
    pub arguments: Vec<String>,
    pub digest: Option<String>,
    #[serde(default)]
    pub unchecked: bool,
    pub timeout_s: Option<Spanned<u64>>,
    pub memory_mb: Option<Spanned<u64>>,
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
    pub target: Option<Target>,
    pub revision: Option<Spanned<String>>,
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
