//! From what was typed to what it means: names that are unique, limits that are filled in,
//! digests that are found, executors whose keys go together.

use std::collections::HashSet;
use std::path::PathBuf;

use miette::SourceSpan;
use serde_saphyr::{Location, Spanned};

use super::typed::{self, Kind};
use super::{Catalogue, Entry, Problem, nearest, source, span_of};
use crate::{
    Benchmark, BenchmarkName, Configuration, Executor, ExecutorKind, ExecutorName, Expected,
    Experiment, ExperimentName, Limits, Suite, SuiteName,
};

/// A problem before it has its file.
pub(super) struct Wrong {
    at: Location,
    message: String,
    help: String,
}

impl Wrong {
    fn at<T>(value: &Spanned<T>, message: impl Into<String>, help: impl Into<String>) -> Wrong {
        Wrong {
            at: value.referenced,
            message: message.into(),
            help: help.into(),
        }
    }

    pub(super) fn into_problem(self, file: &str, text: &str) -> Problem {
        let at: Option<SourceSpan> = span_of(text, &self.at);
        Problem {
            message: self.message,
            help: Some(self.help),
            file: source(file, text),
            at,
            line: Some(self.at.line()).filter(|line| *line > 0),
        }
    }
}

pub(super) fn experiment(
    typed: &typed::Experiment,
    catalogue: &Catalogue,
) -> Result<Experiment, Wrong> {
    let limits = Limits {
        time_s: time_s(&typed.timeout_s)?,
        memory_bytes: bytes(&typed.memory_mb)?,
    };
    let executors = executors(&typed.executors)?;
    let baseline = match &typed.baseline {
        Some(name) => Some(baseline(name, &executors)?),
        None => None,
    };
    Ok(Experiment {
        name: name(&typed.experiment, ExperimentName::new)?,
        about: typed.about.clone(),
        seed: typed.seed,
        order: typed.order,
        invocations: at_least_one(&typed.invocations, "invocations")?,
        baseline,
        programs: PathBuf::from(&typed.programs),
        suites: suites(&typed.suites, limits, catalogue)?,
        executors,
    })
}

fn suites(
    typed: &Spanned<Vec<typed::Suite>>,
    limits: Limits,
    catalogue: &Catalogue,
) -> Result<Vec<Suite>, Wrong> {
    if typed.value.is_empty() {
        return Err(Wrong::at(
            typed,
            "there is no suite",
            "add at least one suite to the list",
        ));
    }
    let mut seen = HashSet::new();
    let mut suites = Vec::new();
    for suite in &typed.value {
        let suite_name = name(&suite.name, SuiteName::new)?;
        unique(&mut seen, &suite.name, "suite")?;
        if suite.benchmarks.value.is_empty() {
            return Err(Wrong::at(
                &suite.benchmarks,
                format!("the suite `{suite_name}` has no benchmark"),
                "add at least one benchmark, or remove the suite",
            ));
        }
        let mut seen = HashSet::new();
        let mut benchmarks = Vec::new();
        for benchmark in &suite.benchmarks.value {
            unique(&mut seen, &benchmark.name, "benchmark")?;
            benchmarks.push(self::benchmark(benchmark, limits, catalogue)?);
        }
        suites.push(Suite {
            title: suite
                .title
                .clone()
                .unwrap_or_else(|| suite_name.to_string()),
            name: suite_name,
            version: suite.version,
            note: suite.note.clone(),
            benchmarks,
        });
    }
    Ok(suites)
}

fn benchmark(
    typed: &typed::Benchmark,
    default: Limits,
    catalogue: &Catalogue,
) -> Result<Benchmark, Wrong> {
    let name = name(&typed.name, BenchmarkName::new)?;
    let entry = catalogue.get(name.as_str());
    let size = match (&typed.size, entry) {
        (Some(size), _) => size.value,
        (None, Some(entry)) => entry.default_size,
        (None, None) => return Err(unknown(typed, catalogue, "size")),
    };
    let iterations = match (&typed.iterations, entry) {
        (Some(iterations), _) => at_least_one(iterations, "iterations")?,
        (None, Some(entry)) => entry.default_iterations,
        (None, None) => return Err(unknown(typed, catalogue, "iterations")),
    };
    let described = entry.map(|entry| entry.description.clone());
    Ok(Benchmark {
        version: entry.map(|entry| entry.version),
        program: program(typed, &name)?,
        summary: typed.summary.clone().or(described).unwrap_or_default(),
        size,
        iterations,
        arguments: typed.arguments.clone(),
        expected: expected(typed, size, entry, catalogue)?,
        limits: Limits {
            time_s: typed
                .timeout_s
                .as_ref()
                .map_or(Ok(default.time_s), time_s)?,
            memory_bytes: typed
                .memory_mb
                .as_ref()
                .map_or(Ok(default.memory_bytes), bytes)?,
        },
        name,
    })
}

