//! The view model: everything a report says, as plain data.
//!
//! The harness fills in what was measured (columns, sections, cells with their invocations,
//! provenance) and leaves `figures`, `means` and `verdicts` empty; [`crate::analyse`] computes
//! them. The renderers only read. Keeping the two halves in one serialisable tree means that a
//! report can be rendered again, on another machine, from one JSON file, and that a test can
//! write any situation down by hand.
//!
//! Times are seconds, sizes are bytes; lists keep the order in which they are to be shown.

use serde::{Deserialize, Serialize};

/// One report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct View {
    /// The experiment's name, the page's heading.
    pub title: String,
    /// The release that this run is of, if it is one's.
    pub release: Option<String>,
    /// When the report was made, already formatted (this crate has no clock).
    pub generated_at: String,
    /// `Column::id` of what others are compared with: each column with the first of these of its
    /// clock, target and host.
    pub baselines: Vec<String>,
    pub columns: Vec<Column>,
    pub sections: Vec<Section>,
    pub provenance: Provenance,
    /// Seed of the bootstrap; shown, so that every interval can be computed again.
    pub seed: u64,
    /// Computed by [`crate::analyse`].
    pub means: Vec<Mean>,
    /// What the JIT brings on each target; computed by [`crate::analyse`].
    pub jit_speedups: Vec<JitSpeedup>,
    /// What runs of each length cost with a JIT; computed by [`crate::analyse`].
    pub lengths: Vec<LengthView>,
    /// Filled by whoever compares with an earlier session; may stay empty.
    pub verdicts: Vec<VerdictRow>,
    /// The run that the verdicts are against; its cells carry counters and figures, no iterations.
    pub earlier: Option<Earlier>,
    /// Runs before this one, oldest first.
    pub past: Vec<PastRun>,
    /// Where a series changed for good, as found over its history.
    pub changes: Vec<ChangeView>,
}

/// The run that this one is compared with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Earlier {
    pub run: String,
    pub at: String,
    /// What was built for it, as people write commits; may be empty.
    pub build: String,
    /// The release that it is of, if it is one's.
    pub release: Option<String>,
    pub sections: Vec<Section>,
    /// What became of each column's means since.
    pub means: Vec<MeanChange>,
    /// Series that it had and this run has not, as people say them.
    pub gone: Vec<String>,
}

impl Earlier {
    /// As people call it.
    pub fn name(&self) -> &str {
        match (&self.release, self.run.as_str()) {
            (Some(release), _) => release,
            (None, "") => "the earlier run",
            (None, run) => run,
        }
    }
}

/// The geometric mean over a column's benchmarks of an earlier run's figures / this run's: above 1
/// is better.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MeanChange {
    /// `Column::id`.
    pub column: String,
    /// Of what: `time`, `peak-memory`.
    pub measure: String,
    /// `None` if no benchmark is left.
    pub estimate: Option<Estimate>,
    /// n of m.
    pub n: u32,
    pub m: u32,
    /// Confidence, 0 to 1, that the column is better at all over the suite.
    pub reliability: Option<f64>,
}

/// One run of the past, as far as its figures go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PastRun {
    pub run: String,
    /// Its day or time, for an axis.
    pub at: String,
    /// What was built for it, as people write commits; may be empty.
    pub build: String,
    /// The release that it is of, if it is one's.
    pub release: Option<String>,
    pub points: Vec<PastPoint>,
}

/// One series in a run of the past.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PastPoint {
    /// `Section::id`.
    pub section: String,
    pub benchmark: String,
    /// `Column::id`.
    pub column: String,
    /// Steady time in seconds; the instructions of a process where the column's clock counts them.
    pub main: Estimate,
    pub peak_rss_bytes: Option<u64>,
    pub code_bytes: Option<f64>,
}

/// A step in a series' history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeView {
    /// `Section::id`.
    pub section: String,
    pub benchmark: String,
    pub column: String,
    /// The first run after the step.
    pub run: String,
    /// Mean after / mean before.
    pub ratio: f64,
    /// `new`, `confirmed`, `fixed`, `accepted`.
    pub state: String,
    /// The commits between, as people write them; may be empty.
    pub commits: String,
}

/// An executor in one configuration on one target: one colour throughout the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Column {
    /// Short and unique, as in the experiment (`krait-nojit`, `cpython311`).
    pub id: String,
    /// As people say it (`CPython 3.11`).
    pub label: String,
    /// What the executor says of itself (`Python 3.11.2 …`).
    pub version: String,
    /// The command line, as run.
    pub command: String,
    /// What it is an executor of (`krait`, `pypy`): the JIT of a family is compared with the same
    /// family without.
    pub family: String,
    /// Name of the configuration (`nojit`, `jit`), empty for foreign executors.
    pub configuration: String,
    pub target: String,
    /// `native`, `qemu-wall`, `guest-instructions` …; columns of different clock kinds, targets
    /// or hosts are shown but never compared.
    pub clock: String,
    pub host: String,
    /// Whether this configuration has a JIT at all: without one, counters are "n/a", not 0.
    pub has_jit: bool,
    /// Why there is nothing of it, as a sentence: it could not be built, or its host has measured
    /// nothing. Such a column is listed and not drawn.
    pub absent: Option<String>,
    /// Build provenance of this executor: profile, flags, compiler, commit, digest …
    pub build: Vec<Fact>,
}

