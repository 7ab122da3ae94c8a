//! `kraitbench store import`: runs that another tool measured, as runs of the store. The forms are
//! in crate `exchange`; here files are read and runs are added.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use exchange::{Adopted, Naming, Reading, adopt, bencher, codespeed, pyperf, rebench};
use jiff::Timestamp;
use model::{ExecutorName, ExperimentName, Target};
use serde_json::json;
use store::{Merged, Store, Stored};

use crate::cli::StoreFolder;
use crate::exported::Form;
use crate::failure::{Failure, Verdict};
use crate::stored::{ended, tell_merged};

/// A file larger than this is no file of samples.
const LIMIT_BYTES: u64 = 2_000_000_000;

#[derive(Args, Debug)]
pub struct Importing {
    /// The files to read
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The form that they are in
    #[arg(long, value_enum)]
    pub form: Form,
    /// The experiment that their runs are of: what is to be compared has one name
    #[arg(long, value_name = "NAME", default_value = "imported")]
    pub experiment: String,
    /// What measured, where the file does not say or names it badly
    #[arg(long, value_name = "NAME")]
    pub executor: Option<String>,
    /// Where it was measured, where the file does not say
    #[arg(long, value_name = "NAME")]
    pub host: Option<String>,
    /// When it was measured, whatever the file says
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub at: Option<Timestamp>,
    /// What the interpreter was built for
    #[arg(long, value_name = "TARGET", default_value = "x86_64", value_parser = target)]
    pub target: Target,
    #[command(flatten)]
    pub store: StoreFolder,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

fn time(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| "a time is written as 2026-01-31T04:00:00Z".to_owned())
}

fn target(text: &str) -> Result<Target, String> {
    let found = Target::ALL.into_iter().find(|one| one.as_str() == text);
    found.ok_or_else(|| {
        let known: Vec<&str> = Target::ALL.iter().map(|one| one.as_str()).collect();
        format!("the targets are {}", known.join(", "))
    })
}

pub fn take(asked: &Importing) -> Result<Verdict, Failure> {
    let named = |text: &str| Failure::Asked(format!("`{text}` cannot be a name here"));
    let experiment =
        ExperimentName::new(asked.experiment.clone()).map_err(|_| named(&asked.experiment))?;
    let executor = match &asked.executor {
        Some(name) => Some(ExecutorName::new(name.clone()).map_err(|_| named(name))?),
        None => None,
    };
    // All files are understood before anything is added.
    let mut adopted = Vec::new();
    for path in &asked.files {
        let naming = Naming {
            experiment: experiment.clone(),
            executor: executor.clone(),
            host: asked.host.clone(),
            at: asked.at,
            target: asked.target,
            source: format!("imported from {:?}", asked.form).to_lowercase(),
        };
        let readings = readings(path, asked.form)?;
        let runs = adopt(&readings, &naming)
            .map_err(|why| Failure::Asked(format!("{}: {why}", path.display())))?;
        adopted.push((path, runs));
    }
    let store = Store::open(&asked.store.folder)?;
    let _lock = store.lock()?;
    let mut contradicted = false;
    let mut damage = Vec::new();
    for (path, runs) in adopted {
        let merged = add(&store, runs)?;
        contradicted |= !merged.contradictions.is_empty();
        tell(path, &merged, asked.json);
        damage.extend(merged.damage);
    }
    match (ended(damage)?, contradicted) {
        (_, true) => Ok(Verdict::BenchmarkFailed),
        (fine, false) => Ok(fine),
    }
}

fn readings(path: &Path, form: Form) -> Result<Vec<Reading>, Failure> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut text = String::new();
    let read = file.take(LIMIT_BYTES).read_to_string(&mut text);
    if read.map_err(|error| unreadable(path, &error))? as u64 == LIMIT_BYTES {
        let error = "it is too large to be a file of samples";
        return Err(Failure::Asked(format!("{}: {error}", path.display())));
    }
    let read = match form {
        Form::Pyperf => pyperf::read(&text),
        Form::Rebench => rebench::read(&text),
        Form::Codespeed => codespeed::read(&text),
        Form::Bencher => bencher::read(&text),
    };
    read.map_err(|why| Failure::Asked(format!("{}: {why}", path.display())))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Asked(format!(
        "{}: {error}\n  check the path; files of other tools are read as text, not compressed",
        path.display()
    ))
}

fn add(store: &Store, runs: Vec<Adopted>) -> Result<Merged, Failure> {
    let mut merged = Merged::default();
    for Adopted { run, invocations } in runs {
        store.take(&Stored { run, invocations }, &mut merged)?;
    }
    Ok(merged)
}

fn tell(path: &Path, merged: &Merged, as_json: bool) {
    let contradictions = json!(merged.contradictions.len());
    tell_merged(path, merged, &contradictions, as_json);
    for (run, _) in &merged.contradictions {
        eprintln!("not added: the store has other samples of {run}; they are kept");
    }
}