/// A benchmark that the catalogue does not know and that lacks what it would tell.
fn unknown(typed: &typed::Benchmark, catalogue: &Catalogue, lacking: &str) -> Wrong {
    let known: Vec<&str> = catalogue.names().collect();
    let help = match nearest(&typed.name.value, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "the experiment names no file of `expected` digests".to_owned(),
        None => format!("the catalogue has {}", known.join(", ")),
    };
    Wrong::at(
        &typed.name,
        format!("unknown benchmark `{}`", typed.name.value),
        format!("{help}; or add `{lacking}: …` and `unchecked: true` for a program of your own"),
    )
}

fn program(typed: &typed::Benchmark, name: &BenchmarkName) -> Result<String, Wrong> {
    let Some(program) = &typed.program else {
        return Ok(format!("{name}.py"));
    };
    let climbs = program.value.split('/').any(|part| part == "..");
    if program.value.is_empty() || program.value.starts_with('/') || climbs {
        return Err(Wrong::at(
            program,
            format!(
                "`{}` is not below the folder of the programs",
                program.value
            ),
            "name a file below the folder that `programs` gives",
        ));
    }
    Ok(program.value.clone())
}

fn expected(
    typed: &typed::Benchmark,
    size: u64,
    entry: Option<&Entry>,
    catalogue: &Catalogue,
) -> Result<Expected, Wrong> {
    match (&typed.digest, typed.unchecked, entry) {
        (Some(_), true, _) => Err(Wrong::at(
            &typed.name,
            format!("`{}` has a digest and is `unchecked`", typed.name.value),
            "remove one of the two keys",
        )),
        (None, true, _) => Ok(Expected::Unchecked),
        (Some(digest), false, _) => Ok(Expected::Digest(digest.clone())),
        (None, false, None) => Err(unknown(typed, catalogue, "digest")),
        (None, false, Some(entry)) => match entry.digests.get(&size) {
            Some(digest) => Ok(Expected::Digest(digest.clone())),
            None => Err(no_digest(typed, size, entry)),
        },
    }
}

