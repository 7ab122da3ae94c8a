//! Which runs a verb is about: the latest of an experiment, one by name, and those before it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use model::{Run, RunId};
use regress::judged::Observations;
use regress::measure::observe;
use store::{Store, Stored};

use crate::cli::StoreFolder;
use crate::derive;
use crate::failure::Failure;
use crate::input::Input;
use crate::parallel::in_parallel;
use crate::render;

/// So many headers are read before it is looked whether they are enough.
const AT_ONCE: usize = 64;

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

/// A run with those of the same experiment and host before it.
#[derive(Debug)]
pub struct Chosen {
    pub store: Store,
    pub run: Run,
    /// Names of all runs before it, of whatever experiment, oldest first.
    earlier: Vec<RunId>,
}

impl Chosen {
    pub fn from(choice: &Choice) -> Result<Chosen, Failure> {
        let name = match &choice.experiment {
            Some(path) => Some(Input::read(path)?.experiment.name.to_string()),
            None => None,
        };
        let store = render::open(&choice.store)?;
        let ids = store.ids()?;
        let run = match &choice.run {
            Some(id) => named(&store, &ids, id)?,
            None => latest(&store, &ids, name.as_deref())?
                .ok_or_else(|| render::nothing(&choice.store, name.as_deref()))?,
        };
        let earlier = ids.iter().filter(|id| **id < run.id).cloned().collect();
        Ok(Chosen {
            store,
            run,
            earlier,
        })
    }

    /// The headers of the last `count` runs of the same experiment and host, oldest first.
    pub fn earlier(&self, count: usize) -> Result<Vec<Run>, Failure> {
        // A run's name ends in its experiment's: others need not be opened.
        let named = |id: &&RunId| id.0.ends_with(self.run.experiment.name.as_str());
        let ids: Vec<&RunId> = self.earlier.iter().rev().filter(named).collect();
        let mut runs = Vec::new();
        // So many at a time that all processors are busy and not much is read in vain.
        for some in ids.chunks(count.clamp(1, AT_ONCE)) {
            for run in in_parallel(some, |id| self.store.header(id)) {
                let run = run?;
                let same = run.experiment.name == self.run.experiment.name
                    && run.host.name == self.run.host.name;
                if same && runs.len() < count {
                    runs.push(run);
                }
            }
            if runs.len() == count {
                break;
            }
        }
        runs.reverse();
        Ok(runs)
    }

    /// The run to compare with: by name, or the one before.
    pub fn against(&self, name: Option<&str>) -> Result<Option<Run>, Failure> {
        match name {
            None | Some("last") => Ok(self.earlier(1)?.pop()),
            Some(id) => named(&self.store, &self.store.ids()?, id).map(Some),
        }
    }

    /// Whether the run has these executors.
    ///
    /// # Errors
    /// It lacks one; says which there are.
    pub fn knows<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Result<(), Failure> {
        let executors = self.run.executors.iter();
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

fn latest(store: &Store, ids: &[RunId], name: Option<&str>) -> Result<Option<Run>, Failure> {
    let named = |id: &&RunId| name.is_none_or(|name| id.0.ends_with(name));
    for id in ids.iter().rev().filter(named) {
        let run = store.header(id)?;
        if name.is_none_or(|name| run.experiment.name.as_str() == name) {
            return Ok(Some(run));
        }
    }
    Ok(None)
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
