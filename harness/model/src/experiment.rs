//! What an experiment means, after [`crate::yaml`] has read what was typed.
//!
//! Preconditions live here: names are unique, every benchmark has its limits and its expected
//! digest, baselines are among the executors. Whoever holds an [`Experiment`] need not check.

use crate::{
    BenchmarkName, Clock, Configuration, EnvironmentName, ExecutorName, ExperimentName, HostName,
    NamedHost, Outcome, SeriesKey, Share, SuiteName, Target,
};
use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize};
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
    /// What others are compared with: each executor with the first of these of its clock, target
    /// and host.
    #[serde(default, alias = "baseline", deserialize_with = "one_or_several")]
    pub baselines: Vec<ExecutorName>,
    /// The folder of the programs, as typed: relative to the experiment's file.
    pub programs: PathBuf,
    /// Other machines that executors run on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<NamedHost>,
    pub suites: Vec<Suite>,
    pub executors: Vec<Executor>,
}

/// Runs that were stored when there was one baseline at most have it by itself.
fn one_or_several<'a, D: Deserializer<'a>>(from: D) -> Result<Vec<ExecutorName>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Several(Vec<ExecutorName>),
        One(Option<ExecutorName>),
    }
    Ok(match Stored::deserialize(from)? {
        Stored::Several(names) => names,
        Stored::One(name) => name.into_iter().collect(),
    })
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
    /// The executors that it runs on; all, if empty.
    #[serde(default)]
    pub executors: Vec<ExecutorName>,
    /// What its programs import that comes neither with Python nor from beside them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<Packages>,
    pub benchmarks: Vec<Benchmark>,
}

/// Python packages in an environment of their own, which set-up makes in the user's cache folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packages {
    /// The environment's folder.
    pub environment: EnvironmentName,
    /// The lists of pinned packages that it is made from, in the order in which they are installed,
    /// as typed: relative to the experiment's file.
    pub lists: Vec<PathBuf>,
}

/// A part of an experiment that is asked for. An empty list asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub tags: Vec<String>,
    pub benchmarks: Vec<String>,
    pub executors: Vec<String>,
}

