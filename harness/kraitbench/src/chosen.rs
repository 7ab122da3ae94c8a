//! Which runs a verb is about: the latest of an experiment or one by name, with those of the other
//! shares that belong to it, and those before them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use model::{ExperimentName, Run, RunId, Share};
use regress::judged::Observations;
use regress::measure::observe;
use store::{Store, Stored};

use crate::cli::StoreFolder;
use crate::derive;
use crate::failure::Failure;
use crate::input::Input;
use crate::joint::{self, Joint, ending, has_ending};
use crate::parallel::in_parallel;
use crate::render;

/// So many runs of parts are named where there is none of the whole.
const PARTS: usize = 5;

/// What selects a run.
#[derive(Args, Debug)]
pub struct Choice {
    /// The latest run of this experiment; of all, if left out
    pub experiment: Option<PathBuf>,
    /// This run, instead of the latest
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub store: StoreFolder,
}

/// Whether a run stands for the whole experiment.
#[derive(Args, Clone, Copy, Debug)]
pub struct Joining {
    /// Only this run, without those of the experiment's other hosts
    #[arg(long)]
    pub alone: bool,
}

/// A run with those of the other shares that belong to it, and the store that they are in.
#[derive(Debug)]
pub struct Chosen {
    pub store: Store,
    pub joint: Joint,
    /// Names of all runs, of whatever experiment, oldest first.
    ids: Vec<RunId>,
}

impl Chosen {
    /// One run of one machine.
    pub fn one(choice: &Choice) -> Result<Chosen, Failure> {
        Chosen::from(choice, Joining { alone: true })
    }

    pub fn from(choice: &Choice, joining: Joining) -> Result<Chosen, Failure> {
        let (experiment, run) = (choice.experiment.as_deref(), choice.run.as_deref());
        Chosen::of(experiment, run, joining, &choice.store)
    }

    pub fn of(
        experiment: Option<&Path>,
        run: Option<&str>,
        joining: Joining,
        folder: &StoreFolder,
    ) -> Result<Chosen, Failure> {
        let name = match experiment {
            Some(path) => Some(Input::read(path)?.experiment.name),
            None => None,
        };
        let store = render::open(folder)?;
        let ids = store.ids()?;
        let run = match run {
            Some(id) => named(&store, &ids, id)?,
            None => latest(&store, &ids, name.as_ref())?.ok_or_else(|| {
                render::nothing(folder, name.as_ref(), &parts(&ids, name.as_ref()))
            })?,
        };
        if let (Some(name), Some(part)) = (&name, parts(&ids, name.as_ref()).first())
            && **part > run.id
        {
            eprintln!(
                "newer than the run {} of the whole `{name}` is one of a part of it: \
                 `--run {part}` looks at that",
                run.id
            );
        }
        let joint = match joining.alone {
            true => Joint::alone(run),
            false => Joint::of(&store, &ids, run)?,
        };
        Ok(Chosen { store, joint, ids })
    }

    /// The run that all is about, and that gives its experiment and its seed.
    pub fn run(&self) -> &Run {
        &self.joint.main
    }

    /// For each share the headers of its last `count` runs before, oldest first.
    pub fn earlier(&self, count: usize) -> Result<Vec<Vec<Run>>, Failure> {
        self.joint.earlier(&self.store, &self.ids, count)
    }

    /// What to compare with: the run of this name and what belongs to it, or those before.
    pub fn against(&self, name: Option<&str>) -> Result<Option<Joint>, Failure> {
        match name {
            None | Some("last") => self.joint.previous(&self.store, &self.ids),
            Some(id) => {
                let run = named(&self.store, &self.ids, id)?;
                match self.joint.others.is_empty() {
                    true => Ok(Some(Joint::alone(run))),
                    false => Joint::of(&self.store, &self.ids, run).map(Some),
                }
            }
        }
    }

