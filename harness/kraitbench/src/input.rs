//! Reading an experiment with its catalogue, and finding the folders that it refers to.

use std::fs;
use std::path::{Path, PathBuf};

use model::Experiment;
use model::yaml::{self, Catalogue};

use crate::failure::{Failure, Verdict};

/// An experiment with the places that it means.
#[derive(Debug)]
pub struct Input {
    pub experiment: Experiment,
    /// Its YAML.
    pub text: String,
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
        let catalogue = match yaml::expected_path(&name, &text)? {
            Some(expected) => read_catalogue(&folder.join(expected))?,
            None => Catalogue::default(),
        };
        let experiment = yaml::experiment(&name, &text, &catalogue)?;
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
        Ok(Input {
            programs,
            root: root_of(folder),
            experiment,
            text,
        })
    }
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
    format!(
        "{benchmarks} benchmarks on {} executors, {} invocations each: {} processes",
        experiment.executors.len(),
        experiment.invocations,
        experiment.invocation_count()
    )
}
