//! From what was typed to what it means: names that are unique, limits that are filled in,
//! digests that are found, executors whose keys go together.

use std::path::PathBuf;

use miette::SourceSpan;
use serde_saphyr::{Location, Spanned};

use super::executors;
use super::hosts;
use super::parameters;
use super::typed;
use super::{Catalogue, Catalogues, Entry, Problem, nearest, source, span_of};
use crate::{
    Benchmark, BenchmarkName, EnvironmentName, Executor, ExecutorName, Expected, Experiment,
    ExperimentName, Limits, NamedHost, Packages, Suite, SuiteName,
};

/// A problem before it has its file.
pub(super) struct Wrong {
    pub at: Location,
    pub message: String,
    pub help: String,
}

impl Wrong {
    pub(super) fn at<T>(
        value: &Spanned<T>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Wrong {
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

/// What the levels above a benchmark say for it.
#[derive(Clone, Copy)]
struct Defaults {
    limits: Limits,
    iterations: Option<u32>,
}

/// What one file lists, as typed.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub hosts: &'a [typed::Host],
    pub suites: Option<&'a Spanned<Vec<typed::Suite>>>,
    pub executors: Option<&'a Spanned<Vec<typed::Executor>>>,
}

/// Hosts, suites and executors of all files.
#[derive(Default)]
pub(super) struct Lists {
    hosts: Vec<NamedHost>,
    suites: Vec<Suite>,
    /// By the entry's own name: the executors that it stands for.
    executors: Vec<(String, Vec<Executor>)>,
}

/// The hosts and executors that one file lists. Problems are told with places in that file.
pub(super) fn runners(part: Part<'_>, before: &mut Lists) -> Result<(), Wrong> {
    for typed in part.hosts {
        let host = hosts::host(typed)?;
        if before.hosts.iter().any(|known| known.name == host.name) {
            return Err(twice_named(&typed.name, "host", host.name.as_str()));
        }
        before.hosts.push(host);
    }
    for entry in part.executors.iter().flat_map(|list| &list.value) {
        let made = executors::expanded(entry, &before.hosts)?;
        let taken = |name: &ExecutorName| {
            let all = before.executors.iter().flat_map(|(_, made)| made);
            all.into_iter().any(|one| one.name == *name)
        };
        if let Some(twice) = made.iter().find(|one| taken(&one.name)) {
            return Err(twice_named(&entry.name, "executor", twice.name.as_str()));
        }
        before.executors.push((entry.name.value.clone(), made));
    }
    Ok(())
}

/// The suites that one file lists, once all executors are known.
pub(super) fn suites(
    part: Part<'_>,
    of: &typed::Experiment,
    catalogues: &Catalogues,
    before: &mut Lists,
) -> Result<(), Wrong> {
    let defaults = Defaults {
        limits: Limits {
            time_s: time_s(&of.timeout_s)?,
            memory_bytes: bytes(&of.memory_mb)?,
        },
        iterations: match &of.iterations {
            Some(iterations) => Some(at_least_one(iterations, "iterations")?),
            None => None,
        },
    };
    let none = Catalogue::default();
    for suite in part.suites.iter().flat_map(|list| &list.value) {
        if before
            .suites
            .iter()
            .any(|one| one.name.as_str() == suite.name.value)
        {
            return Err(twice_named(&suite.name, "suite", &suite.name.value));
        }
        let catalogue = match &suite.expected {
            Some(own) => catalogues.named.get(own).unwrap_or(&none),
            None => &catalogues.usual,
        };
        let suite = self::suite(suite, defaults, catalogue, before)?;
        before.suites.push(suite);
    }
    Ok(())
}

pub(super) fn experiment(typed: &typed::Experiment, lists: Lists) -> Result<Experiment, Wrong> {
    let executors: Vec<Executor> = lists
        .executors
        .into_iter()
        .flat_map(|entry| entry.1)
        .collect();
    let nothing = |what: &str, place: Option<Location>| Wrong {
        at: place.unwrap_or(typed.experiment.referenced),
        message: format!("there is no {what}"),
        help: format!("add at least one {what} to the list"),
    };
    if lists.suites.is_empty() {
        let place = typed.suites.as_ref().map(|list| list.referenced);
        return Err(nothing("suite", place));
    }
    if executors.is_empty() {
        let place = typed.executors.as_ref().map(|list| list.referenced);
        return Err(nothing("executor", place));
    }
    let baselines = baselines(typed, &executors)?;
    Ok(Experiment {
        name: name(&typed.experiment, ExperimentName::new)?,
        about: typed.about.clone(),
        seed: typed.seed,
        order: typed.order,
        invocations: at_least_one(&typed.invocations, "invocations")?,
        baselines,
        programs: PathBuf::from(&typed.programs),
        hosts: lists.hosts,
        suites: lists.suites,
        executors,
    })
}

fn suite(
    suite: &typed::Suite,
    above: Defaults,
    catalogue: &Catalogue,
    known: &Lists,
) -> Result<Suite, Wrong> {
    let suite_name = name(&suite.name, SuiteName::new)?;
    if suite.benchmarks.value.is_empty() {
        return Err(Wrong::at(
            &suite.benchmarks,
            format!("the suite `{suite_name}` has no benchmark"),
            "add at least one benchmark, or remove the suite",
        ));
    }
    let defaults = Defaults {
        limits: limits(&suite.timeout_s, &suite.memory_mb, above.limits)?,
        iterations: match &suite.iterations {
            Some(iterations) => Some(at_least_one(iterations, "iterations")?),
            None => above.iterations,
        },
    };
    let shared = tags(&suite.tags)?;
    let mut benchmarks: Vec<Benchmark> = Vec::new();
    for benchmark in &suite.benchmarks.value {
        for chosen in parameters::expanded(benchmark)? {
            let mut one = self::benchmark(&chosen.typed, defaults, catalogue)?;
            for name in &chosen.typed.fails_on {
                one.fails_on.extend(stands_for(name, known)?);
            }
            if !chosen.ending.is_empty() {
                let longer = format!("{}{}", one.name, chosen.ending);
                let name = BenchmarkName::new(longer).map_err(|bad| {
                    Wrong::at(
                        &benchmark.name,
                        format!("`{}` cannot be a name", brief(&bad.0)),
                        "values of parameters become part of it: letters, digits, `_`, `-`, `.`, \
                         64 characters in all",
                    )
                })?;
                one.stated = Some(std::mem::replace(&mut one.name, name));
            }
            if benchmarks
                .iter()
                .any(|other: &Benchmark| other.name == one.name)
            {
                return Err(twice_named(&benchmark.name, "benchmark", one.name.as_str()));
            }
            one.tags.extend(shared.iter().cloned());
            benchmarks.push(one);
        }
    }
    let mut executors = Vec::new();
    for name in &suite.executors {
        executors.extend(stands_for(name, known)?);
    }
    Ok(Suite {
        title: suite
            .title
            .clone()
            .unwrap_or_else(|| suite_name.to_string()),
        name: suite_name,
        version: suite.version,
        note: suite.note.clone(),
        executors,
        packages: suite.packages.as_ref().map(packages).transpose()?,
        benchmarks,
    })
}

fn packages(typed: &typed::Packages) -> Result<Packages, Wrong> {
    if typed.lists.value.is_empty() {
        return Err(Wrong::at(
            &typed.lists,
            "the packages have no list",
            "name the file that pins them, or remove `packages`",
        ));
    }
    Ok(Packages {
        environment: name(&typed.environment, EnvironmentName::new)?,
        lists: typed.lists.value.iter().map(PathBuf::from).collect(),
    })
}

/// The executors that a name in a suite's list means.
fn stands_for(name: &Spanned<String>, known: &Lists) -> Result<Vec<ExecutorName>, Wrong> {
    let entry = known.executors.iter().find(|entry| entry.0 == name.value);
    if let Some((_, made)) = entry {
        return Ok(made.iter().map(|one| one.name.clone()).collect());
    }
    let all = || known.executors.iter().flat_map(|entry| &entry.1);
    if let Some(one) = all().find(|one| one.name.as_str() == name.value) {
        return Ok(vec![one.name.clone()]);
    }
    let names: Vec<&str> = all().map(|one| one.name.as_str()).collect();
    let help = match nearest(&name.value, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the executors are `{}`", names.join("`, `")),
    };
    Err(Wrong::at(
        name,
        format!(
            "the suite names an executor `{}` that is not there",
            name.value
        ),
        help,
    ))
}

pub(super) fn twice_named(at: &Spanned<String>, what: &str, name: &str) -> Wrong {
    Wrong::at(
        at,
        format!("there are two {what}s named `{name}`"),
        "give each its own name",
    )
}

/// Tags are typed on command lines and stand in lists with commas.
fn tags(typed: &[Spanned<String>]) -> Result<Vec<String>, Wrong> {
    typed
        .iter()
        .map(|tag| name(tag, SuiteName::new).map(|tag| tag.to_string()))
        .collect()
}

fn limits(
    timeout_s: &Option<Spanned<u64>>,
    memory_mb: &Option<Spanned<u64>>,
    above: Limits,
) -> Result<Limits, Wrong> {
    Ok(Limits {
        time_s: timeout_s.as_ref().map_or(Ok(above.time_s), time_s)?,
        memory_bytes: memory_mb.as_ref().map_or(Ok(above.memory_bytes), bytes)?,
    })
}

fn benchmark(
    typed: &typed::Benchmark,
    defaults: Defaults,
    catalogue: &Catalogue,
) -> Result<Benchmark, Wrong> {
    let name = name(&typed.name, BenchmarkName::new)?;
    let entry = catalogue.get(name.as_str());
    let size = match (&typed.size, entry) {
        (Some(size), _) => size.value,
        (None, Some(entry)) => entry.default_size,
        (None, None) => return Err(unknown(typed, catalogue, "size")),
    };
    let iterations = match (&typed.iterations, defaults.iterations, entry) {
        (Some(iterations), ..) => at_least_one(iterations, "iterations")?,
        (None, Some(iterations), _) => iterations,
        (None, None, Some(entry)) => entry.default_iterations,
        (None, None, None) => return Err(unknown(typed, catalogue, "iterations")),
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
        tags: tags(&typed.tags)?,
        limits: limits(&typed.timeout_s, &typed.memory_mb, defaults.limits)?,
        fails_on: Vec::new(),
        stated: None,
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
        format!("unknown benchmark `{}`", brief(&typed.name.value)),
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

fn baselines(
    typed: &typed::Experiment,
    executors: &[Executor],
) -> Result<Vec<ExecutorName>, Wrong> {
    if let (Some(single), [_, ..]) = (&typed.baseline, typed.baselines.as_slice()) {
        return Err(Wrong::at(
            single,
            "there are both `baseline` and `baselines`".to_owned(),
            "keep one of the two keys",
        ));
    }
    let mut found: Vec<ExecutorName> = Vec::new();
    for one in typed.baseline.iter().chain(&typed.baselines) {
        let name = baseline(one, executors)?;
        if found.contains(&name) {
            return Err(twice_named(one, "baseline", name.as_str()));
        }
        found.push(name);
    }
    Ok(found)
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

pub(super) fn name<T>(
    typed: &Spanned<String>,
    new: fn(String) -> Result<T, crate::BadName>,
) -> Result<T, Wrong> {
    new(typed.value.clone()).map_err(|bad| {
        Wrong::at(
            typed,
            format!("`{}` cannot be a name", brief(&bad.0)),
            "use 1 to 64 letters, digits, `_`, `-` or `.`, beginning with a letter or a digit",
        )
    })
}

/// What was typed, as far as a message has room for it.
pub(super) fn brief(typed: &str) -> String {
    match typed.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &typed[..end]),
        None => typed.to_owned(),
    }
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
