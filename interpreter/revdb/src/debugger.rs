//! The debugger: moves along the timeline of a recording, and tells of where it stands.
//!
//! It stands at a moment (`here`), a process that waits. A move forks it, or comes from an earlier
//! one, and takes its place only once it has succeeded; so whatever goes wrong, one is where one
//! was. Who looks on may be a person or a script at the prompt (`prompt`, `commands`) or an editor
//! (`adapter`); they share the session (`session`) and its moves (`moves`).

mod adapter;
mod colours;
mod commands;
mod complete;
mod moves;
mod prompt;
mod session;
mod show;

use crate::LogError;
use crate::fork::{forget_children, fork, ignore_interrupts};
use crate::log::Log;
use crate::protocol::Channel;
use std::path::PathBuf;

/// How the debugger is used at the prompt.
#[derive(Clone, Debug)]
pub struct Options {
    pub log: PathBuf,
    /// A file of commands; else they come from standard input.
    pub commands: Option<PathBuf>,
    /// One JSON object for each command, for programs.
    pub json: bool,
}

/// How an editor reaches the debugger.
#[derive(Clone, Debug)]
pub struct AdapterOptions {
    /// The log; else the editor names one.
    pub log: Option<PathBuf>,
    /// The port of this machine to listen on; else it is standard input and output.
    pub port: Option<u16>,
}

/// What one of the two processes is after the fork.
pub enum Side {
    /// Replays, and answers on the channel.
    Replay(Log, Channel),
    /// Has been the debugger, until this exit code.
    Debugger(i32),
}

/// The two processes at their parting.
enum Parted {
    Replay(Log, Channel),
    /// With the channel to the other, and its number.
    Debugger(Log, Channel, i32),
}

/// Opens a log and forks.
fn part(log: &std::path::Path) -> Result<Parted, LogError> {
    let log = Log::open_own(log)?;
    let failed = |error| LogError::read(log.path(), error);
    let (mine, theirs) = Channel::pair().map_err(failed)?;
    forget_children();
    match fork().map_err(failed)? {
        None => {
            drop(mine);
            ignore_interrupts();
            Ok(Parted::Replay(log, theirs))
        }
        Some(process) => {
            drop(theirs);
            Ok(Parted::Debugger(log, mine, process))
        }
    }
}

/// Opens a log, forks, and in one of the processes is the debugger until its user leaves.
pub fn run(options: &Options) -> Result<Side, LogError> {
    Ok(match part(&options.log)? {
        Parted::Replay(log, channel) => Side::Replay(log, channel),
        Parted::Debugger(log, channel, process) => {
            Side::Debugger(prompt::run(options, log, channel, process))
        }
    })
}

/// Serves an editor until it leaves.
pub fn serve(options: &AdapterOptions) -> Result<Side, String> {
    adapter::serve(options)
}
