//! Reading an experiment with its catalogue, and finding the folders that it refers to.

use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use model::yaml::{self, Catalogue, Catalogues};
use model::{ExecutorKind, ExecutorName, Experiment, ExperimentName, Selection, Share};

use crate::cli::Narrowing;
use crate::failure::{Failure, Verdict};

/// An experiment with the places that it means.
#[derive(Clone, Debug)]
pub struct Input {
    pub experiment: Experiment,
    /// Its YAML.
    pub text: String,
    /// The file itself, absolute.
    pub path: PathBuf,
    /// It and the files that it refers to.
    pub files: Vec<PathBuf>,
    /// Absolute.
    pub programs: PathBuf,
    /// The tree that it belongs to: where `bin/` is, and what relative paths are relative to.
    pub root: PathBuf,
}

impl Input {
    /// Reads an experiment.
    pub fn read(path: &Path) -> Result<Input, Failure> {
        let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
        let path = path
            .canonicalize()
            .map_err(|error| Failure::unreadable(path, &error))?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        let name = path.to_string_lossy();
        let references = yaml::references(yaml::Source {
            file: &name,
            text: &text,
        })?;
        let included = read_included(folder, &references.include)?;
        let catalogues = read_catalogues(folder, &references, &included)?;
        let experiment = yaml::experiment_with(
            yaml::Source {
                file: &name,
                text: &text,
            },
            &included.iter().map(Included::source).collect::<Vec<_>>(),
            &catalogues,
        )?;
        let lists = experiment.suites.iter().filter_map(|s| s.packages.as_ref());
        let lists = lists.flat_map(|packages| &packages.lists);
        let others = references.expected.iter().chain(&references.include);
        let others = others.chain(catalogues.named.keys()).map(Path::new);
        let mut files = vec![path.clone()];
        files.extend(
            others
                .chain(lists.map(PathBuf::as_path))
                .map(|name| folder.join(name)),
        );
        let programs = folder.join(&experiment.programs);
        for benchmark in experiment.suites.iter().flat_map(|suite| &suite.benchmarks) {
            let program = programs.join(&benchmark.program);
            if !program.is_file() {
                return Err(Failure::Asked(format!(
                    "{}: there is no such program\n  correct the name of the benchmark `{}` in {name}, \
                     or the folder that `programs` gives",
                    program.display(),
                    benchmark.name,
                )));
            }
        }
        let included = included
            .iter()
            .map(|one| format!("\n# {}\n{}", one.name, one.text));
        let text = std::iter::once(text).chain(included).collect();
        Ok(Input {
            programs,
            root: root_of(folder),
            experiment,
            text,
            files,
            path,
        })
    }

    /// The part of the experiment that is asked for, of the commits that are asked for.
    pub fn narrowed(mut self, asked: &Narrowing) -> Result<Input, Failure> {
        let selection = Selection {
            tags: asked.tag.clone(),
            benchmarks: asked.benchmark.clone(),
            executors: asked.executor.clone(),
        };
        let part = self.experiment.select(&selection).map_err(Failure::Asked)?;
        let part = shortened(part, asked);
        if part != self.experiment {
            self.experiment = part;
            self.experiment.name = named(&self.experiment, "part")?;
        }
        if !asked.rev.is_empty() {
            self.experiment = at_revisions(&self.experiment, &self.root, &asked.rev)?;
        }
        Ok(self)
    }
}

/// An included file.
struct Included {
    name: String,
    text: String,
}

impl Included {
    fn source(&self) -> yaml::Source<'_> {
        yaml::Source {
            file: &self.name,
            text: &self.text,
        }
    }
}

fn read_included(folder: &Path, names: &[String]) -> Result<Vec<Included>, Failure> {
    let each = names.iter().map(|name| {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).map_err(|error| Failure::unreadable(&path, &error))?;
        Ok(Included {
            name: path.to_string_lossy().into_owned(),
            text,
        })
    });
    each.collect()
}

/// With the counts that are asked for.
fn shortened(mut experiment: Experiment, asked: &Narrowing) -> Experiment {
    experiment.invocations = asked.invocations.unwrap_or(experiment.invocations);
    let benchmarks = experiment.suites.iter_mut().flat_map(|s| &mut s.benchmarks);
    for benchmark in benchmarks {
        benchmark.iterations = asked
            .iterations
            .map_or(benchmark.iterations, |most| most.min(benchmark.iterations));
    }
    experiment
}

/// Runs of a part have a name of their own, so that they are no runs of the whole.
fn named(experiment: &Experiment, what: &str) -> Result<ExperimentName, Failure> {
    ExperimentName::new(format!("{}.{what}", experiment.name))
        .map_err(|bad| Failure::Asked(format!("`{}` is too long for a name", bad.0)))
}

