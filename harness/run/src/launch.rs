//! The edge between the loop and the system: what is started, and how it ended.

use std::sync::atomic::AtomicBool;

use isolate::Wishes;
use model::{ClockKind, Criterion, Fact, Isolation, Limits};

/// Starts a process and waits for its end.
pub trait Launcher {
    /// Never fails: what goes wrong is in [`Ended::end`]. Returns soon after `stop` is set.
    fn launch(&mut self, job: &Job, stop: &AtomicBool) -> Ended;
}

/// A process to start.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub command: Vec<String>,
    pub limits: Limits,
    pub wishes: Wishes,
    /// By which it is measured; the command already begins with the tool that this takes.
    pub clock: ClockKind,
    /// The variable to set to `jit-summary:FILE`, if this executor understands one.
    pub jit_log: Option<&'static str>,
    /// If this executor makes a recording.
    pub recording: Option<Recording>,
}

/// How an executor records, and how it replays that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The variable that names the file.
    pub variable: &'static str,
    /// The option by which the executable repeats the run that the file behind it holds, if it can.
    pub replay: Option<&'static str>,
}

/// How a process ended, seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Exited(i32),
    Signalled(i32),
    TimedOut,
    OutOfMemory {
        seen_bytes: u64,
    },
    /// There is nothing to start.
    Missing(String),
    /// There would be, had it been built.
    NotBuilt(String),
    /// The system refused to start it.
    NotStarted(String),
    /// `stop` was set; the process is gone.
    Interrupted,
}

/// What the kernel accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub wall_ns: u64,
    pub user_ns: u64,
    pub system_ns: u64,
    /// 0 if it could not be told.
    pub peak_memory_bytes: u64,
    /// `None` if they could not be told.
    pub events: Option<Events>,
}

/// What happened to a process, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// Whether it waited for children: the kernel's peak of memory is then the greatest of all.
    pub has_children: bool,
    /// Of the process and of the children that it waited for.
    pub minor_faults: u64,
    pub major_faults: u64,
    /// Of the process's main thread.
    pub voluntary_switches: u64,
    pub involuntary_switches: u64,
}

/// All that is left of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub end: End,
    /// Lines of standard output that begin as records, without their prefix.
    pub records: Vec<String>,
    /// Whether there were more records than are kept.
    pub records_cut: bool,
    pub stdout_tail: String,
    pub stderr_tail: String,
    pub usage: Option<Usage>,
    /// What the processor or a tool counted.
    pub counts: Vec<(Criterion, f64)>,
    /// What could not be counted, and why.
    pub absent: Vec<Fact>,
    pub isolation: Isolation,
    pub jit_summary: Option<String>,
}

impl Ended {
    /// An end without anything else known.
    pub fn of(end: End) -> Ended {
        Ended {
            end,
            records: Vec::new(),
            records_cut: false,
            stdout_tail: String::new(),
            stderr_tail: String::new(),
            usage: None,
            counts: Vec::new(),
            absent: Vec::new(),
            isolation: Isolation::default(),
            jit_summary: None,
        }
    }
}