fn no_digest(typed: &typed::Benchmark, size: u64, entry: &Entry) -> Wrong {
    let known = entry
        .digests
        .keys()
        .map(u64::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let message = format!(
        "no expected digest of `{}` at size {size}",
        typed.name.value
    );
    let help = format!(
        "sizes with a known digest are {known}; add this one to the file that `expected` names, \
         or say `unchecked: true`"
    );
    match &typed.size {
        Some(size) => Wrong::at(size, message, help),
        None => Wrong::at(&typed.name, message, help),
    }
}

fn executors(typed: &Spanned<Vec<typed::Executor>>) -> Result<Vec<Executor>, Wrong> {
    if typed.value.is_empty() {
        return Err(Wrong::at(
            typed,
            "there is no executor",
            "add at least one executor",
        ));
    }
    let mut seen = HashSet::new();
    let mut executors = Vec::new();
    for executor in &typed.value {
        unique(&mut seen, &executor.name, "executor")?;
        executors.push(self::executor(executor)?);
    }
    Ok(executors)
}

fn executor(typed: &typed::Executor) -> Result<Executor, Wrong> {
    let name = name(&typed.name, ExecutorName::new)?;
    Ok(Executor {
        label: typed.label.clone().unwrap_or_else(|| name.to_string()),
        configuration: configuration(typed)?,
        kind: kind(typed)?,
        target: typed.target,
        revision: revision(typed)?,
        arguments: typed.arguments.clone(),
        environment: typed.environment.clone(),
        name,
    })
}

fn kind(typed: &typed::Executor) -> Result<ExecutorKind, Wrong> {
    if let (Some(command), true) = (&typed.command, typed.kind.value != Kind::Command) {
        return Err(Wrong::at(
            command,
            "`command` is for executors of kind `command`",
            "give the executable with `path` and its options with `arguments`",
        ));
    }
    let path = typed.path.as_ref().map(|path| PathBuf::from(&path.value));
    let needed = || {
        path.clone().ok_or_else(|| {
            Wrong::at(
                &typed.name,
                format!("the executor `{}` has no `path`", typed.name.value),
                "add `path: …`, an executable's name or its place",
            )
        })
    };
    match typed.kind.value {
        Kind::Krait => Ok(ExecutorKind::Krait { path }),
        Kind::Cpython => Ok(ExecutorKind::Cpython { path: needed()? }),
        Kind::Pypy => Ok(ExecutorKind::Pypy { path: needed()? }),
        Kind::Command => match (&typed.command, &typed.path) {
            (_, Some(path)) => Err(Wrong::at(
                path,
                "an executor of kind `command` has no `path`",
                "write the executable as the first word of `command`",
            )),
            (Some(command), None) if !command.value.is_empty() => Ok(ExecutorKind::Command {
                command: command.value.clone(),
            }),
            _ => Err(Wrong::at(
                &typed.name,
                format!("the executor `{}` has no command", typed.name.value),
                "add `command: [executable, option, …]`; the program and its arguments are added",
            )),
        },
    }
}

/// Only what is built here can be built from a commit.
fn revision(typed: &typed::Executor) -> Result<Option<String>, Wrong> {
    match &typed.revision {
        Some(revision) if typed.kind.value != Kind::Krait || typed.path.is_some() => {
            Err(Wrong::at(
                revision,
                "`revision` is for executors of kind `krait` without a `path`",
                "remove the key: other executables are taken as they are",
            ))
        }
        revision => Ok(revision.as_ref().map(|revision| revision.value.clone())),
    }
}

fn configuration(typed: &typed::Executor) -> Result<Configuration, Wrong> {
    let given = typed.configuration.as_ref().map(|given| given.value);
    let allowed: &[Configuration] = match typed.kind.value {
        Kind::Krait => &[
            Configuration::Nojit,
            Configuration::Jit,
            Configuration::Revdb,
        ],
        Kind::Pypy => &[Configuration::Jit, Configuration::Nojit],
        Kind::Cpython | Kind::Command => &[Configuration::Stock],
    };
    match (given, &typed.configuration) {
        (Some(given), Some(place)) if !allowed.contains(&given) => {
            let list = allowed
                .iter()
                .map(|c| format!("`{c}`"))
                .collect::<Vec<_>>()
                .join(", ");
            Err(Wrong::at(
                place,
                format!("an executor of this kind has no configuration `{given}`"),
                format!("possible here: {list}"),
            ))
        }
        (Some(given), _) => Ok(given),
        (None, _) if typed.kind.value == Kind::Krait => Err(Wrong::at(
            &typed.name,
            format!("the executor `{}` has no `configuration`", typed.name.value),
            "add `configuration: nojit`, `jit` or `revdb`",
        )),
        (None, _) => Ok(allowed[0]),
    }
}

fn baseline(typed: &Spanned<String>, executors: &[Executor]) -> Result<ExecutorName, Wrong> {
    if let Some(found) = executors
        .iter()
        .find(|executor| executor.name.as_str() == typed.value)
    {
        return Ok(found.name.clone());
    }
    let names: Vec<&str> = executors
        .iter()
        .map(|executor| executor.name.as_str())
        .collect();
    let list = names.join("`, `");
    let help = match nearest(&typed.value, &names) {
        Some(near) => format!("did you mean `{near}`? The executors are `{list}`"),
        None => format!("the executors are `{list}`"),
    };
    Err(Wrong::at(
        typed,
        format!("the baseline `{}` is no executor", typed.value),
        help,
    ))
}

fn name<T>(
    typed: &Spanned<String>,
    new: fn(String) -> Result<T, crate::BadName>,
) -> Result<T, Wrong> {
    new(typed.value.clone()).map_err(|bad| {
        Wrong::at(
            typed,
            format!("`{}` cannot be a name", bad.0),
            "use 1 to 64 letters, digits, `_`, `-` or `.`, beginning with a letter or a digit",
        )
    })
}

fn unique(seen: &mut HashSet<String>, name: &Spanned<String>, what: &str) -> Result<(), Wrong> {
    if seen.insert(name.value.clone()) {
        return Ok(());
    }
    Err(Wrong::at(
        name,
        format!("there are two {what}s named `{}`", name.value),
        "give each its own name",
    ))
}

fn at_least_one(typed: &Spanned<u32>, what: &str) -> Result<u32, Wrong> {
    match typed.value {
        0 => Err(Wrong::at(
            typed,
            format!("no {what} at all"),
            "ask for at least 1",
        )),
        count => Ok(count),
    }
}

fn time_s(typed: &Spanned<u64>) -> Result<u64, Wrong> {
    match typed.value {
        0 => Err(Wrong::at(
            typed,
            "a time limit of 0 s",
            "give at least 1 second",
        )),
        seconds => Ok(seconds),
    }
}

fn bytes(typed: &Spanned<u64>) -> Result<u64, Wrong> {
    match typed.value.checked_mul(1_000_000) {
        Some(bytes) if bytes > 0 => Ok(bytes),
        _ => Err(Wrong::at(
            typed,
            format!("{} MB is no memory limit", typed.value),
            "give a number of megabytes, such as 1000",
        )),
    }
}
