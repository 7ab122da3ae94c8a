//! Samples to figures: fills the computed half of a [`View`] with what `stats` says.
//!
//! The rules that no chart may break are applied here, once: a cell of which any invocation
//! failed has no figures; columns of another clock kind, target or host are not compared; a mean
//! covers what both sides completed, and lists the rest with its cause.

use stats::warmup::{self, Class};
use stats::{Bootstrap, BreakEven, Entry, mean_over_intersection};

use crate::lengths::lengths;
use crate::view::{
    Benchmark, BreakEvenView, Cell, Column, Dropped, Estimate, Figures, JitSpeedup, Mean, MeanOf,
    Outcome, OutcomeKind, PastPoint, Section, SectionSpeedup, SpeedupRow, View, WarmupView,
};

/// Computes all figures, classes and means of the view anew from its samples.
pub fn analyse(mut view: View) -> View {
    let bootstrap = Bootstrap::new(view.seed);
    let columns: Vec<(Column, Option<String>)> = view
        .columns
        .iter()
        .map(|column| (column.clone(), view.reference(column).map(|r| r.id.clone())))
        .collect();
    for section in &mut view.sections {
        for benchmark in &mut section.benchmarks {
            for cell in &mut benchmark.cells {
                classify_invocations(cell);
            }
            let figures_of = |cell: &Cell| {
                let mut columns = columns.iter();
                let (column, reference) = columns.find(|(c, _)| c.id == cell.column)?;
                let against = reference.as_ref().and_then(|id| benchmark.cell(id));
                let against = against.filter(|cell| cell.failure().is_none());
                figures(&bootstrap, &benchmark.name, column, cell, against)
            };
            let all: Vec<Option<Figures>> = benchmark.cells.iter().map(figures_of).collect();
            for (cell, figures) in benchmark.cells.iter_mut().zip(all) {
                cell.figures = figures;
            }
        }
    }
    view.means = means(&bootstrap, &view);
    view.jit_speedups = jit_speedups(&bootstrap, &view);
    view.lengths = lengths(&bootstrap, &view);
    view
}

/// What a history keeps of a run: a point for each series of which no process failed. The
/// interval is the range of the processes' medians.
pub fn points(view: &View) -> Vec<PastPoint> {
    let mut points = Vec::new();
    let columns = &view.columns;
    for section in &view.sections {
        for benchmark in &section.benchmarks {
            for cell in &benchmark.cells {
                let Some(main) = columns
                    .iter()
                    .find(|column| column.id == cell.column)
                    .and_then(|column| cell.main_range(column))
                else {
                    continue;
                };
                let peak = stats::median(&cell.peak_samples().concat()).ok();
                points.push(PastPoint {
                    section: section.id.clone(),
                    benchmark: benchmark.name.clone(),
                    column: cell.column.clone(),
                    main,
                    peak_rss_bytes: peak.map(|bytes| bytes.round() as u64),
                    code_bytes: crate::pages::code(cell),
                });
            }
        }
    }
    points
}

impl View {
    /// The baselines that are there, in their order, without those that another one stands for.
    pub fn baselines(&self) -> impl Iterator<Item = &Column> {
        self.named_baselines().filter(|one| self.is_baseline(one))
    }

    /// Whether others are compared with this column, and it with none.
    pub fn is_baseline(&self, column: &Column) -> bool {
        self.first_like(column)
            .is_some_and(|first| first.id == column.id)
    }

    /// The baseline that a column is compared with: the first of those of its clock, target and
    /// host. A baseline has none.
    pub fn reference(&self, column: &Column) -> Option<&Column> {
        self.first_like(column)
            .filter(|first| first.id != column.id)
    }

    fn first_like(&self, column: &Column) -> Option<&Column> {
        let mut named = self.named_baselines();
        named.find(|baseline| incomparable(column, baseline).is_none())
    }

    fn named_baselines(&self) -> impl Iterator<Item = &Column> {
        let ids = self.baselines.iter();
        ids.filter_map(|id| self.columns.iter().find(|column| column.id == *id))
    }

    /// Why a column is compared with no baseline although there is one.
    pub fn stands_apart(&self, column: &Column) -> Option<String> {
        let first = self.baselines().next()?;
        match self.first_like(column) {
            Some(_) => None,
            None => incomparable(column, first),
        }
    }
}