/// One program with its arguments, its limits and the result it must give.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Benchmark {
    pub name: BenchmarkName,
    /// What the program calls itself, where the name also says with which parameters it runs.
    #[serde(default)]
    pub stated: Option<BenchmarkName>,
    /// The version that the catalogue knows; the program must state the same.
    pub version: Option<u32>,
    /// File name below [`Experiment::programs`].
    pub program: String,
    pub summary: String,
    pub size: u64,
    /// Iterations within one process.
    pub iterations: u32,
    /// What benchmarks are chosen by, their suite's tags included.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Further arguments, after `--size` and `--iterations`.
    pub arguments: Vec<String>,
    pub expected: Expected,
    /// Executors that cannot run it yet: it is measured there all the same, and its failure is told
    /// and is no news. That it did not fail is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fails_on: Vec<ExecutorName>,
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
    /// `None` is the machine that the experiment is begun on. Otherwise the target is that host's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostName>,
    #[serde(default)]
    pub clock: Clock,
    /// The commit that it is built from; `None` is the tree at hand.
    #[serde(default)]
    pub revision: Option<String>,
    /// Cargo's features that it is built with beside those of its configuration.
    #[serde(default)]
    pub features: Vec<String>,
    /// Whether it is built with a profile of what an instrumented build did in training.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pgo: bool,
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

    pub fn host(&self, name: &HostName) -> Option<&NamedHost> {
        self.hosts.iter().find(|host| host.name == *name)
    }

    /// Whose shares it has: this machine's before those of the hosts, in their order.
    pub fn shares(&self) -> Vec<Share> {
        let hosts = self.hosts.iter().map(|host| Share::Of(host.name.clone()));
        let all = std::iter::once(Share::This).chain(hosts);
        all.filter(|share| self.executors.iter().any(|one| one.share() == *share))
            .collect()
    }

    /// How many processes a whole run has.
    pub fn invocation_count(&self) -> usize {
        let cells = self.suites.iter().map(|suite| {
            let executors = self.executors.iter().filter(|one| suite.runs_on(&one.name));
            suite.benchmarks.len() * executors.count()
        });
        cells.sum::<usize>() * self.invocations as usize
    }

    /// Whether an invocation of it ended otherwise than the experiment says; see
    /// [`Benchmark::is_news`].
    pub fn is_news(&self, key: &SeriesKey, outcome: &Outcome) -> bool {
        let suite = self.suites.iter().find(|suite| suite.name == key.suite);
        let mut benchmarks = suite.iter().flat_map(|suite| &suite.benchmarks);
        match benchmarks.find(|one| one.name == key.benchmark) {
            Some(benchmark) => benchmark.is_news(&key.executor, outcome),
            None => outcome.is_failure(),
        }
    }

    /// The part of it that is asked for.
    ///
    /// # Errors
    /// Something that is asked for is not in it, or nothing is left; says which.
    pub fn select(&self, selection: &Selection) -> Result<Experiment, String> {
        let mut part = self.clone();
        let chosen =
            |list: &[String], name: &str| list.is_empty() || list.iter().any(|one| one == name);
        part.executors
            .retain(|one| chosen(&selection.executors, one.name.as_str()));
        for suite in &mut part.suites {
            suite.benchmarks.retain(|one| {
                let tagged = one.tags.iter().any(|tag| selection.tags.contains(tag));
                let named = chosen(&selection.benchmarks, one.name.as_str())
                    || chosen(&selection.benchmarks, one.stated().as_str());
                named && (selection.tags.is_empty() || tagged)
            });
        }
        part.suites.retain(|suite| {
            let runs = part.executors.iter().any(|one| suite.runs_on(&one.name));
            runs && !suite.benchmarks.is_empty()
        });
        self.lacks(selection)?;
        if part.invocation_count() == 0 {
            return Err("nothing is left of the experiment; ask for more".to_owned());
        }
        part.forget_absent_baselines();
        Ok(part)
    }

    /// To be called after executors were taken out: baselines are among those that are left.
    pub fn forget_absent_baselines(&mut self) {
        let executors = &self.executors;
        self.baselines
            .retain(|name| executors.iter().any(|one| one.name == *name));
    }

    /// A name that is asked for and not there is a typing error, not an empty choice.
    fn lacks(&self, selection: &Selection) -> Result<(), String> {
        let benchmarks = || self.suites.iter().flat_map(|suite| &suite.benchmarks);
        let tags = || benchmarks().flat_map(|one| one.tags.iter().map(String::as_str));
        let known: [(&str, &[String], Vec<&str>); 3] = [
            ("tag", &selection.tags, tags().collect()),
            (
                "benchmark",
                &selection.benchmarks,
                benchmarks()
                    .flat_map(|one| [one.name.as_str(), one.stated().as_str()])
                    .collect(),
            ),
            (
                "executor",
                &selection.executors,
                self.executors.iter().map(|one| one.name.as_str()).collect(),
            ),
        ];
        for (what, asked, mut there) in known {
            there.sort_unstable();
            there.dedup();
            for name in asked {
                if !there.contains(&name.as_str()) {
                    let list = there.join(", ");
                    return Err(format!("there is no {what} `{name}`; there are: {list}"));
                }
            }
        }
        Ok(())
    }
}

impl Executor {
    /// Whose share of the experiment it is in.
    pub fn share(&self) -> Share {
        self.host.clone().map_or(Share::This, Share::Of)
    }
}

impl Benchmark {
    /// What the program calls itself.
    pub fn stated(&self) -> &BenchmarkName {
        self.stated.as_ref().unwrap_or(&self.name)
    }

    /// Whether a process of it ended otherwise than is known: it failed where it does not yet, or
    /// did not where it does.
    pub fn is_news(&self, executor: &ExecutorName, outcome: &Outcome) -> bool {
        match self.fails_on.contains(executor) {
            true => outcome.is_ok(),
            false => outcome.is_failure(),
        }
    }
}

impl Suite {
    pub fn runs_on(&self, executor: &ExecutorName) -> bool {
        self.executors.is_empty() || self.executors.contains(executor)
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
