//! `kraitbench bisect`: which commit made a benchmark slower, by building and measuring.
//!
//! Each commit is measured together with the good end in one interleaved run, so that what the
//! machine does meanwhile falls on both alike. If the interval does not say on which side a commit
//! is, it is measured again and the samples are pooled. All runs are kept in the store, under the
//! name of an experiment of their own.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;
use model::{Executor, ExecutorKind, ExecutorName, Experiment, ExperimentName};
use regress::bisect::{Answer, Search, answer};
use regress::measure::Measure;
use serde_json::json;
use stats::{Bootstrap, Estimate};
use store::Store;

use crate::chosen::observations;
use crate::cli::StoreFolder;
use crate::compared::measure_named;
use crate::failure::{Failure, Verdict};
use crate::host;
use crate::input::Input;
use crate::measure::carry_out;
use crate::render;
use crate::table::change;

#[derive(Args, Debug)]
pub struct Bisecting {
    /// The experiment's YAML file
    pub experiment: PathBuf,
    /// A revision at which it was fast
    #[arg(long, value_name = "REVISION")]
    pub good: String,
    /// A later revision at which it is slow
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    pub bad: String,
    /// The benchmark that became slower
    #[arg(long, value_name = "NAME")]
    pub benchmark: String,
    /// The krait executor on which it did
    #[arg(long, value_name = "NAME")]
    pub executor: String,
    /// What became worse
    #[arg(long, value_name = "MEASURE", value_parser = measure_named, default_value = "time")]
    pub measure: Measure,
    /// How often a commit is measured before it is given up as untold
    #[arg(long, value_name = "COUNT", default_value_t = 4)]
    pub rounds: u32,
    /// Print JSON at the end
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub store: StoreFolder,
}

const GOOD: &str = "good";
const CANDIDATE: &str = "candidate";

/// Samples of a commit beside those of the good end, pooled over rounds.
#[derive(Default)]
struct Sides {
    good: Vec<Vec<f64>>,
    candidate: Vec<Vec<f64>>,
}

struct Lab<'a> {
    asked: &'a Bisecting,
    commits: Vec<String>,
    store: Store,
    bootstrap: Bootstrap,
}

pub fn run(asked: &Bisecting) -> Result<Verdict, Failure> {
    let input = Input::read(&asked.experiment)?;
    executor(&input.experiment, &asked.executor)?;
    let lab = Lab {
        asked,
        commits: commits(&input, asked)?,
        store: Store::open(&asked.store.folder)?,
        bootstrap: Bootstrap::new(input.experiment.seed),
    };
    let _lock = lab.store.lock()?;
    let last = lab.commits.len() - 1;
    let whole = lab.whole(last)?;
    eprintln!(
        "{} to {}: {}",
        lab.short(0),
        lab.short(last),
        change(Some(whole))
    );
    if whole.interval.is_none_or(|interval| interval.low <= 1.0) {
        eprintln!("the bad end is not shown to be slower than the good one; nothing to look for");
        return Ok(Verdict::NoBaseline);
    }
    let mut search = Search::over(lab.commits.len());
    while let Some(at) = search.next() {
        let told = lab.judge(at, whole.value)?;
        eprintln!("{}: {}", lab.short(at), format!("{told:?}").to_lowercase());
        search.tell(at, told);
    }
    let blame = search.blame();
    lab.tell(blame.good, blame.bad, whole);
    Ok(Verdict::Regression)
}

