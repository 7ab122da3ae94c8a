//! Progress with the time that is left: a bar for a terminal, a line an invocation otherwise.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::{BenchmarkName, Criterion, ExecutorName, Invocation, Outcome};
use plan::{Plan, Step};
use run::Observer;

/// Foresees how long steps take, from those that were made.
#[derive(Debug, Default)]
pub struct Foresight {
    cells: HashMap<Cell, Known>,
}

/// What takes as long each time: a benchmark at a size on an executor.
type Cell = (BenchmarkName, u64, ExecutorName);

/// Seconds and iterations of all its processes that were made, and how many these were.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    seconds: f64,
    iterations: u64,
    processes: u32,
}

impl Foresight {
    pub fn learn(&mut self, invocation: &Invocation) {
        let wall = invocation
            .samples
            .iter()
            .find(|s| s.criterion == Criterion::ProcessWall);
        let iterations = invocation
            .samples
            .iter()
            .filter(|s| s.criterion == Criterion::Wall);
        let key = &invocation.key;
        let cell = (key.benchmark.clone(), key.size, key.executor.clone());
        let known = self.cells.entry(cell).or_default();
        known.seconds += wall.map_or(0.0, |sample| sample.value / 1e9);
        known.iterations += iterations.count() as u64;
        known.processes += 1;
    }

    /// `None` before anything is known. A process takes as long as those before it, in proportion
    /// to its iterations; what was not run yet as long as what was, on average.
    pub fn left<'a>(&self, steps: impl Iterator<Item = &'a Step>) -> Option<Duration> {
        let known = self.cells.values();
        let (seconds, count) = known.fold((0.0, 0), |(seconds, count), known| {
            (seconds + known.seconds, count + known.processes)
        });
        if count == 0 {
            return None;
        }
        let average = seconds / f64::from(count);
        let of = |step: &Step| {
            let benchmark = &step.benchmark;
            let cell = (
                benchmark.name.clone(),
                benchmark.size,
                step.executor.clone(),
            );
            match self.cells.get(&cell) {
                // A process that failed before its first iteration says what its like takes.
                Some(known) if known.iterations == 0 => known.seconds / f64::from(known.processes),
                Some(known) => {
                    let one = known.seconds / known.iterations as f64;
                    one * f64::from(benchmark.iterations)
                }
                None => average,
            }
        };
        Some(Duration::from_secs_f64(steps.map(of).sum()))
    }
}

/// Tells how a run goes, on stderr.
#[derive(Debug)]
pub struct Progress<'a> {
    plan: &'a Plan,
    foresight: Foresight,
    /// `None` when nobody watches.
    bar: Option<ProgressBar>,
    done: usize,
}

impl<'a> Progress<'a> {
    pub fn over(plan: &'a Plan, before: &[Invocation]) -> Progress<'a> {
        let mut foresight = Foresight::default();
        before
            .iter()
            .for_each(|invocation| foresight.learn(invocation));
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(plan.steps.len() as u64);
            bar.set_draw_target(ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {msg}") {
                bar.set_style(style);
            }
            bar.set_position(before.len() as u64);
            bar
        });
        Progress {
            plan,
            foresight,
            bar,
            done: before.len(),
        }
    }

    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn time_left(&self, from: u32) -> String {
        let steps = self.plan.steps.iter().filter(|step| step.position >= from);
        self.foresight
            .left(steps)
            .map_or_else(String::new, |left| format!(", {} left", brief(left)))
    }
}

impl Observer for Progress<'_> {
    fn begins(&mut self, step: &Step, done: usize, _all: usize) {
        self.done = done;
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            let left = self.time_left(step.position);
            bar.set_message(format!(
                "{} on {}{left}",
                step.benchmark.name, step.executor
            ));
        }
    }

    fn ended(&mut self, step: &Step, invocation: &Invocation) {
        self.foresight.learn(invocation);
        let what = format!("{} on {}", step.benchmark.name, step.executor);
        let failed = failure(step, invocation);
        match (&self.bar, failed) {
            (Some(bar), Some(failed)) => bar.println(format!("{what}: {failed}")),
            (Some(_), None) => {}
            (None, failed) => {
                let result = failed.unwrap_or_else(|| took(invocation));
                let left = self.time_left(step.position + 1);
                eprintln!(
                    "[{}/{}] {what}: {result}{left}",
                    self.done + 1,
                    self.plan.steps.len()
                );
            }
        }
    }
}

/// That it failed, and whether that is known; that it did not, where that was known.
fn failure(step: &Step, invocation: &Invocation) -> Option<String> {
    let outcome = &invocation.outcome;
    let is_news = step.benchmark.is_news(&step.executor, outcome);
    match (outcome.is_failure(), is_news) {
        (true, true) => Some(format!("failed: {outcome}")),
        (true, false) => Some(format!("failed, as is known: {outcome}")),
        (false, true) => Some(WORKS.to_owned()),
        (false, false) => None,
    }
}

/// What is said of a benchmark that is known to fail and does not.
pub const WORKS: &str = "failed before and works: take the executor out of its `fails_on`";

/// How long it took, or that there was nothing to start.
fn took(invocation: &Invocation) -> String {
    if let Outcome::NotBuilt { .. } = invocation.outcome {
        return "not built".to_owned();
    }
    let wall = invocation
        .samples
        .iter()
        .find(|s| s.criterion == Criterion::ProcessWall);
    wall.map_or_else(
        || "done".to_owned(),
        |sample| format!("{:.2} s", sample.value / 1e9),
    )
}

/// A duration as people say it.
pub fn brief(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..=89 => format!("{seconds} s"),
        seconds @ 90..=5399 => format!("{} min", (seconds + 30) / 60),
        seconds => format!("{:.1} h", seconds as f64 / 3600.0),
    }
}