impl View {
    /// A benchmark as tables over several sections call it: with its section where another section
    /// has one of the same name.
    pub fn called(&self, section: &Section, benchmark: &Benchmark) -> String {
        let mut others = self.sections.iter().filter(|other| other.id != section.id);
        match others.any(|other| {
            other
                .benchmarks
                .iter()
                .any(|one| one.name == benchmark.name)
        }) {
            true => format!("{} ({})", benchmark.name, section.title),
            false => benchmark.name.clone(),
        }
    }
}

impl Benchmark {
    pub fn cell(&self, column: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.column == column)
    }

    /// Why there is no figure for a column; `None` if there is one.
    pub fn failure(&self, column: &str) -> Option<Outcome> {
        match self.cell(column) {
            Some(cell) => cell.failure(),
            None => Some(Outcome::failed(OutcomeKind::NotRun, "")),
        }
    }
}

impl Cell {
    /// The outcome of the first invocation that failed, with how many of how many did.
    pub fn failure(&self) -> Option<Outcome> {
        let bad = |o: &Outcome| o.kind != OutcomeKind::Ok;
        let Some(first) = self.invocations.iter().find(|i| bad(&i.outcome)) else {
            if self.invocations.is_empty() {
                return Some(Outcome::failed(OutcomeKind::NotRun, ""));
            }
            let samples = self.invocations.iter().map(|i| &i.iterations_s);
            let unusable = |s: &Vec<f64>| s.is_empty() || s.iter().any(|v| !usable(*v));
            return samples.into_iter().any(unusable).then(|| {
                Outcome::failed(
                    OutcomeKind::BadOutput,
                    "an invocation has no usable samples",
                )
            });
        };
        let count = self.invocations.iter().filter(|i| bad(&i.outcome)).count();
        let mut outcome = first.outcome.clone();
        if self.invocations.len() > 1 {
            let counted = format!("{count} of {} invocations", self.invocations.len());
            outcome.detail = match outcome.detail.as_str() {
                "" => counted,
                detail => format!("{detail} ({counted})"),
            };
        }
        Some(outcome)
    }

    /// Each invocation's iterations that count as warm.
    fn steady_samples(&self) -> Vec<Vec<f64>> {
        let tail = |samples: &Vec<f64>| match warmup::classify(samples) {
            Ok(found) => samples[found.measured_from(samples.len())..].to_vec(),
            Err(_) => samples.clone(),
        };
        self.invocations
            .iter()
            .map(|i| tail(&i.iterations_s))
            .collect()
    }