impl Lab<'_> {
    fn short(&self, at: usize) -> &str {
        self.commits[at].get(..12).unwrap_or(&self.commits[at])
    }

    /// The change over the whole stretch, measured until its interval excludes 1 or rounds end.
    fn whole(&self, last: usize) -> Result<Estimate, Failure> {
        let mut sides = Sides::default();
        let mut found = None;
        for _ in 0..self.asked.rounds.max(1) {
            self.measure(last, &mut sides)?;
            let estimate = self.ratio(last, &sides).ok_or_else(|| {
                Failure::Asked(format!(
                    "`{}` says nothing of {} at one of the ends\n  both have to build and run",
                    self.asked.benchmark, self.asked.measure
                ))
            })?;
            found = Some(estimate);
            if estimate.interval.is_some_and(|i| i.low > 1.0) {
                break;
            }
        }
        found.ok_or_else(|| Failure::Asked("--rounds is 0".to_owned()))
    }

    fn judge(&self, at: usize, whole: f64) -> Result<Answer, Failure> {
        let mut sides = Sides::default();
        for _ in 0..self.asked.rounds.max(1) {
            self.measure(at, &mut sides)?;
            let Some(estimate) = self.ratio(at, &sides) else {
                return Ok(Answer::Untold);
            };
            eprintln!("  {}: {}", self.short(at), change(Some(estimate)));
            if let Some(told) = answer(estimate, whole) {
                return Ok(told);
            }
        }
        Ok(Answer::Untold)
    }

    fn ratio(&self, at: usize, sides: &Sides) -> Option<Estimate> {
        let label = ["bisect", self.asked.benchmark.as_str(), self.short(at)];
        let found = self.bootstrap.ratio(&label, &sides.candidate, &sides.good);
        found.ok()
    }

    /// One interleaved run of the good end and a commit; its samples join those before.
    fn measure(&self, at: usize, sides: &mut Sides) -> Result<(), Failure> {
        let mut input = Input::read(&self.asked.experiment)?;
        input.experiment = self.experiment(&input.experiment, at)?;
        // What cannot be built is told by the run, as an outcome.
        let folder = build::target_folder(&input.root);
        let executors = &input.experiment.executors;
        build::build(&input.root, &folder, executors, host::target()?)
            .map_err(|error| Failure::Machine(error.to_string()))?;
        let Some(run) = carry_out(&self.store, input)? else {
            return Err(Failure::Interrupted);
        };
        let stored = render::load(&self.store, &run)?;
        for (followed, observed) in observations(&stored) {
            if followed.measure != self.asked.measure {
                continue;
            }
            if let Ok(values) = observed.side {
                match followed.key.executor.as_str() {
                    GOOD => sides.good.extend(values),
                    _ => sides.candidate.extend(values),
                }
            }
        }
        Ok(())
    }

    /// The experiment with one benchmark, on the good end and on a commit.
    fn experiment(&self, whole: &Experiment, at: usize) -> Result<Experiment, Failure> {
        let mut experiment = whole.clone();
        let name = format!("bisect-{}", experiment.name);
        experiment.name = named(ExperimentName::new(name.get(..64).unwrap_or(&name)))?;
        experiment.baselines.clear();
        let of = executor(whole, &self.asked.executor)?;
        let at_commit = |name: &str, commit: &str| -> Result<Executor, Failure> {
            Ok(Executor {
                name: named(ExecutorName::new(name))?,
                revision: Some(commit.to_owned()),
                ..of.clone()
            })
        };
        experiment.executors = vec![
            at_commit(GOOD, &self.commits[0])?,
            at_commit(CANDIDATE, &self.commits[at])?,
        ];
        for suite in &mut experiment.suites {
            suite
                .benchmarks
                .retain(|one| one.name.as_str() == self.asked.benchmark);
        }
        experiment
            .suites
            .retain(|suite| !suite.benchmarks.is_empty());
        match experiment.suites.is_empty() {
            true => Err(Failure::Asked(format!(
                "there is no benchmark `{}` in {}",
                self.asked.benchmark,
                self.asked.experiment.display()
            ))),
            false => Ok(experiment),
        }
    }

    fn tell(&self, good: usize, bad: usize, whole: Estimate) {
        let blamed = &self.commits[good + 1..=bad];
        if self.asked.json {
            println!(
                "{}",
                json!({
                    "benchmark": self.asked.benchmark,
                    "executor": self.asked.executor,
                    "measure": self.asked.measure,
                    "change": crate::table::estimate_json(Some(whole)),
                    "good": self.commits[good],
                    "bad": self.commits[bad],
                    "blamed": blamed,
                })
            );
        } else if blamed.len() == 1 {
            println!("{} is the first bad commit", self.commits[bad]);
        } else {
            println!(
                "one of these is the first bad commit:\n{}",
                blamed.join("\n")
            );
        }
    }
}

fn named<T>(name: Result<T, model::BadName>) -> Result<T, Failure> {
    name.map_err(|error| Failure::Asked(error.to_string()))
}

fn executor<'a>(experiment: &'a Experiment, name: &str) -> Result<&'a Executor, Failure> {
    let known: Vec<&str> = experiment
        .executors
        .iter()
        .filter(|one| matches!(one.kind, ExecutorKind::Krait { path: None }) && one.host.is_none())
        .map(|one| one.name.as_str())
        .collect();
    let found = experiment
        .executors
        .iter()
        .find(|one| one.name.as_str() == name);
    match found {
        Some(executor) if known.contains(&name) => Ok(executor),
        _ => Err(Failure::Asked(format!(
            "`{name}` is no executor that can be built from a commit\n  those are: {}",
            known.join(", ")
        ))),
    }
}

/// The commits from the good end to the bad one, along first parents; both ends included.
fn commits(input: &Input, asked: &Bisecting) -> Result<Vec<String>, Failure> {
    let commit = |revision: &str| {
        build::commit_of(&input.root, revision).map_err(|error| Failure::Asked(error.to_string()))
    };
    let (good, bad) = (commit(&asked.good)?, commit(&asked.bad)?);
    let output = Command::new("git")
        .current_dir(&input.root)
        .args(["rev-list", "--first-parent", "--reverse"])
        .arg(format!("{good}..{bad}"))
        .output()
        .map_err(|error| Failure::Machine(format!("git cannot be started: {error}")))?;
    let listed = String::from_utf8_lossy(&output.stdout);
    let mut commits = vec![good];
    commits.extend(listed.lines().map(str::to_owned));
    if commits.len() < 2 {
        return Err(Failure::Asked(format!(
            "there is no commit from {} to {}\n  is the good revision the older one?",
            asked.good, asked.bad
        )));
    }
    Ok(commits)
}
