//! `kraitbench remote`: an experiment on another machine that it does not name, over ssh. What it does
//! there stands in [`crate::there`]; a machine that is to be part of an experiment is one of its hosts.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use model::Share;
use store::Store;

use crate::cli::{Narrowing, StoreFolder};
use crate::failure::{Failure, Verdict};
use crate::input::Input;
use crate::measure::stop_on_signals;
use crate::ssh::Link;
use crate::there::{Errand, State, There};

#[derive(Args, Debug)]
pub struct Remote {
    /// The machine, as ssh knows it
    pub destination: String,
    /// The experiment's YAML file
    pub experiment: PathBuf,
    #[command(flatten)]
    pub narrowing: Narrowing,
    /// The folder there, below the home folder unless it begins with a slash
    #[arg(long = "folder", value_name = "FOLDER", default_value = "kraitbench")]
    pub place: String,
    /// The kraitbench that runs there, if the machine is of another kind than this one
    #[arg(long, value_name = "FILE")]
    pub executable: Option<PathBuf>,
    /// How ssh is started, such as "ssh -p 2222"
    #[arg(long, value_name = "COMMAND", default_value = "ssh")]
    pub ssh: String,
    /// So many seconds without a link are borne
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub patience: u64,
    #[command(flatten)]
    pub store: StoreFolder,
}

pub fn run(asked: &Remote) -> Result<Verdict, Failure> {
    if !asked.narrowing.rev.is_empty() {
        return Err(Failure::Asked(
            "--rev builds here what would have to be sent; build with `kraitbench build`, and \
             name the executables in the experiment"
                .to_owned(),
        ));
    }
    let stop = stop_on_signals()?;
    let input = Input::read(&asked.experiment)?;
    // Whether the part that is asked for is there is found out here, not there.
    let part = input.clone().narrowed(&asked.narrowing)?;
    if !part.experiment.shares().contains(&Share::This) {
        return Err(Failure::Asked(
            "all executors that are asked for are on hosts that the experiment names\n  \
             `kraitbench run EXPERIMENT --host HOST` measures on one"
                .to_owned(),
        ));
    }
    let command: Vec<String> = asked.ssh.split_whitespace().map(str::to_owned).collect();
    if asked.destination.starts_with('-') || command.is_empty() || asked.place.is_empty() {
        return Err(Failure::Asked(
            "a destination is [user@]host; `--ssh` is a command; `--folder` is a folder".to_owned(),
        ));
    }
    let there = There {
        link: Link {
            command,
            destination: asked.destination.clone(),
            patience: Duration::from_secs(asked.patience),
            stop: &stop,
        },
        folder: asked.place.clone(),
    };
    match there.state()? {
        State::None => there.begin(Errand {
            input: &input,
            narrowing: &asked.narrowing,
            share: &Share::This,
            executable: asked.executable.as_deref(),
            mark: "",
        })?,
        _ => eprintln!(
            "{}: a run is there already; it is waited for",
            asked.destination
        ),
    }
    let status = there.wait(&stop)?;
    {
        let store = Store::open(&asked.store.folder)?;
        let _lock = store.lock()?;
        there.bring(&store)?;
    }
    Ok(match there.judged(status)? {
        true => Verdict::Fine,
        false => Verdict::BenchmarkFailed,
    })
}
