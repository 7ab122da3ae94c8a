//! The words of the harness as types: what every arrow between two stages carries.
//!
//! `experiment YAML → plan → build → isolate → run → store → stats → regress → report`. The
//! stages depend on this crate and hardly on each other, so a stage can be tested with values
//! written down by hand. The words are fixed in `GLOSSARY.md`.
//!
//! Nothing here does I/O. Parsing an experiment is in [`yaml`]: first what was typed, then what
//! it means; whatever is wrong is a [`yaml::Problem`] that points at its line.

mod criterion;
mod experiment;
mod name;
mod outcome;
mod provenance;
mod record;
pub mod schema;
mod share;
mod target;
pub mod yaml;

pub use criterion::{Better, Criterion, Level};
pub use experiment::{
    Benchmark, Executor, ExecutorKind, Expected, Experiment, Limits, Order, Packages, Selection,
    Suite,
};
pub use name::{
    BadName, BenchmarkName, EnvironmentName, ExecutorName, ExperimentName, HostName, SuiteName,
};
pub use outcome::Outcome;
pub use provenance::{AddressSpace, Environment, Fact, Host, Isolation, Provenance};
pub use record::{
    Invocation, InvocationId, Reported, Run, RunExecutor, RunId, Sample, Samples, SeriesKey,
};
pub use share::{NamedHost, Share, THIS};
pub use target::{Clock, ClockKind, Configuration, Target};

#[cfg(test)]
mod tests;