    /// Whether the runs have these executors.
    ///
    /// # Errors
    /// They lack one; says which there are.
    pub fn knows<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Result<(), Failure> {
        let executors = self.joint.runs().flat_map(|run| &run.executors);
        let known: Vec<&str> = executors.map(|one| one.name.as_str()).collect();
        for name in names {
            if !known.contains(&name) {
                let known = known.join(", ");
                return Err(Failure::Asked(format!(
                    "there is no executor `{name}` in the run; there are: {known}"
                )));
            }
        }
        Ok(())
    }

    pub fn observed(&self, run: &Run) -> Result<Observations, Failure> {
        derive::observations(&self.store, &run.id)
    }

    /// All series of several runs of different shares; so no two have one key.
    pub fn all_observed<'a>(
        &self,
        runs: impl IntoIterator<Item = &'a Run>,
    ) -> Result<Observations, Failure> {
        let runs: Vec<&Run> = runs.into_iter().collect();
        let mut all = Observations::new();
        for observed in in_parallel(&runs, |run| self.observed(run)) {
            all.append(&mut observed?);
        }
        Ok(all)
    }
}

fn named(store: &Store, ids: &[RunId], id: &str) -> Result<Run, Failure> {
    match ids.iter().find(|known| known.0 == id) {
        Some(known) => Ok(store.header(known)?),
        None => {
            let latest: Vec<&str> = ids.iter().rev().take(10).map(|id| id.0.as_str()).collect();
            Err(Failure::Asked(format!(
                "there is no run `{id}` in the store\n  the latest are: {}",
                latest.join(", ")
            )))
        }
    }
}

/// The latest run of an experiment, or of all: of this machine's share, if it has one.
fn latest(
    store: &Store,
    ids: &[RunId],
    name: Option<&ExperimentName>,
) -> Result<Option<Run>, Failure> {
    let Some(newest) = newest(store, ids, name, &|_| true)? else {
        return Ok(None);
    };
    if newest.share.is_this() || !newest.experiment.shares().contains(&Share::This) {
        return Ok(Some(newest));
    }
    let name = &newest.experiment.name;
    let of_this = newest_of(store, ids, name)?;
    Ok(of_this.or(Some(newest)))
}

fn newest_of(store: &Store, ids: &[RunId], name: &ExperimentName) -> Result<Option<Run>, Failure> {
    let ending = ending(name, &Share::This);
    newest(store, ids, Some(name), &|id| has_ending(id, &ending))
}

fn newest(
    store: &Store,
    ids: &[RunId],
    name: Option<&ExperimentName>,
    is_wanted: &dyn Fn(&RunId) -> bool,
) -> Result<Option<Run>, Failure> {
    let may_be = |id: &&RunId| {
        let named = name.is_none_or(|name| id.0.contains(name.as_str()));
        named && is_wanted(id)
    };
    for id in ids.iter().rev().filter(may_be) {
        let run = store.header(id)?;
        if name.is_none_or(|name| run.experiment.name == *name) {
            return Ok(Some(run));
        }
    }
    Ok(None)
}

/// The latest runs of parts of an experiment, which are experiments of other names.
fn parts<'a>(ids: &'a [RunId], name: Option<&ExperimentName>) -> Vec<&'a RunId> {
    let Some(name) = name else {
        return Vec::new();
    };
    joint::parts_of(ids, name).take(PARTS).collect()
}

/// All series of a stored run. A program that failed early never told its version; the catalogue
/// did.
pub fn observations(stored: &Stored) -> Observations {
    let suites = &stored.run.experiment.suites;
    let known: BTreeMap<_, _> = suites
        .iter()
        .flat_map(|suite| &suite.benchmarks)
        .filter_map(|benchmark| Some((&benchmark.name, benchmark.version?)))
        .collect();
    observe(&stored.invocations, &|invocation| {
        known.get(&invocation.key.benchmark).copied().unwrap_or(0)
    })
}
