//! Which runs a verb is about: the latest of an experiment, one by name, and those before it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use model::Run;
use regress::judged::Observations;
use regress::measure::observe;
use store::{Store, Stored};

use crate::cli::StoreFolder;
use crate::failure::Failure;
use crate::input::Input;
use crate::render;

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
    /// Oldest first.
    pub earlier: Vec<Run>,
}

impl Chosen {
    pub fn from(choice: &Choice) -> Result<Chosen, Failure> {
        let name = match &choice.experiment {
            Some(path) => Some(Input::read(path)?.experiment.name.to_string()),
            None => None,
        };
        let store = render::open(&choice.store)?;
        let mut runs = render::runs(&store)?;
        let of_name = |run: &Run| {
            name.as_deref()
                .is_none_or(|name| run.experiment.name.as_str() == name)
        };
        let run = match &choice.run {
            Some(id) => render::find(&runs, id)?.clone(),
            None => match runs.iter().rev().find(|run| of_name(run)) {
                Some(run) => run.clone(),
                None => return Err(render::nothing(&choice.store, name.as_deref())),
            },
        };
        runs.retain(|one| {
            one.id < run.id
                && one.experiment.name == run.experiment.name
                && one.host.name == run.host.name
        });
        Ok(Chosen {
            store,
            run,
            earlier: runs,
        })
    }

    /// The run to compare with: by name, or the one before.
    pub fn against(&self, name: Option<&str>) -> Result<Option<Run>, Failure> {
        match name {
            None | Some("last") => Ok(self.earlier.last().cloned()),
            Some(id) => {
                let runs = render::runs(&self.store)?;
                render::find(&runs, id).cloned().map(Some)
            }
        }
    }

    pub fn observed(&self, run: &Run) -> Result<Observations, Failure> {
        Ok(observations(&render::load(&self.store, &run.id)?))
    }
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