/// A label and a value in a list of facts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    pub name: String,
    pub value: String,
}

impl Fact {
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Fact {
        Fact {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// Benchmarks that are averaged together, such as a suite or the warm-up programs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Section {
    /// Used in addresses: letters, digits, `-` and `_`.
    pub id: String,
    pub title: String,
    /// A sentence or two on what the section measures; may be empty.
    pub note: String,
    /// The columns that it was planned for; all, if empty.
    pub columns: Vec<String>,
    pub benchmarks: Vec<Benchmark>,
}

impl Section {
    /// Whether a column was to run it: one that was not is no hole in it.
    pub fn is_for(&self, column: &str) -> bool {
        self.columns.is_empty() || self.columns.iter().any(|one| one == column)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Benchmark {
    pub name: String,
    /// Version or digest of its source; another version is another series.
    pub version: String,
    /// Its size arguments, as passed.
    pub arguments: String,
    /// What it does, one sentence; may be empty.
    pub summary: String,
    /// At most one for each column; a column without a cell was not run.
    pub cells: Vec<Cell>,
}

/// One benchmark on one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cell {
    /// `Column::id`.
    pub column: String,
    pub invocations: Vec<Invocation>,
    /// Computed by [`crate::analyse`]; `None` if any invocation failed or none ran.
    pub figures: Option<Figures>,
}

/// One process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Invocation {
    pub outcome: Outcome,
    /// Time of each iteration in seconds, in order; what came before a failure is kept.
    pub iterations_s: Vec<f64>,
    /// Wall time of the whole process, where it was measured.
    pub wall_s: Option<f64>,
    /// What the whole process executed, where the clock counts that.
    pub instructions: Option<f64>,
    pub peak_rss_bytes: Option<u64>,
    /// JIT counters over the whole process, in the order of jit-summary; empty if none were told.
    pub jit: Vec<Counter>,
    /// JIT counters after each iteration: totals since the process began.
    pub jit_curves: Vec<CounterCurve>,
    /// How this invocation warmed up; computed by [`crate::analyse`].
    pub warmup: Option<WarmupView>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counter {
    /// The label that jit-summary prints, without its colon.
    pub name: String,
    pub value: f64,
    /// `s`, `bytes`, or empty for a count.
    pub unit: String,
}

/// One counter over the iterations of a process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CounterCurve {
    pub name: String,
    pub unit: String,
    /// One for each iteration; absent where nothing was told, which is before the first trace.
    pub values: Vec<Option<f64>>,
}

/// How a process ended. `detail` is shown with the cause, one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    pub kind: OutcomeKind,
    pub detail: String,
}

impl Outcome {
    pub fn ok() -> Outcome {
        Outcome::default()
    }

    pub fn failed(kind: OutcomeKind, detail: impl Into<String>) -> Outcome {
        Outcome {
            kind,
            detail: detail.into(),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeKind {
    #[default]
    Ok,
    /// Ended by a signal.
    Crash,
    /// Ended with a non-zero status.
    Error,
    Timeout,
    OutOfMemory,
    WrongResult,
    /// Printed something other than the protocol's records.
    BadOutput,
    /// The executor could not be built.
    NotBuilt,
    /// Could not be started.
    NotStarted,
    /// Was not run: excluded, or the run stopped before it.
    NotRun,
}

impl OutcomeKind {
    /// The cause in two words, as shown on charts.
    pub fn label(self) -> &'static str {
        match self {
            OutcomeKind::Ok => "ok",
            OutcomeKind::Crash => "crash",
            OutcomeKind::Error => "error",
            OutcomeKind::Timeout => "timeout",
            OutcomeKind::OutOfMemory => "out of memory",
            OutcomeKind::WrongResult => "wrong result",
            OutcomeKind::BadOutput => "bad output",
            OutcomeKind::NotBuilt => "not built",
            OutcomeKind::NotStarted => "not started",
            OutcomeKind::NotRun => "not run",
        }
    }
}

/// A value with its interval of confidence; `None` where one sample allows no interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub value: f64,
    pub interval: Option<(f64, f64)>,
}

/// What one cell amounts to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    pub invocations: u32,
    /// Iterations over all invocations.
    pub iterations: u32,
    /// Time of a warm iteration; where instructions are counted that is the tool's, and says nothing.
    pub steady_s: Estimate,
    /// Instructions of a process, where the column's clock counts them: what is compared then.
    pub instructions: Option<Estimate>,
    /// Time of the first iteration (median over invocations).
    pub first_s: Estimate,
    /// Relative spread of the warm iterations: MAD / median.
    pub spread: Option<f64>,
    /// How the invocations warmed up, together.
    pub warmup: Option<WarmupView>,
    /// Baseline's steady time / this steady time, or the same of their instructions; absent without a
    /// comparable baseline.
    pub speedup: Option<Estimate>,
    /// The same for the first iteration.
    pub first_speedup: Option<Estimate>,
    pub break_even: BreakEvenView,
    pub peak_rss_bytes: Option<u64>,
    /// This peak / the baseline's.
    pub rss_ratio: Option<f64>,
}

/// Classification of warm-up, in the words of `stats::warmup`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WarmupView {
    /// `flat`, `warm-up`, `slowdown`, `no steady state`, `inconsistent`, `too short`.
    pub class: String,
    /// Which method decided, as it is to be named beside the class.
    pub method: String,
    /// First iteration of the steady state, counted from 1.
    pub steady_from: Option<u32>,
    /// Time spent before the steady state.
    pub time_to_steady_s: Option<f64>,
}

