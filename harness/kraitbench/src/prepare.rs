//! What a run needs before it begins: the executors as they are, and the plan.

use std::collections::HashMap;

use model::{ExecutorName, Host, RunExecutor, Share};
use plan::{Inputs, Plan};

use crate::failure::Failure;
use crate::host;
use crate::input::Input;
use crate::packages;

/// Everything that is known before the first process.
#[derive(Debug)]
pub struct Prepared {
    pub input: Input,
    pub share: Share,
    /// Those of the share.
    pub executors: Vec<RunExecutor>,
    pub host: Host,
    pub plan: Plan,
}

impl Prepared {
    /// For a share of an experiment that this machine measures. A host's series are found by the name
    /// that the experiment gives it.
    pub fn from(input: Input, share: Share) -> Result<Prepared, Failure> {
        let host_target = host::target()?;
        let executors: Vec<RunExecutor> = input
            .experiment
            .executors
            .iter()
            .filter(|executor| executor.share() == share)
            .map(|executor| build::find(executor, &input.root, host_target))
            .collect();
        let programs = build::digest_of_programs(&input.programs, &packages::pins(&input)?)
            .map_err(|error| Failure::unreadable(&input.programs, &error))?;
        let mut host = host::host();
        if let Share::Of(name) = &share {
            host.name = name.to_string();
        }
        let plan = plan::plan(Inputs {
            experiment: &input.experiment,
            executors: &executors,
            host: &host.name,
            programs: &programs,
        });
        Ok(Prepared {
            input,
            share,
            executors,
            host,
            plan,
        })
    }

    /// Executors with what was found of each, by name.
    pub fn by_name(&self) -> HashMap<ExecutorName, (model::Executor, RunExecutor)> {
        let experiment = &self.input.experiment;
        self.executors
            .iter()
            .filter_map(|found| {
                let executor = experiment.executor(&found.name)?.clone();
                Some((found.name.clone(), (executor, found.clone())))
            })
            .collect()
    }

    /// Says which executors are not there: once, before hours of measuring the others.
    pub fn tell_missing(&self) {
        for found in &self.executors {
            if let Err(message) = &found.provenance {
                let what = if found.not_built { "not built: " } else { "" };
                eprintln!("warning: executor {}: {what}{message}", found.name);
            }
        }
    }
}
