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
use crate::fork::{
    are_addresses_settled, forget_children, fork, ignore_interrupts, settle_addresses,
};
use crate::image::Files;
use crate::log::Log;
use crate::protocol::Channel;
use crate::session::Identity;
use crate::shelf::{Index, Shelf};
use rustix::io::fcntl_dupfd_cloexec;
use std::fs::File;
use std::io;
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

/// What a process needs that replays and answers.
pub struct Origin {
    pub(crate) log: Log,
    pub(crate) channel: Channel,
    pub(crate) images: Option<Files>,
}

/// What the debugger has of that process, and of the moments of a log.
struct Begun {
    log: Log,
    of: Identity,
    channel: Channel,
    process: i32,
    /// None, if there can be no images.
    shelf: Option<Shelf>,
    index: Option<Index>,
    /// What the user should know of the shelf.
    told: Option<String>,
}

/// What one of the two processes is after the fork.
pub enum Side {
    /// Replays, and answers on the channel.
    Replay(Box<Origin>),
    /// Has been the debugger, until this exit code.
    Debugger(i32),
}

/// The two processes at their parting.
enum Parted {
    Replay(Box<Origin>),
    Debugger(Box<Begun>),
}

/// An image has the numbers of the files that its process had open, so these begin at one that nobody
/// else uses.
const FIRST_FILE: i32 = 230;

fn numbered(file: &File) -> io::Result<File> {
    Ok(fcntl_dupfd_cloexec(file, FIRST_FILE)?.into())
}

/// Opens a log and forks.
fn part(path: &std::path::Path) -> Result<Parted, LogError> {
    let failed = |error| LogError::read(path, error);
    let log = Log::open_own(path)?.numbered(numbered).map_err(failed)?;
    let of = Identity::of(path, &log.header().build).map_err(failed)?;
    let (mut shelf, mut images, mut index, mut told) = (None, None, None, None);
    if let Ok(opened) = Shelf::open(path, &of, are_addresses_settled()) {
        let pages = numbered(&opened.files.pages).map_err(failed)?;
        let table = numbered(&opened.files.table).map_err(failed)?;
        images = Some(Files { pages, table });
        (shelf, index, told) = (Some(opened.shelf), opened.index, opened.told);
    }
    let (mine, theirs) = Channel::pair().map_err(failed)?;
    forget_children();
    match fork().map_err(failed)? {
        None => {
            drop(mine);
            ignore_interrupts();
            Ok(Parted::Replay(Box::new(Origin {
                log,
                channel: theirs,
                images,
            })))
        }
        Some(process) => Ok(Parted::Debugger(Box::new(Begun {
            log,
            of,
            channel: mine,
            process,
            shelf,
            index,
            told,
        }))),
    }
}

/// Opens a log, forks, and in one of the processes is the debugger until its user leaves.
pub fn run(options: &Options) -> Result<Side, LogError> {
    settle_addresses();
    Ok(match part(&options.log)? {
        Parted::Replay(origin) => Side::Replay(origin),
        Parted::Debugger(begun) => Side::Debugger(prompt::run(options, *begun)),
    })
}

/// Serves an editor until it leaves.
pub fn serve(options: &AdapterOptions) -> Result<Side, String> {
    settle_addresses();
    adapter::serve(options)
}