/// After how many iterations the cumulated time is below the baseline's for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakEvenView {
    /// Nothing to compare with, or this is the baseline.
    #[default]
    NotApplicable,
    /// Ahead from this iteration (1: ahead from the start).
    At(u32),
    /// Not within so many iterations.
    NotWithin(u32),
}

/// Which figure a mean is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeanOf {
    #[default]
    Steady,
    FirstIteration,
    /// Ratio of peak memory; above 1 is more memory.
    Memory,
}

/// A geometric mean over the benchmarks that both sides completed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mean {
    /// `Section::id`, or `None` for the mean over all sections.
    pub section: Option<String>,
    pub column: String,
    pub of: MeanOf,
    /// `None` if no benchmark is left.
    pub estimate: Option<Estimate>,
    /// n of m.
    pub n: u32,
    pub m: u32,
    pub dropped: Vec<Dropped>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    pub benchmark: String,
    /// Whose fault and why: `PyPy 3.9: timeout`.
    pub cause: String,
}

/// An interpreter with its JIT over the same without, on one target and clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JitSpeedup {
    pub family: String,
    /// As people say the side with the JIT.
    pub label: String,
    pub target: String,
    pub clock: String,
    /// The machine, where the report has several; else empty.
    pub host: String,
    /// `Column::id` of either side.
    pub jit: String,
    pub nojit: String,
    pub rows: Vec<SpeedupRow>,
    /// The mean of each section: targets need not run the same ones.
    pub sections: Vec<SectionSpeedup>,
    /// Geometric mean over what both sides completed: n of m.
    pub mean: Option<Estimate>,
    pub n: u32,
    pub m: u32,
}

/// The geometric mean of a section's speed-ups: n of m.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SectionSpeedup {
    /// `Section::id`.
    pub section: String,
    pub mean: Option<Estimate>,
    pub n: u32,
    pub m: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpeedupRow {
    pub section: String,
    pub benchmark: String,
    /// Time without the JIT / time with it, or the same of instructions.
    pub estimate: Option<Estimate>,
    /// Why there is none.
    pub cause: String,
}

/// How long a run is. Ordered from the shortest.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Length {
    /// A process of one iteration, from its start to its end.
    #[default]
    Process,
    /// So many iterations from the first.
    Iterations(u32),
}

impl Length {
    /// As people call it.
    pub fn name(self) -> String {
        match self {
            Length::Process => "one process".to_owned(),
            Length::Iterations(1) => "1 iteration".to_owned(),
            Length::Iterations(count) => format!("{count} iterations"),
        }
    }
}

/// Runs of one length of a column with a JIT, compared with another column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LengthView {
    pub length: Length,
    /// `Column::id`.
    pub column: String,
    /// `Column::id` of the other.
    pub against: String,
    /// Geometric mean of the other's time / this time over what both completed: n of m.
    pub mean: Option<Estimate>,
    pub n: u32,
    pub m: u32,
    pub rows: Vec<LengthRow>,
}

/// One benchmark's runs of a length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LengthRow {
    pub section: String,
    pub benchmark: String,
    /// The other's time / this time, of medians over processes.
    pub ratio: f64,
}

/// Comparison of one series with an earlier session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VerdictRow {
    /// `Section::id`.
    pub section: String,
    pub benchmark: String,
    pub column: String,
    /// `faster`, `slower`, `same`, `undecided`, `failed`, `no baseline`.
    pub verdict: String,
    /// New time / old time.
    pub change: Option<Estimate>,
    pub note: String,
}

/// Where the figures come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// Host, processor, cores, kernel, governor, memory, load …
    pub environment: Vec<Fact>,
    /// Commit, whether the tree was clean, harness version, session, start and end …
    pub session: Vec<Fact>,
    /// The experiment, verbatim.
    pub experiment_yaml: String,
}