    /// What is compared of it: steady iterations, or each process's instructions where the column's
    /// clock counts them. Empty if a process has none.
    fn main_samples(&self, column: &Column) -> Vec<Vec<f64>> {
        if !column.counts() {
            return self.steady_samples();
        }
        let counts = self.invocations.iter().map(|i| match i.instructions {
            Some(count) if usable(count) => Some(vec![count]),
            _ => None,
        });
        counts.collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    /// Mean and range of the processes' medians of that; `None` if any process failed.
    pub(crate) fn main_range(&self, column: &Column) -> Option<Estimate> {
        if self.failure().is_some() {
            return None;
        }
        let medians: Option<Vec<f64>> = self
            .main_samples(column)
            .iter()
            .map(|samples| stats::median(samples).ok())
            .collect();
        let medians = medians?;
        let low = medians.iter().copied().reduce(f64::min)?;
        let high = medians.iter().copied().reduce(f64::max)?;
        Some(Estimate {
            value: medians.iter().sum::<f64>() / medians.len() as f64,
            interval: Some((low, high)),
        })
    }

    fn all_samples(&self) -> Vec<Vec<f64>> {
        self.invocations
            .iter()
            .map(|i| i.iterations_s.clone())
            .collect()
    }

    fn first_samples(&self) -> Vec<Vec<f64>> {
        self.invocations
            .iter()
            .filter_map(|i| Some(vec![*i.iterations_s.first()?]))
            .collect()
    }

    /// Peak memory of each invocation; empty unless all have one (0 is a kernel's way of not
    /// knowing).
    fn peak_samples(&self) -> Vec<Vec<f64>> {
        let peaks = self.invocations.iter().map(|i| match i.peak_rss_bytes {
            Some(bytes) if bytes > 0 => Some(vec![bytes as f64]),
            _ => None,
        });
        peaks.collect::<Option<Vec<_>>>().unwrap_or_default()
    }
}

/// Why two columns must not be compared; `None` if they may.
pub(crate) fn incomparable(column: &Column, baseline: &Column) -> Option<String> {
    let differs = [
        ("clock", &column.clock, &baseline.clock),
        ("target", &column.target, &baseline.target),
        ("host", &column.host, &baseline.host),
    ];
    let (what, here, there) = differs.into_iter().find(|(_, here, there)| here != there)?;
    Some(format!("another {what} ({here}, not {there})"))
}

fn usable(sample: f64) -> bool {
    sample.is_finite() && sample > 0.0
}

fn classify_invocations(cell: &mut Cell) {
    for invocation in &mut cell.invocations {
        invocation.warmup = match invocation.outcome.kind {
            OutcomeKind::Ok => warmup::classify(&invocation.iterations_s)
                .ok()
                .map(|found| WarmupView {
                    class: found.class.label().to_owned(),
                    method: found.method.label().to_owned(),
                    steady_from: found.steady_from.map(|from| from as u32 + 1),
                    time_to_steady_s: found.time_to_steady,
                }),
            _ => None,
        };
    }
}

fn figures(
    bootstrap: &Bootstrap,
    benchmark: &str,
    column: &Column,
    cell: &Cell,
    baseline: Option<&Cell>,
) -> Option<Figures> {
    if cell.failure().is_some() {
        return None;
    }
    let steady = cell.steady_samples();
    let first = cell.first_samples();
    let label = |what| [what, benchmark, cell.column.as_str()];
    let against = |what, pick: &dyn Fn(&Cell) -> Vec<Vec<f64>>| {
        let ratio = bootstrap.ratio(&label(what), &pick(baseline?), &pick(cell));
        ratio.ok().map(estimate)
    };
    // Columns that are compared have one clock, so this is what stands for the baseline, too.
    let main = |cell: &Cell| cell.main_samples(column);
    let counts = column.counts();
    let counted = match counts {
        true => bootstrap.centre(&label("instructions"), &main(cell)).ok(),
        false => None,
    };
    let peak = stats::median(&cell.peak_samples().concat()).ok();
    let reference_peak = baseline.and_then(|b| stats::median(&b.peak_samples().concat()).ok());
    Some(Figures {
        invocations: cell.invocations.len() as u32,
        iterations: cell.all_samples().iter().map(Vec::len).sum::<usize>() as u32,
        steady_s: estimate(bootstrap.centre(&label("steady"), &steady).ok()?),
        first_s: estimate(bootstrap.centre(&label("first"), &first).ok()?),
        instructions: counted.map(estimate),
        spread: stats::relative_spread(&steady.concat()).ok(),
        warmup: combined_warmup(cell),
        speedup: against("speed-up", &main),
        // Times under a tool that counts are the tool's.
        first_speedup: match counts {
            true => None,
            false => against("first speed-up", &Cell::first_samples),
        },
        break_even: match baseline {
            Some(baseline) if !counts => break_even(cell, baseline),
            _ => BreakEvenView::NotApplicable,
        },
        peak_rss_bytes: peak.map(|bytes| bytes.round() as u64),
        rss_ratio: peak.zip(reference_peak).map(|(here, there)| here / there),
    })
}

fn break_even(cell: &Cell, baseline: &Cell) -> BreakEvenView {
    match stats::breakeven::break_even(&cell.all_samples(), &baseline.all_samples()) {
        Ok(BreakEven::At(iteration)) => BreakEvenView::At(iteration as u32),
        Ok(BreakEven::NotWithin(iterations)) => BreakEvenView::NotWithin(iterations as u32),
        Err(_) => BreakEvenView::NotApplicable,
    }
}

/// The invocations' classes in one; place and time of the steady state are medians over them.
fn combined_warmup(cell: &Cell) -> Option<WarmupView> {
    let each: Result<Vec<_>, _> = cell
        .invocations
        .iter()
        .map(|i| warmup::classify(&i.iterations_s))
        .collect();
    let each = each.ok()?;
    let classes: Vec<Class> = each.iter().map(|w| w.class).collect();
    let mut methods: Vec<&str> = each.iter().map(|w| w.method.label()).collect();
    methods.dedup();
    let from: Option<Vec<f64>> = each.iter().map(|w| Some(w.steady_from? as f64)).collect();
    let spent: Option<Vec<f64>> = each.iter().map(|w| w.time_to_steady).collect();
    Some(WarmupView {
        class: warmup::combine(&classes).label().to_owned(),
        method: methods.join(", "),
        steady_from: from
            .and_then(|v| stats::median(&v).ok())
            .map(|v| v.round() as u32 + 1),
        time_to_steady_s: spent.and_then(|v| stats::median(&v).ok()),
    })
}

fn means(bootstrap: &Bootstrap, view: &View) -> Vec<Mean> {
    let mut scopes: Vec<Option<&str>> = view
        .sections
        .iter()
        .map(|section| Some(section.id.as_str()))
        .collect();
    if scopes.len() > 1 {
        scopes.push(None);
    }
    let mut means = Vec::new();
    for scope in scopes {
        let is_for = |column: &Column, baseline: &Column| {
            let sections = view.sections.iter();
            let mut within = sections.filter(|s| scope.is_none_or(|id| id == s.id));
            within.any(|section| is_compared(section, column, baseline))
        };
        // What cannot be compared has a mean without an estimate, which says so.
        let first = view.baselines().next();
        let with_baseline = |column| Some((column, view.reference(column).or(first)?));
        let columns = view
            .columns
            .iter()
            .filter(|column| !view.is_baseline(column));
        for (column, baseline) in columns.filter_map(with_baseline) {
            if !is_for(column, baseline) {
                continue;
            }
            let of = [MeanOf::Steady, MeanOf::FirstIteration, MeanOf::Memory];
            let timed = |of: &MeanOf| *of != MeanOf::FirstIteration || !baseline.counts();
            for of in of.into_iter().filter(timed) {
                means.push(mean(bootstrap, view, scope, column, baseline, of));
            }
        }
    }
    means
}

/// A section that one side was never to run is no part of a mean over both, and no hole in it.
fn is_compared(section: &Section, column: &Column, baseline: &Column) -> bool {
    section.is_for(&column.id) && section.is_for(&baseline.id)
}

fn mean(
    bootstrap: &Bootstrap,
    view: &View,
    scope: Option<&str>,
    column: &Column,
    baseline: &Column,
    of: MeanOf,
) -> Mean {
    let pick = |cell: &Cell, column: &Column| match of {
        MeanOf::Steady => cell.main_samples(column),
        MeanOf::FirstIteration => cell.first_samples(),
        MeanOf::Memory => cell.peak_samples(),
    };
    let side = |benchmark: &Benchmark, column: &Column| match benchmark.failure(&column.id) {
        Some(outcome) => Err(format!("{}: {}", column.name(), outcome.kind.label())),
        None => Ok(benchmark
            .cell(&column.id)
            .map(|cell| pick(cell, column))
            .unwrap_or_default()),
    };
    let sections = view
        .sections
        .iter()
        .filter(|s| scope.is_none_or(|id| id == s.id))
        .filter(|s| is_compared(s, column, baseline));
    let entries: Vec<Entry> = sections
        .flat_map(|section| &section.benchmarks)
        .map(|benchmark| {
            let here = match incomparable(column, baseline) {
                Some(why) => Err(format!("{}: {why}", column.name())),
                None => side(benchmark, column),
            };
            let there = side(benchmark, baseline);
            // Speed-ups are baseline / this; memory is this / baseline.
            let (numerator, denominator) = if of == MeanOf::Memory {
                (here, there)
            } else {
                (there, here)
            };
            Entry {
                benchmark: benchmark.name.clone(),
                numerator,
                denominator,
            }
        })
        .collect();
    let label = match of {
        MeanOf::Steady => "mean steady",
        MeanOf::FirstIteration => "mean first",
        MeanOf::Memory => "mean memory",
    };
    let label = [label, scope.unwrap_or("*"), &column.id];
    let found = mean_over_intersection(bootstrap, &label, &entries);
    let dropped = found.dropped.into_iter();
    Mean {
        section: scope.map(str::to_owned),
        column: column.id.clone(),
        of,
        estimate: found.estimate.map(estimate),
        n: found.n as u32,
        m: found.m as u32,
        dropped: dropped
            .map(|(benchmark, cause)| Dropped { benchmark, cause })
            .collect(),
    }
}

/// Every pair of columns that differ in having a JIT and in nothing that forbids comparing them.
fn jit_speedups(bootstrap: &Bootstrap, view: &View) -> Vec<JitSpeedup> {
    let mut found = Vec::new();
    let mut hosts = view.columns.iter().map(|column| &column.host);
    let first = hosts.next();
    let several = hosts.any(|host| Some(host) != first);
    for jit in view.columns.iter().filter(|c| c.configuration == "jit") {
        let plain = view.columns.iter().find(|c| {
            c.configuration == "nojit" && c.family == jit.family && incomparable(c, jit).is_none()
        });
        if let Some(plain) = plain {
            let mut pair = jit_speedup(bootstrap, view, jit, plain);
            if several {
                pair.host = jit.host.clone();
            }
            found.push(pair);
        }
    }
    found
}

fn jit_speedup(bootstrap: &Bootstrap, view: &View, jit: &Column, plain: &Column) -> JitSpeedup {
    let mut rows = Vec::new();
    let mut entries = Vec::new();
    let mut sections = Vec::new();
    let both = |section: &&Section| section.is_for(&jit.id) && section.is_for(&plain.id);
    for section in view.sections.iter().filter(both) {
        let before = entries.len();
        for benchmark in &section.benchmarks {
            let side = |column: &Column| match benchmark.failure(&column.id) {
                Some(outcome) => Err(outcome.kind.label().to_owned()),
                None => Ok(benchmark
                    .cell(&column.id)
                    .map(|cell| cell.main_samples(column))
                    .unwrap_or_default()),
            };
            let (without, with) = (side(plain), side(jit));
            let label = ["jit speed-up", benchmark.name.as_str(), jit.id.as_str()];
            let (estimate, cause) = match (&without, &with) {
                (Ok(without), Ok(with)) => match bootstrap.ratio(&label, without, with) {
                    Ok(ratio) => (Some(self::estimate(ratio)), String::new()),
                    Err(_) => (None, "no figure".to_owned()),
                },
                (Err(cause), _) | (_, Err(cause)) => (None, cause.clone()),
            };
            rows.push(SpeedupRow {
                section: section.id.clone(),
                benchmark: benchmark.name.clone(),
                estimate,
                cause,
            });
            entries.push(Entry {
                benchmark: benchmark.name.clone(),
                numerator: without,
                denominator: with,
            });
        }
        let label = ["mean jit speed-up", &jit.id, &plain.id, &section.id];
        let mean = mean_over_intersection(bootstrap, &label, &entries[before..]);
        sections.push(SectionSpeedup {
            section: section.id.clone(),
            mean: mean.estimate.map(estimate),
            n: mean.n as u32,
            m: mean.m as u32,
        });
    }
    let label = ["mean jit speed-up", jit.id.as_str(), plain.id.as_str()];
    let mean = mean_over_intersection(bootstrap, &label, &entries);
    JitSpeedup {
        family: jit.family.clone(),
        label: jit.name().to_owned(),
        target: jit.target.clone(),
        clock: jit.clock.clone(),
        host: String::new(),
        jit: jit.id.clone(),
        nojit: plain.id.clone(),
        rows,
        sections,
        mean: mean.estimate.map(estimate),
        n: mean.n as u32,
        m: mean.m as u32,
    }
}

/// Whether a clock of this name counts instructions.
pub(crate) fn counts(clock: &str) -> bool {
    matches!(clock, "callgrind" | "guest-instructions")
}

impl Figures {
    /// What is compared of it.
    pub(crate) fn main(&self) -> Estimate {
        self.instructions.unwrap_or(self.steady_s)
    }
}

impl Column {
    /// Whether instructions are counted, and times say nothing.
    pub(crate) fn counts(&self) -> bool {
        counts(&self.clock)
    }

    /// The label, or the id where no label was given.
    pub fn name(&self) -> &str {
        if self.label.is_empty() {
            &self.id
        } else {
            &self.label
        }
    }
}

pub(crate) fn estimate(from: stats::Estimate) -> Estimate {
    Estimate {
        value: from.value,
        interval: from.interval.map(|i| (i.low, i.high)),
    }
}
