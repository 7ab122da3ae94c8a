//! How an invocation ended. Each way but the first is a failure with its cause.
//!
//! A failed invocation keeps the samples it gave before it failed: they are shown, and never
//! enter a mean.

use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    Ok,
    /// Ended by a signal, or with a status other than 0.
    Crashed {
        signal: Option<i32>,
        exit: Option<i32>,
        stderr_tail: String,
    },
    TimedOut {
        limit_s: u64,
    },
    OutOfMemory {
        limit_bytes: u64,
        /// Resident memory of the process group when it was killed.
        seen_bytes: u64,
    },
    WrongResult {
        /// The iteration that gave it; `None` is the result in the `end` record.
        iteration: Option<u32>,
        expected: String,
        got: String,
    },
    /// A line that begins as a record and is none, or records that are missing or out of order.
    BadProtocol {
        /// The line as printed, cut at a few hundred characters; empty if one is missing.
        line: String,
        problem: String,
    },
    /// There is nothing to run the program with.
    MissingExecutor {
        message: String,
    },
    /// The executor is ours to build and could not be: a hole in the matrix, not a failure of the
    /// benchmark.
    NotBuilt {
        reason: String,
    },
    /// There is an executable and the system refuses to start it.
    NotStarted {
        message: String,
    },
}

impl Outcome {
    pub fn is_ok(&self) -> bool {
        matches!(self, Outcome::Ok)
    }

    /// Whether a program failed, or could not be started where it should have been.
    pub fn is_failure(&self) -> bool {
        !matches!(self, Outcome::Ok | Outcome::NotBuilt { .. })
    }

    /// The kind, as stored.
    pub fn kind(&self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Crashed { .. } => "crashed",
            Outcome::TimedOut { .. } => "timed_out",
            Outcome::OutOfMemory { .. } => "out_of_memory",
            Outcome::WrongResult { .. } => "wrong_result",
            Outcome::BadProtocol { .. } => "bad_protocol",
            Outcome::MissingExecutor { .. } => "missing_executor",
            Outcome::NotBuilt { .. } => "not_built",
            Outcome::NotStarted { .. } => "not_started",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Ok => f.write_str("ok"),
            Outcome::Crashed {
                signal,
                exit,
                stderr_tail,
            } => {
                match (signal, exit) {
                    (Some(signal), _) => {
                        write!(f, "killed by signal {signal} ({})", signal_name(*signal))?;
                    }
                    (None, Some(exit)) => write!(f, "exit status {exit}")?,
                    (None, None) => f.write_str("ended in an unknown way")?,
                }
                match stderr_tail
                    .lines()
                    .rev()
                    .find(|line| !line.trim().is_empty())
                {
                    Some(last) => write!(f, ": {}", last.trim()),
                    None => Ok(()),
                }
            }
            Outcome::TimedOut { limit_s } => write!(f, "killed after its limit of {limit_s} s"),
            Outcome::OutOfMemory {
                limit_bytes,
                seen_bytes,
            } => write!(
                f,
                "killed at {} MB, its limit is {} MB",
                seen_bytes / 1_000_000,
                limit_bytes / 1_000_000
            ),
            Outcome::WrongResult {
                iteration: Some(iteration),
                expected,
                got,
            } => {
                write!(f, "iteration {iteration} gave {got}, expected {expected}")
            }
            Outcome::WrongResult {
                iteration: None,
                expected,
                got,
            } => {
                write!(f, "the end record gave {got}, expected {expected}")
            }
            Outcome::BadProtocol { line, problem } if line.is_empty() => f.write_str(problem),
            Outcome::BadProtocol { line, problem } => write!(f, "{problem}: {line}"),
            Outcome::NotBuilt { reason } => write!(f, "not built: {reason}"),
            Outcome::MissingExecutor { message } | Outcome::NotStarted { message } => {
                f.write_str(message)
            }
        }
    }
}

/// The names of the signals that a benchmark dies of; their numbers are the same on all targets.
fn signal_name(signal: i32) -> &'static str {
    match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        31 => "SIGSYS",
        _ => "see `kill -l`",
    }
}