/// Every executor of ours once for each commit, all in one plan, so that the machine's drift falls
/// on all commits alike. The first commit is what the others are compared with, unless something
/// else was and still is there.
fn at_revisions(
    experiment: &Experiment,
    root: &Path,
    revisions: &[String],
) -> Result<Experiment, Failure> {
    let mut commits: Vec<(&String, String)> = Vec::new();
    for revision in revisions {
        let commit =
            build::commit_of(root, revision).map_err(|error| Failure::Asked(error.to_string()))?;
        if commits.iter().any(|(_, known)| *known == commit) {
            return Err(Failure::Asked(format!(
                "`{revision}` is the same commit as another that is asked for"
            )));
        }
        commits.push((revision, commit));
    }
    let mut at = experiment.clone();
    at.name = named(experiment, "revisions")?;
    at.executors.clear();
    at.hosts.clear();
    let mut made: Vec<(ExecutorName, Vec<ExecutorName>)> = Vec::new();
    // Commits are built and measured here.
    for executor in experiment.executors.iter().filter(|one| one.host.is_none()) {
        let ours = executor.kind == ExecutorKind::Krait { path: None };
        if !ours {
            at.executors.push(executor.clone());
            continue;
        }
        let mut names = Vec::new();
        for (revision, commit) in &commits {
            let mut one = executor.clone();
            let short = commit.get(..8).unwrap_or(commit);
            one.name = ExecutorName::new(format!("{}.{short}", executor.name))
                .map_err(|bad| Failure::Asked(format!("`{}` is too long for a name", bad.0)))?;
            one.label = format!("{} at {revision}", executor.label);
            one.revision = Some(commit.clone());
            names.push(one.name.clone());
            at.executors.push(one);
        }
        made.push((executor.name.clone(), names));
    }
    let Some((_, first)) = made.first() else {
        return Err(Failure::Asked(
            "no executor of the experiment is ours to build at a commit".to_owned(),
        ));
    };
    let at_commits = |names: &[ExecutorName]| -> Vec<ExecutorName> {
        let names = names.iter().flat_map(|name| {
            let entry = made.iter().find(|(old, _)| old == name);
            entry.map_or_else(|| vec![name.clone()], |(_, new)| new.clone())
        });
        names.collect()
    };
    for suite in &mut at.suites {
        suite.executors = at_commits(&suite.executors);
        for benchmark in &mut suite.benchmarks {
            benchmark.fails_on = at_commits(&benchmark.fails_on);
        }
    }
    at.forget_absent_baselines();
    if at.baselines.is_empty() {
        at.baselines.extend(first.first().cloned());
    }
    Ok(at)
}

/// That of the experiment and those of single suites, also of suites in included files.
fn read_catalogues(
    folder: &Path,
    references: &yaml::References,
    included: &[Included],
) -> Result<Catalogues, Failure> {
    let usual = match &references.expected {
        Some(expected) => read_catalogue(&folder.join(expected))?,
        None => Catalogue::default(),
    };
    let mut named = IndexMap::new();
    let mut names = references.catalogues.clone();
    for one in included {
        names.extend(yaml::catalogues_of_included(one.source())?);
    }
    for name in names {
        let catalogue = read_catalogue(&folder.join(&name))?;
        named.insert(name, catalogue);
    }
    Ok(Catalogues { usual, named })
}

fn read_catalogue(path: &Path) -> Result<Catalogue, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    Ok(Catalogue::parse(&path.to_string_lossy(), &text)?)
}

/// The nearest folder above that is a tree of ours; the experiment's own folder if there is none.
fn root_of(folder: &Path) -> PathBuf {
    let is_root = |folder: &&Path| folder.join("Cargo.toml").is_file();
    folder
        .ancestors()
        .find(is_root)
        .unwrap_or(folder)
        .to_owned()
}

/// `kraitbench check`: all experiments are looked at, also after a bad one.
pub fn check(paths: &[PathBuf]) -> Result<Verdict, Failure> {
    let mut first_failure = None;
    for path in paths {
        match Input::read(path) {
            Ok(input) => println!("{}: {}", path.display(), describe(&input.experiment)),
            Err(failure) => {
                if let Some(earlier) = first_failure.replace(failure) {
                    earlier.tell();
                }
            }
        }
    }
    first_failure.map_or(Ok(Verdict::Fine), Err)
}

fn describe(experiment: &Experiment) -> String {
    let benchmarks: usize = experiment
        .suites
        .iter()
        .map(|suite| suite.benchmarks.len())
        .sum();
    let shares: Vec<String> = experiment.shares().iter().map(Share::to_string).collect();
    let hosts = match shares.as_slice() {
        [_] => String::new(),
        several => format!(" on {} hosts ({})", several.len(), several.join(", ")),
    };
    format!(
        "{benchmarks} benchmarks on {} executors{hosts}, {} invocations each: {} processes",
        experiment.executors.len(),
        experiment.invocations,
        experiment.invocation_count()
    )
}
